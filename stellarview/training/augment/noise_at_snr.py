"""Noise as fainter stars have it: Gaussian, at a signal-to-noise ratio drawn for each spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stellarview.training.augment.augmentation import Augmentation, Batch, Grid
from stellarview.training.augment.draw import log_uniform, normal
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator


@dataclass(frozen=True)
class NoiseAtSnr(Augmentation):
    """Adds sigma = 1 / (S/N), which is right where the recipe brings the continuum near 1."""

    name: ClassVar[str] = "noise_at_snr"
    least: float = setting(10.0, "Smallest S/N of the added noise.")
    most: float = setting(200.0, "Largest S/N; ratios between are drawn evenly in their logarithm.")

    def check(self) -> None:
        """ValueError where parameters make no sense."""
        refuse_unless(0 < self.least <= self.most, f"S/N from {self.least} to {self.most}")

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """Noisier fluxes."""
        flux_BL = batch.flux_BL
        snr_B1 = log_uniform((len(flux_BL), 1), self.least, self.most, flux_BL, random)
        return batch.with_flux(flux_BL + normal(tuple(flux_BL.shape), flux_BL, random) / snr_B1)
