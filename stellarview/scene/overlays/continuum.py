"""The pseudo-continuum that a recipe would divide by."""

from __future__ import annotations

from stellarview.scene.context import ArmContext
from stellarview.scene.marks import CurveMark, Mark


def continuum(context: ArmContext) -> list[Mark]:
    """One curve, where a continuum was fitted."""
    if context.arm.continuum is None:
        return []
    shown = context.is_shown
    return [CurveMark(context.x[shown], context.arm.continuum[shown], "continuum", "pseudo-continuum")]
