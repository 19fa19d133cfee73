"""Errors of the continuum: a slow wave over each arm, as extinction and a bad normalisation leave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stellarview.training.augment.augmentation import Augmentation, Batch, Grid
from stellarview.training.augment.draw import normal
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator


@dataclass(frozen=True)
class ContinuumTilt(Augmentation):
    """Multiplies each arm by 1 + a polynomial whose coefficients are Gaussian, on x from -1 to 1."""

    name: ClassVar[str] = "continuum_tilt"
    degree: int = setting(2, "Degree of the polynomial; 1 is a tilt.")
    sigma: float = setting(0.02, "Scatter of its coefficients.")

    def check(self) -> None:
        """ValueError where parameters make no sense."""
        refuse_unless(0 <= self.degree <= 20 and self.sigma >= 0, "degree is 0 to 20, sigma not negative")

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """Fluxes on a wavy continuum."""
        flux_BL = batch.flux_BL.clone()
        for arm in grid:
            n = arm.stop - arm.start
            x_N = 2.0 * (flux_BL.new_ones(n).cumsum(0) - 1) / max(n - 1, 1) - 1.0
            wave_BN = flux_BL.new_zeros((len(flux_BL), n))
            for _ in range(self.degree + 1):  # Horner's rule
                wave_BN = wave_BN * x_N + self.sigma * normal((len(flux_BL), 1), flux_BL, random)
            flux_BL[:, arm.part] *= 1.0 + wave_BN
        return batch.with_flux(flux_BL)
