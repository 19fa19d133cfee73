"""Isochrones as the program knows them: one curve, and a grid of curves over age, [Fe/H] and evolutionary point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray, read_only

# MIST's codes (Choi et al. 2016); phase 2 begins where hydrogen is used up in the core, so it holds the subgiants too.
PHASES: dict[int, str] = {
    -1: "pre-main sequence",
    0: "main sequence",
    2: "subgiant or red giant",
    3: "core helium burning",
    4: "early AGB",
    5: "thermally pulsing AGB",
    6: "post-AGB",
    9: "Wolf-Rayet",
}
PRE_MAIN_SEQUENCE, NO_PHASE = -1, -99

# Along the giant branch neighbours differ by 1e-7 solar masses: single precision would make their number zero.
COLUMNS: dict[str, DTypeLike] = {
    "log10_teff": np.float32,
    "logg": np.float32,
    "log10_luminosity": np.float32,
    "initial_mass": np.float64,
    "mass": np.float32,
}


@dataclass(frozen=True, eq=False)
class Isochrone:
    """Stars of one age and one initial [Fe/H], from low mass to high; E equivalent evolutionary points (EEPs), rising.

    Teff in K, log g in dex (cm/s2), luminosity and masses in solar units; NaN where the source does not tell.
    """

    log10_age_yr: float
    feh: float
    eep_E: IntArray
    log10_teff_E: FloatArray
    logg_E: FloatArray
    log10_luminosity_E: FloatArray
    initial_mass_E: FloatArray
    mass_E: FloatArray
    phase_E: IntArray

    def __post_init__(self) -> None:
        for column, dtype in COLUMNS.items():
            object.__setattr__(self, f"{column}_E", read_only(getattr(self, f"{column}_E"), dtype))
        object.__setattr__(self, "eep_E", read_only(self.eep_E, np.int32))
        object.__setattr__(self, "phase_E", read_only(self.phase_E, np.int8))

    def __len__(self) -> int:
        return len(self.eep_E)

    @property
    def age_gyr(self) -> float:
        """The age."""
        return age_gyr(self.log10_age_yr)

    @property
    def name(self) -> str:
        """What a legend calls it."""
        return f"{self.age_gyr:.3g} Gyr, [Fe/H] {self.feh:+.2f}"


def age_gyr(log10_age_yr: float) -> float:
    """Gyr from the logarithm of years."""
    return float(10.0 ** (log10_age_yr - 9.0))


@dataclass(frozen=True, eq=False)
class IsochroneGrid:
    """Curves over A ages (log10 yr), F initial [Fe/H] and E evolutionary points; NaN where there is no model."""

    name: str
    about: str
    log10_age_yr_A: FloatArray
    feh_F: FloatArray
    eep_E: IntArray
    log10_teff_AFE: FloatArray
    logg_AFE: FloatArray
    log10_luminosity_AFE: FloatArray
    initial_mass_AFE: FloatArray
    mass_AFE: FloatArray
    phase_AFE: IntArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "log10_age_yr_A", read_only(self.log10_age_yr_A, np.float64))
        object.__setattr__(self, "feh_F", read_only(self.feh_F, np.float64))
        object.__setattr__(self, "eep_E", read_only(self.eep_E, np.int32))
        object.__setattr__(self, "phase_AFE", read_only(self.phase_AFE, np.int8))
        for column, dtype in COLUMNS.items():
            object.__setattr__(self, f"{column}_AFE", read_only(getattr(self, f"{column}_AFE"), dtype))
            if getattr(self, f"{column}_AFE").shape != self.shape:
                raise ValueError(f"{column} of an isochrone grid has another shape than its axes")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Ages, metallicities, evolutionary points."""
        return len(self.log10_age_yr_A), len(self.feh_F), len(self.eep_E)

    @property
    def has_curve_AF(self) -> BoolArray:
        """Where there is a curve at all."""
        return np.asarray(np.isfinite(self.log10_teff_AFE).any(axis=2))

    @property
    def has_masses_AF(self) -> BoolArray:
        """Where there is a curve that knows the masses of its stars: without them none can be placed."""
        return np.asarray(np.isfinite(self.initial_mass_AFE).any(axis=2))

    def curve(self, a: int, f: int) -> Isochrone:
        """One curve, without the points where it has no model."""
        known = np.isfinite(self.log10_teff_AFE[a, f])
        columns = {f"{column}_E": getattr(self, f"{column}_AFE")[a, f, known] for column in COLUMNS}
        return Isochrone(
            float(self.log10_age_yr_A[a]),
            float(self.feh_F[f]),
            self.eep_E[known],
            **columns,
            phase_E=self.phase_AFE[a, f, known],
        )

    def curves(self) -> list[Isochrone]:
        """All curves, the youngest first."""
        return [self.curve(int(a), int(f)) for a, f in np.argwhere(self.has_curve_AF)]


def grid_of(name: str, about: str, curves: Sequence[Isochrone]) -> IsochroneGrid:
    """A grid over all ages, metallicities and evolutionary points that occur in these curves."""
    ages, fehs = sorted({one.log10_age_yr for one in curves}), sorted({one.feh for one in curves})
    eeps = np.unique(np.concatenate([one.eep_E for one in curves]))
    shape = (len(ages), len(fehs), len(eeps))
    columns: dict[str, NDArray[np.float64]] = {column: np.full(shape, np.nan, COLUMNS[column]) for column in COLUMNS}
    phase = np.full(shape, NO_PHASE, np.int8)
    for one in curves:
        place = (ages.index(one.log10_age_yr), fehs.index(one.feh), np.searchsorted(eeps, one.eep_E))
        for column, values in columns.items():
            values[place] = getattr(one, f"{column}_E")
        phase[place] = one.phase_E
    named = {f"{column}_AFE": values for column, values in columns.items()}
    return IsochroneGrid(name, about, np.array(ages), np.array(fehs), eeps, **named, phase_AFE=phase)
