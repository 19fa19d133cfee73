"""Fibres and nights differ in resolution: spectra blurred by a small Gaussian of a width drawn for each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stellarview.training.augment.augmentation import Augmentation, Batch, Grid
from stellarview.training.augment.draw import uniform
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True)
class ResolutionJitter(Augmentation):
    """Convolves each arm with a Gaussian; sharper than it is a spectrum cannot be made."""

    name: ClassVar[str] = "resolution_jitter"
    most_pixels: float = setting(1.0, "Largest sigma of the Gaussian, in pixels; it is drawn evenly from 0.")

    def check(self) -> None:
        """ValueError where parameters make no sense."""
        refuse_unless(0 < self.most_pixels <= 50, f"most_pixels is {self.most_pixels}, not above 0 and at most 50")

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """Blurred fluxes."""
        flux_BL = batch.flux_BL.clone()
        sigma_B1 = uniform((len(flux_BL), 1), 0.0, self.most_pixels, flux_BL, random)
        for arm in grid:
            flux_BL[:, arm.part] = blurred(batch.flux_BL[:, arm.part], sigma_B1, math.ceil(4 * self.most_pixels))
        return batch.with_flux(flux_BL)


def blurred(flux_BN: Tensor, sigma_B1: Tensor, reach: int) -> Tensor:
    """Fluxes convolved with normalised Gaussians; beyond the ends goes on what stands there."""
    place_T = flux_BN.new_ones(2 * reach + 1).cumsum(0) - 1 - reach
    kernel_BT = (-0.5 * (place_T / sigma_B1.clamp(min=1e-3)) ** 2).exp()
    kernel_BT = kernel_BT / kernel_BT.sum(dim=1, keepdim=True)
    n = flux_BN.shape[1]
    index = (flux_BN.new_ones(n + 2 * reach).cumsum(0) - 1 - reach).long().clamp(0, n - 1)
    padded_BN = flux_BN[:, index]
    blurred_BN = flux_BN.new_zeros(flux_BN.shape)
    for tap in range(2 * reach + 1):
        blurred_BN += kernel_BT[:, tap : tap + 1] * padded_BN[:, tap : tap + n]
    return blurred_BN
