"""Dead columns of the detector: a run of pixels without light (Wang, Zhao and Fan 2020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from stellarview.training.augment.augmentation import Augmentation, Batch, Grid
from stellarview.training.augment.draw import runs
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator


@dataclass(frozen=True)
class DeadColumns(Augmentation):
    """Sets one run of pixels to 0, unknown to the mask."""

    name: ClassVar[str] = "dead_columns"
    longest: int = setting(20, "Most pixels of the run; its length is drawn from 1 to this.")

    def check(self) -> None:
        """ValueError where parameters make no sense."""
        refuse_unless(self.longest >= 1, f"longest is {self.longest}, below 1")

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """Fluxes with a run of zeros."""
        return batch.with_flux(batch.flux_BL.masked_fill(runs(self.longest, batch.flux_BL, random), 0.0))
