"""Cosmic rays: single pixels far too bright (Wang, Zhao and Fan 2020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stellarview.training.augment.augmentation import Augmentation, Batch, Grid
from stellarview.training.augment.draw import whole
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator


@dataclass(frozen=True)
class CosmicRays(Augmentation):
    """Sets 1 to `most` pixels of a spectrum to `level`."""

    name: ClassVar[str] = "cosmic_rays"
    most: int = setting(3, "Most hits on a spectrum; the number is drawn from 1 to this.")
    level: float = setting(1.0, "Flux of a hit pixel: 1 is the brightest after min-max.")

    def check(self) -> None:
        """ValueError where parameters make no sense."""
        refuse_unless(self.most >= 1, f"most is {self.most}, below 1")

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """Fluxes with hits."""
        flux_BL = batch.flux_BL
        n_spectra, n_pixels = flux_BL.shape
        place_BH = whole((n_spectra, self.most), 0, n_pixels, flux_BL, random)
        count_B1 = whole((n_spectra, 1), 1, self.most + 1, flux_BL, random)
        # Hits beyond a spectrum's number fall on its first one.
        order_H = flux_BL.new_ones(self.most).cumsum(0)
        place_BH = place_BH.where(order_H <= count_B1, place_BH[:, :1])
        return batch.with_flux(flux_BL.scatter(1, place_BH, self.level))
