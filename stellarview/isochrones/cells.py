"""A grid cut into cells between neighbouring ages and metallicities, in boxes: only models near a star are visited.

A cell holds what lies at one evolutionary point between two ages and two metallicities; everything in it is blended
from its four corners, so the corners' smallest and largest temperature and gravity bound it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stellarview.domain.arrays import FloatArray, IntArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.isochrones import PRE_MAIN_SEQUENCE, IsochroneGrid, age_gyr
from stellarview.isochrones.interpolate import with_steps
from stellarview.isochrones.priors import INITIAL_MASS_FUNCTIONS, Prior

# Evolutionary points that share a coarse box.
_BLOCK = 16
# The official package's step; a grid with wider ones is divided up, and beyond the second figure its user is told.
_AGE_STEP_DEX, _COARSE_AGE_DEX = 0.05, 0.11


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a grid that a prior allows. J metallicity intervals, I age intervals, B blocks of S points."""

    grid: IsochroneGrid
    prior: Prior
    cautions: tuple[str, ...] = ()

    @cached_property
    def lower_feh_J(self) -> IntArray:
        """The lower metallicity of each interval; a grid of one metallicity has one interval without width."""
        return np.arange(max(1, len(self.grid.feh_F) - 1))

    @cached_property
    def younger_I(self) -> IntArray:
        """The younger age of each interval."""
        return np.arange(max(1, len(self.grid.log10_age_yr_A) - 1))

    @property
    def next_feh(self) -> int:
        """How far the other metallicity of an interval lies: none where there is only one."""
        return int(len(self.grid.feh_F) > 1)

    @property
    def next_age(self) -> int:
        """How far the other age of an interval lies."""
        return int(len(self.grid.log10_age_yr_A) > 1)

    @cached_property
    def weight_FAE(self) -> FloatArray:
        """Stars born between neighbouring evolutionary points: the mass function times the step in initial mass."""
        mass = np.asarray(self.grid.initial_mass_AFE, dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            weight = INITIAL_MASS_FUNCTIONS[self.prior.imf](mass) * np.maximum(_mass_steps(mass), 0.0)
        if not self.prior.with_pre_main_sequence:
            weight = np.where(self.grid.phase_AFE == PRE_MAIN_SEQUENCE, 0.0, weight)
        return self._by_feh(weight)

    @cached_property
    def log10_teff_FAE(self) -> FloatArray:
        """Of the grid, one metallicity after the other: what is asked for together lies together."""
        return self._by_feh(self.grid.log10_teff_AFE)

    @cached_property
    def logg_FAE(self) -> FloatArray:
        """Of the grid."""
        return self._by_feh(self.grid.logg_AFE)

    @cached_property
    def log10_luminosity_FAE(self) -> FloatArray:
        """Of the grid."""
        return self._by_feh(self.grid.log10_luminosity_AFE)

    @cached_property
    def mass_FAE(self) -> FloatArray:
        """Of the grid: what is left of the initial mass."""
        return self._by_feh(self.grid.mass_AFE)

    @cached_property
    def boxes_4JIE(self) -> FloatArray:
        """Least and greatest log Teff, least and greatest log g of each cell; NaN where a corner is missing."""
        teff, logg = self._corners(self.log10_teff_FAE), self._corners(self.logg_FAE)
        boxes = np.stack([teff.min(axis=0), teff.max(axis=0), logg.min(axis=0), logg.max(axis=0)])
        weight = self._corners(self.weight_FAE).max(axis=0)
        luminosity = self._corners(self.log10_luminosity_FAE).max(axis=0)
        boxes[:, ~((weight > 0) & np.isfinite(luminosity))] = np.nan
        return np.asarray(boxes)

    @cached_property
    def coarse_4JIB(self) -> FloatArray:
        """The same around blocks of evolutionary points; an empty block has an impossible box."""
        low = np.where(np.isnan(self.boxes_4JIE[::2]), np.inf, self.boxes_4JIE[::2])
        high = np.where(np.isnan(self.boxes_4JIE[1::2]), -np.inf, self.boxes_4JIE[1::2])
        shape = (*low.shape[:3], -1, _BLOCK)
        coarse = np.empty((4, *low.shape[1:3], low.shape[3] // _BLOCK), dtype=np.float32)
        coarse[::2], coarse[1::2] = low.reshape(shape).min(axis=-1), high.reshape(shape).max(axis=-1)
        return coarse

    def near(self, j: int, low_2: FloatArray, high_2: FloatArray) -> tuple[IntArray, IntArray]:
        """Ages and evolutionary points of the cells that reach into a box of log Teff and log g."""
        i, block = np.nonzero(_overlaps(self.coarse_4JIB[:, j], low_2, high_2))
        boxes = self.boxes_4JIE[:, j].reshape(4, len(self.younger_I), -1, _BLOCK)[:, i, block]
        row, point = np.nonzero(_overlaps(boxes, low_2, high_2))
        return i[row], block[row] * _BLOCK + point

    def _corners(self, values_FAE: FloatArray) -> FloatArray:
        """The four corners of every cell."""
        f, a = self.lower_feh_J, self.younger_I
        return np.stack(
            [values_FAE[f + up_f][:, a + up_a] for up_f in (0, self.next_feh) for up_a in (0, self.next_age)]
        )

    def _by_feh(self, values_AFE: FloatArray) -> FloatArray:
        """Metallicity first, padded to whole blocks with NaN."""
        values = np.moveaxis(np.asarray(values_AFE, dtype=np.float32), 1, 0)
        padding = -values.shape[2] % _BLOCK
        return np.ascontiguousarray(np.pad(values, ((0, 0), (0, 0), (0, padding)), constant_values=np.nan))


def cells_of(grid: IsochroneGrid, prior: Prior) -> Cells:
    """The cells of a grid, with ages near enough to each other, and what must be said of a poor grid."""
    fine = with_steps(grid, _AGE_STEP_DEX)
    if not fine.log10_age_yr_A.size:
        raise StellarViewError(
            f"No star can be placed on the grid {grid.name}.",
            "None of its curves tells the masses of its stars.",
            "Choose another grid: `stellarview isochrones list`.",
        )
    told = np.flatnonzero(np.isin(np.round(grid.log10_age_yr_A, 6), np.round(fine.log10_age_yr_A, 6)))
    used = [a for a in told if (grid.has_masses_AF[a] & np.isin(grid.feh_F, fine.feh_F)).any()]
    gap = float(np.diff(grid.log10_age_yr_A[used]).max(initial=0.0))
    cautions = []
    if gap > _COARSE_AGE_DEX:
        cautions.append(
            f"A coarse grid: {len(used)} ages up to {gap:.2f} dex apart, {_span(grid.log10_age_yr_A[used])}."
        )
    if len(fine.feh_F) == 1:
        cautions.append(
            f"The grid is of one metallicity, [Fe/H] {fine.feh_F[0]:+.2f}: the star's is only held against it."
        )
    if cautions:
        cautions.append("`stellarview isochrones fetch` brings the whole grid.")
    return Cells(fine, prior, tuple(cautions))


def _span(log10_age_yr: FloatArray) -> str:
    return f"{age_gyr(float(log10_age_yr[0])):.3g} to {age_gyr(float(log10_age_yr[-1])):.3g} Gyr"


def _overlaps(boxes_4: FloatArray, low_2: FloatArray, high_2: FloatArray) -> FloatArray:
    return np.asarray(
        (boxes_4[0] <= high_2[0]) & (boxes_4[1] >= low_2[0]) & (boxes_4[2] <= high_2[1]) & (boxes_4[3] >= low_2[1])
    )


def _mass_steps(mass_AFE: FloatArray) -> FloatArray:
    """Half the way to both neighbours, so that the sum over points is the integral over mass."""
    steps = np.diff(mass_AFE, axis=2)
    edge = np.full((*mass_AFE.shape[:2], 1), np.nan)
    left, right = np.concatenate([edge, steps], axis=2), np.concatenate([steps, edge], axis=2)
    return np.asarray(0.5 * (np.nan_to_num(left) + np.nan_to_num(right)))
