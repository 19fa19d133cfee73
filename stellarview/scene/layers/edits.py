"""The stretches that the user masked, scaled or shifted to see what they matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stellarview.domain.edit import Edit, EditKind
from stellarview.scene.marks import Mark, SpanMark
from stellarview.scene.shown import ShownArm

_WORDS: dict[EditKind, Callable[[float], str]] = {
    "mask": lambda _: "masked",
    "scale": lambda factor: f"lines × {factor:.2f}",
    "shift": lambda km_s: f"shifted {km_s:+.1f} km/s",
}


def edits(context: ShownArm) -> list[Mark]:
    """One hatched stretch for each change within the axis, with its words."""
    low, high = context.x_limits
    marks: list[Mark] = []
    for edit in context.view.edits:
        start, stop = context.view.axis.place(np.array([edit.start_angstrom, edit.stop_angstrom]), "vacuum", "rest")
        if start < high and stop > low:
            words, legend = edit_words(edit), "" if marks else "what if"
            marks.append(
                SpanMark(float(start), float(stop), "edit", f"What if: {words}", legend, words, is_hatched=True)
            )
    return marks


def edit_words(edit: Edit) -> str:
    """`Mg b masked`."""
    return f"{edit.name} {_WORDS[edit.kind](edit.amount)}".strip()
