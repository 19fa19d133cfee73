"""What an augmentation is: a frozen dataclass that changes a batch of normalised spectra with a generator of its own.

Modules here import torch only for type checkers: forms are made of the table without waiting for torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.training.augment.draw import uniform
from stellarview.training.setting import refuse_unless, setting

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True, eq=False)
class Batch:
    """Fluxes after the recipe and before standardisation, with the pixels that can be trusted."""

    flux_BL: Tensor
    good_BL: Tensor

    def with_flux(self, flux_BL: Tensor) -> Self:
        """The same spectra with other fluxes."""
        return replace(self, flux_BL=flux_BL)


@dataclass(frozen=True)
class ArmGrid:
    """Where an arm lies in the network's input, and how its wavelengths run."""

    start: int
    stop: int
    first_angstrom: float
    last_angstrom: float
    spacing: Literal["linear", "log"]

    @classmethod
    def of(cls, wavelength_angstrom: FloatArray, start: int) -> Self:
        """The grid of these wavelengths: whichever of the two spacings fits them better."""
        linear, log = (
            np.ptp(np.diff(axis)) / np.diff(axis).mean() for axis in (wavelength_angstrom, np.log(wavelength_angstrom))
        )
        ends = float(wavelength_angstrom[0]), float(wavelength_angstrom[-1])
        return cls(start, start + len(wavelength_angstrom), *ends, "linear" if linear <= log else "log")

    @property
    def part(self) -> slice:
        """Its pixels."""
        return slice(self.start, self.stop)


Grid = Sequence[ArmGrid]


@dataclass(frozen=True)
class Augmentation:
    """One way to make spectra worse, or other, than they are; `share` of them at each look."""

    name: ClassVar[str]
    share: float = setting(1.0, "Share of spectra that it is done to.")

    def __post_init__(self) -> None:
        refuse_unless(0.0 <= self.share <= 1.0, f"share is {self.share}, not 0 to 1")
        self.check()

    def check(self) -> None:
        """ValueError where parameters make no sense."""

    def apply(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        """The batch after it has been done to all spectra."""
        raise NotImplementedError

    def __call__(self, batch: Batch, grid: Grid, random: Generator) -> Batch:
        changed = self.apply(batch, grid, random)
        if self.share >= 1.0:
            return changed
        chosen_B1 = uniform((len(batch.flux_BL), 1), 0.0, 1.0, batch.flux_BL, random) < self.share
        return Batch(changed.flux_BL.where(chosen_B1, batch.flux_BL), changed.good_BL.where(chosen_B1, batch.good_BL))
