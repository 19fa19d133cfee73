"""Noise of the detector: of its reading, and of the counted electrons (Wang, Zhao and Fan 2020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stellarview.training.augment.augmentation import Augmentation, Batch, Grid
from stellarview.training.augment.draw import normal
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator


@dataclass(frozen=True)
class CcdNoise(Augmentation):
    """Gaussian noise of variance read^2 + flux shot^2."""

    name: ClassVar[str] = "ccd_noise"
    read: float = setting(0.01, "Sigma of the reading, in units of the normalised flux.")
    shot: float = setting(0.01, "Sigma of the counted electrons where the normalised flux is 1.")

    def check(self) -> None:
        """ValueError where parameters make no sense."""
        refuse_unless(min(self.read, self.shot) >= 0, "a sigma is negative")

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """Noisier fluxes."""
        flux_BL = batch.flux_BL
        sigma_BL = (self.read**2 + flux_BL.clamp(min=0.0) * self.shot**2).sqrt()
        return batch.with_flux(flux_BL + sigma_BL * normal(tuple(flux_BL.shape), flux_BL, random))
