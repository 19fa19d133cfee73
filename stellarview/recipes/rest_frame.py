"""Shifts spectra to the rest frame of their stars."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S
from stellarview.domain.stack import Stack
from stellarview.recipes.step import Step


@dataclass(frozen=True)
class ToRestFrame(Step):
    """lambda' = lambda / (1 + RV/c), the papers' equation, which for RV = c z is exact."""

    name: ClassVar[str] = "to_rest_frame"

    def apply(self, stack: Stack) -> Stack:
        """The stack at rest; only wavelengths change, so nothing is interpolated here."""
        if stack.frame == "rest":
            raise StellarViewError(
                "The spectrum is at rest already.", "A second shift would be wrong.", "Leave this step out."
            )
        if not np.isfinite(stack.velocity_km_s_B).all():
            raise StellarViewError(
                "The spectrum cannot be put at rest.",
                "Its radial velocity is not known.",
                "Give one (--rv), or measure it first.",
            )
        factor = 1.0 + stack.velocity_km_s_B[:, None] / SPEED_OF_LIGHT_KM_S
        arms = [replace(arm, wavelength_BN=arm.wavelength_BN / factor) for arm in stack.arms]
        return replace(stack, arms=tuple(arms), frame="rest")
