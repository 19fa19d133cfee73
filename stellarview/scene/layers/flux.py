"""The flux as it is shown; where a map colours it, the map's layer draws it instead."""

from __future__ import annotations

import numpy as np

from stellarview.domain.spectrum import MaskReason
from stellarview.scene.marks import CurveMark, Mark
from stellarview.scene.shown import ShownArm


def flux(context: ShownArm) -> list[Mark]:
    """One curve, without what is coloured; no mark where nothing is left."""
    y = recorded(context)
    if context.view.shows("cam") and context.colour_values is not None:
        is_coloured = np.isfinite(context.colour_values)
        inner = is_coloured.copy()
        inner[1:] &= is_coloured[:-1]
        inner[:-1] &= is_coloured[1:]
        y = np.where(inner, np.nan, y)
    return [CurveMark(context.x, y, "flux", "flux")] if np.isfinite(y).any() else []


def recorded(context: ShownArm) -> np.ndarray:
    """The flux, with gaps where nothing was recorded; a bad pixel too may be worth a look."""
    nothing = (context.arm.mask & (MaskReason.NON_FINITE | MaskReason.NO_DATA)) != 0
    return np.where(nothing, np.nan, context.arm.flux)
