"""The flux itself."""

from __future__ import annotations

import numpy as np

from stellarview.domain.spectrum import MaskReason
from stellarview.scene.context import ArmContext
from stellarview.scene.marks import CurveMark, Mark


def flux(context: ArmContext) -> list[Mark]:
    """One curve; it breaks only where nothing was measured, since a bad pixel too may be worth a look."""
    shown = context.is_shown
    nothing = (context.arm.mask[shown] & (MaskReason.NON_FINITE | MaskReason.NO_DATA)) != 0
    return [CurveMark(context.x[shown], np.where(nothing, np.nan, context.arm.flux[shown]), "flux", "flux")]
