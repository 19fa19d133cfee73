"""The stretches that the user masked, scaled or shifted to see what they matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stellarview.domain.edit import Edit, EditKind
from stellarview.scene.marks import CurveMark, Mark, SpanMark
from stellarview.scene.shown import ShownArm, displayed

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
    return [*marks, *_edited_flux(context)] if marks else []


def _edited_flux(context: ShownArm) -> list[Mark]:
    """The flux as it would be, where it would be another."""
    view, shown = context.view, []
    if view.edited is None or view.choices.smoothing_pixels > 1:
        return []
    for arm in view.edited.arms:
        if arm.name == context.arm.name:
            after = np.where(arm.is_good, displayed(arm, view.choices).flux, np.nan)
            is_other = np.isfinite(after) & (after != context.arm.flux)
            is_other[1:-1] |= (is_other[:-2] | is_other[2:]) & np.isfinite(after[1:-1])
            if is_other.any():
                first, last = np.flatnonzero(is_other)[[0, -1]]
                part = slice(first, last + 1)
                y = np.where(is_other, after, np.nan)[part]
                shown.append(CurveMark(context.x[part], y, "edit", "flux as changed", weight="bold"))
    return list(shown)


def edit_words(edit: Edit) -> str:
    """`Mg b masked`."""
    return f"{edit.name} {_WORDS[edit.kind](edit.amount)}".strip()
