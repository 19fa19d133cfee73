"""How sure the flux is: one standard deviation to both sides."""

from __future__ import annotations

import numpy as np

from stellarview.scene.context import ArmContext
from stellarview.scene.marks import BandMark, Mark


def error_band(context: ArmContext) -> list[Mark]:
    """A band of +-1 sigma; none where nothing is known of the error."""
    shown = context.is_shown
    flux, sigma = context.arm.flux[shown], context.arm.sigma[shown]
    sigma = np.where(np.isfinite(sigma), sigma, np.nan)
    return [BandMark(context.x[shown], flux - sigma, flux + sigma, "error", "±1σ")]
