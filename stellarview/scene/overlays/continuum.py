"""The pseudo-continuum that a recipe would divide by."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import BoolArray
from stellarview.scene.context import ArmContext
from stellarview.scene.marks import CurveMark, Mark

_LONGEST_BRIDGE_PIXELS = 30


def continuum(context: ArmContext) -> list[Mark]:
    """One curve, where a continuum was fitted; it does not cross long stretches in which there was nothing to fit."""
    if context.arm.continuum is None:
        return []
    shown = context.is_shown
    y = np.where(_in_long_gap(~context.arm.is_good[shown]), np.nan, context.arm.continuum[shown])
    return [CurveMark(context.x[shown], y, "continuum", "pseudo-continuum")]


def _in_long_gap(bad: BoolArray) -> BoolArray:
    gap = np.zeros(bad.size, dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]]).astype(np.int8)))
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        gap[first:stop] = stop - first > _LONGEST_BRIDGE_PIXELS
    return gap
