"""Where pixels are bad, and why."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from stellarview.domain.spectrum import BAD_PIXEL, MaskReason
from stellarview.scene.context import ArmContext
from stellarview.scene.marks import Mark, SpanMark


def masked_pixels(context: ArmContext) -> list[Mark]:
    """One span for neighbours that are bad for one reason in common, with all reasons that occur in it."""
    shown = np.flatnonzero(context.is_shown)
    if shown.size == 0:
        return []
    x, reasons = context.x[shown], context.arm.mask[shown] & np.uint16(BAD_PIXEL)
    left, right = reasons[:-1], reasons[1:]
    is_parted = ((left & right) == 0) & ((left | right) != 0)
    edges = [0, *(np.flatnonzero(is_parted) + 1).tolist(), shown.size]
    half = 0.5 * float(np.median(np.diff(x))) if x.size > 1 else 0.5
    marks: list[Mark] = []
    for first, stop in pairwise(edges):
        if why := MaskReason(int(np.bitwise_or.reduce(reasons[first:stop]))):
            legend = "" if marks else "bad pixels"
            marks.append(SpanMark(float(x[first]) - half, float(x[stop - 1]) + half, "masked", why.words, legend))
    return marks
