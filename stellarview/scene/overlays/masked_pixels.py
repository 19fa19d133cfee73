"""Where pixels are bad, and why."""

from __future__ import annotations

import numpy as np

from stellarview.domain.spectrum import MaskReason
from stellarview.scene.context import ArmContext
from stellarview.scene.marks import Mark, SpanMark


def masked_pixels(context: ArmContext) -> list[Mark]:
    """One span for each run of bad pixels, with all the reasons that occur in it."""
    shown = np.flatnonzero(context.is_shown)
    if shown.size == 0:
        return []
    x, mask = context.x[shown], context.arm.mask[shown]
    bad = ~context.arm.is_good[shown]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]]).astype(np.int8)))
    half = 0.5 * float(np.median(np.diff(x))) if x.size > 1 else 0.5
    marks: list[Mark] = []
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        reasons = MaskReason(int(np.bitwise_or.reduce(mask[first:stop])))
        legend = "" if marks else "bad pixels"
        marks.append(SpanMark(float(x[first]) - half, float(x[stop - 1]) + half, "masked", reasons.words, legend))
    return marks
