"""The jobs about models that the window asks for: which are here, and what each is for."""

from __future__ import annotations

from dataclasses import dataclass

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.engine.pipe import Progress
from stellarview.io.emulators import is_emulator
from stellarview.io.models import list_models, read_card


@dataclass(frozen=True, eq=False)
class InstalledModel:
    """A model on the disk, by the name that it is asked for: its card, or why that cannot be used."""

    name: str
    folder: str
    card: ModelCard | None = None
    error: StellarViewError | None = None


def installed_models(progress: Progress) -> tuple[InstalledModel, ...]:
    """All models that predict. Weights are not looked at: that is done when a model is loaded."""
    told = []
    for folder in list_models():
        progress.check()
        if is_emulator(folder):
            continue
        try:
            told.append(InstalledModel(folder.name, str(folder), card=read_card(folder)))
        except StellarViewError as error:
            told.append(InstalledModel(folder.name, str(folder), error=error))
    return tuple(told)


def task_of(card: ModelCard) -> str:
    """The task that a model serves: a key of TASKS."""
    if card.classes:
        return f"{card.instrument}:class"
    return f"{card.instrument}:{'subtype' if card.outputs == ('subtype',) else 'labels'}"
