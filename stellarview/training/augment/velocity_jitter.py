"""Errors of the radial velocity: spectra shifted by fractions of a pixel (RRNet-cp's augmentation)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S
from stellarview.training.augment.augmentation import ArmGrid, Augmentation, Batch, Grid
from stellarview.training.augment.draw import normal
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True)
class VelocityJitter(Augmentation):
    """Doppler shifts of a Gaussian of this sigma, by cubic interpolation; the mask stays where it is."""

    name: ClassVar[str] = "velocity_jitter"
    sigma_km_s: float = setting(5.0, "Scatter of the velocities, in km/s.")

    def check(self) -> None:
        """ValueError where parameters make no sense."""
        refuse_unless(0 <= self.sigma_km_s <= 1000, f"sigma_km_s is {self.sigma_km_s}, not 0 to 1000")

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """Shifted fluxes."""
        flux_BL = batch.flux_BL.clone()
        velocity_B1 = self.sigma_km_s * normal((len(flux_BL), 1), flux_BL, random)
        for arm in grid:
            flux_BL[:, arm.part] = shifted(batch.flux_BL[:, arm.part], arm, velocity_B1)
        return batch.with_flux(flux_BL)


def shifted(flux_BN: Tensor, arm: ArmGrid, velocity_km_s_B1: Tensor) -> Tensor:
    """What the same star shows on the same grid when it recedes by so much more."""
    n = flux_BN.shape[1]
    factor_B1 = 1.0 + velocity_km_s_B1 / SPEED_OF_LIGHT_KM_S
    place_N = flux_BN.new_ones(n).cumsum(0) - 1
    first, last = arm.first_angstrom, arm.last_angstrom
    # The shift alone, not the place, is computed from wavelengths: single precision has not digits enough for both.
    if arm.spacing == "log":
        shift_B1 = factor_B1.double().log().to(flux_BN.dtype) * ((n - 1) / math.log(last / first))
        return whole_rows(flux_BN, shift_B1)
    shift_BN = (first * (n - 1) / (last - first) + place_N) * (1.0 - 1.0 / factor_B1.double()).to(flux_BN.dtype)
    return cubic(flux_BN, place_N, shift_BN)


def whole_rows(flux_BN: Tensor, shift_B1: Tensor) -> Tensor:
    """`cubic` where all pixels of a row are shifted alike: a few weighted sums of slices, four times as fast."""
    whole_B1 = (-shift_B1).floor()
    weights = _weights(-shift_B1 - whole_B1)
    least, most, n = int(whole_B1.min()) - 1, int(whole_B1.max()) + 2, flux_BN.shape[1]
    before, after = max(0, -least), max(0, most)
    wide_BN = flux_BN.new_empty((len(flux_BN), before + n + after))
    wide_BN[:, :before], wide_BN[:, before + n :] = flux_BN[:, :1], flux_BN[:, -1:]
    wide_BN[:, before : before + n] = flux_BN
    total_BN = flux_BN.new_zeros(flux_BN.shape)
    for offset in range(least, most + 1):
        share_B1 = sum(w * (whole_B1 + tap == offset) for tap, w in zip(range(-1, 3), weights, strict=True))
        total_BN += share_B1 * wide_BN[:, before + offset : before + offset + n]
    return total_BN


def cubic(flux_BN: Tensor, place_N: Tensor, shift_BN: Tensor) -> Tensor:
    """Flux at place - shift by a cubic through the four nearest pixels; beyond the ends, the end's flux."""
    whole_BN = (-shift_BN).floor()
    t = -shift_BN - whole_BN
    left_BN = (place_N + whole_BN).long()
    weights = _weights(t)
    last = flux_BN.shape[1] - 1
    pieces = [
        weight * flux_BN.gather(1, (left_BN + offset).clamp(0, last))
        for offset, weight in zip(range(-1, 3), weights, strict=True)
    ]
    return pieces[0] + pieces[1] + pieces[2] + pieces[3]


def _weights(t: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Of the four pixels about a place, t after the second."""
    return (
        -t * (t - 1) * (t - 2) / 6,
        (t + 1) * (t - 1) * (t - 2) / 2,
        -(t + 1) * t * (t - 2) / 2,
        (t + 1) * t * (t - 1) / 6,
    )
