"""Stretches that the survey's mask takes away, as bad columns and sky lines do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stellarview.training.augment.augmentation import Augmentation, Batch, Grid
from stellarview.training.augment.draw import runs
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True)
class MaskedRuns(Augmentation):
    """Masks runs of pixels and bridges them by a straight line, as resampling does with bad pixels."""

    name: ClassVar[str] = "masked_runs"
    count: int = setting(2, "Runs in a spectrum.")
    longest: int = setting(60, "Most pixels of a run; its length is drawn from 1 to this.")

    def check(self) -> None:
        """ValueError where parameters make no sense."""
        refuse_unless(min(self.count, self.longest) >= 1, "count and longest are at least 1")

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """Fluxes with bridges, and a mask that knows of them."""
        for _ in range(self.count):
            run_BL = runs(self.longest, batch.flux_BL, random)
            batch = Batch(bridged(batch.flux_BL, run_BL), batch.good_BL & ~run_BL)
        return batch


def bridged(flux_BL: Tensor, run_BL: Tensor) -> Tensor:
    """A straight line from the pixel before a run to the one after it; at an end its only neighbour's flux."""
    n_pixels = flux_BL.shape[1]
    before_B1 = run_BL.int().argmax(dim=1, keepdim=True) - 1
    after_B1 = before_B1 + 1 + run_BL.sum(dim=1, keepdim=True)
    left_B1 = flux_BL.gather(1, before_B1.where(before_B1 >= 0, after_B1).clamp(0, n_pixels - 1))
    right_B1 = flux_BL.gather(1, after_B1.where(after_B1 < n_pixels, before_B1).clamp(0, n_pixels - 1))
    place_L = flux_BL.new_ones(n_pixels).cumsum(0) - 1
    weight_BL = (place_L - before_B1) / (after_B1 - before_B1)
    return (left_B1 + (right_B1 - left_B1) * weight_BL).where(run_BL, flux_BL)
