"""Takes stretches of wavelength from a network's sight: where its training spectra are known to be wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from stellarview.domain.spectrum import MaskReason
from stellarview.domain.stack import ArmStack, Stack
from stellarview.recipes.step import Step


@dataclass(frozen=True)
class MaskWindows(Step):
    """Mask whatever lies between the wavelengths of each pair, ends included, in the frame that the spectrum is in."""

    name: ClassVar[str] = "mask_windows"
    windows_angstrom: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        for low, high in self.windows_angstrom:
            if not 0 < low < high < np.inf:
                raise ValueError(f"a window from {low} to {high} A")

    def apply(self, stack: Stack) -> Stack:
        """The stack with more masked pixels; nothing is unmasked, no flux changes."""
        return stack.with_arms([self._mask_arm(arm) for arm in stack.arms])

    def _mask_arm(self, arm: ArmStack) -> ArmStack:
        mask = arm.mask_BN.copy()
        for low, high in self.windows_angstrom:
            inside = (arm.wavelength_BN >= low) & (arm.wavelength_BN <= high)
            mask[inside] |= np.uint16(MaskReason.UNTAUGHT)
        return replace(arm, mask_BN=mask)
