"""Builds the scene of class probabilities: a bar a class, with how far the members disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stellarview.domain.prediction import ClassPrediction
from stellarview.scene.marks import BandMark, CurveMark, Mark, Panel, Role, Scene

_STARS: tuple[Role, ...] = ("first", "second", "third", "fourth", "fifth", "sixth")
_ROOM_FOR_BARS = 0.8


@dataclass(frozen=True)
class ClassEntry:
    """One star's classes."""

    name: str
    classes: tuple[ClassPrediction, ...]


def build_class_scene(entries: Sequence[ClassEntry], provenance: str) -> Scene:
    """The bars of several stars stand side by side."""
    names = tuple(dict.fromkeys(one.name for entry in entries for one in entry.classes))
    width = _ROOM_FOR_BARS / max(len(entries), 1)
    marks: list[Mark] = []
    for place, entry in enumerate(entries):
        for one in entry.classes:
            middle = names.index(one.name) + (place + 0.5) * width - _ROOM_FOR_BARS / 2
            is_first = one is entry.classes[0]
            name = entry.name if is_first and len(entries) > 1 else ""
            whisker = "± members" if is_first and not place else ""
            marks += _bar(one, middle, 0.92 * width, _STARS[place % len(_STARS)], (name, whisker))
    limits = (-0.6, max(len(names), 1) - 0.4)
    panel = Panel(tuple(marks), "Class", "Probability", limits, (0.0, 1.08), height=0.8, x_names=names)
    return Scene((panel,), class_text(entries[0].classes) if len(entries) == 1 else "Class", provenance)


def class_text(classes: Sequence[ClassPrediction]) -> str:
    """`STAR 99.2 ± 0.5 %`."""
    best = max(classes, key=lambda one: one.probability)
    return f"{best.name} {100 * best.probability:.1f} ± {100 * best.scatter:.1f} %"


def _bar(one: ClassPrediction, middle: float, width: float, role: Role, legends: tuple[str, str]) -> list[Mark]:
    x = middle + np.array([-0.5, 0.5]) * width
    reach = np.clip(one.probability + np.array([-1.0, 1.0]) * one.scatter, 0.0, 1.0)
    bar = BandMark(x, np.zeros(2), np.full(2, one.probability), role, legends[0])
    return [bar, CurveMark(np.full(2, middle), reach, "flux", legends[1], weight="bold")]
