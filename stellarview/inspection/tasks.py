"""Which model for what: the table of tasks, and the user's choice among the models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stellarview.domain.spectrum import Instrument


@dataclass(frozen=True)
class Task:
    """What a model is wanted for; `model` is the one that serves where the user names none."""

    instrument: Instrument
    words: str
    model: str


TASKS: dict[str, Task] = {
    "LRS:labels": Task("LRS", "Teff, log g and [Fe/H]", "lrs-stellar"),
    "LRS:class": Task("LRS", "star, galaxy or quasar", "lrs-class"),
    "LRS:subtype": Task("LRS", "MK subtype", "lrs-subtype"),
    "MRS:labels": Task("MRS", "Teff, log g and abundances", "mrs-abundances"),
}


def models_for(instrument: Instrument, chosen: Mapping[str, str]) -> dict[str, str]:
    """Task -> the name of its model: the user's choice, or the usual one."""
    return {key: chosen.get(key) or task.model for key, task in TASKS.items() if task.instrument == instrument}
