"""Errors of a synthesis: lines too deep or too shallow, each by itself, as line lists and LTE leave them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stellarview.training.augment.augmentation import Augmentation, Batch, Grid
from stellarview.training.augment.draw import normal
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator


@dataclass(frozen=True)
class LineDepths(Augmentation):
    """Multiplies depths below 1 by 1 + Gaussian errors that are alike within about a line's width."""

    name: ClassVar[str] = "line_depths"
    sigma: float = setting(0.05, "Scatter of the depths, relative.")
    width_pixels: int = setting(5, "Over how many pixels the error is that of one line.")

    def check(self) -> None:
        """ValueError where parameters make no sense."""
        refuse_unless(self.sigma >= 0 and self.width_pixels >= 1, "sigma is not negative, width_pixels at least 1")

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """Fluxes of a star whose lines are a little other."""
        flux_BL = batch.flux_BL
        n_spectra, n_pixels = flux_BL.shape
        knots_BK = self.sigma * normal((n_spectra, n_pixels // self.width_pixels + 2), flux_BL, random)
        place_L = (flux_BL.new_ones(n_pixels).cumsum(0) - 1) / self.width_pixels
        left_L = place_L.long()
        share_L = place_L - left_L
        error_BL = knots_BK[:, left_L] * (1.0 - share_L) + knots_BK[:, left_L + 1] * share_L
        return batch.with_flux(1.0 - (1.0 - flux_BL) * (1.0 + error_BL))
