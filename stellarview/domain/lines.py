"""Spectral lines and bands with the medium of their wavelengths, and the one conversion between air and vacuum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.spectrum import Medium

LineKind = Literal["line", "band"]


@dataclass(frozen=True)
class Line:
    """A line (or the head of a molecular band) that a stellar spectroscopist would name; vacuum Angstrom."""

    species: str
    wavelength_vacuum_angstrom: float
    name: str
    kind: LineKind
    reference: str

    @property
    def element(self) -> str:
        """The element or molecule, without the ionisation stage: `Fe II` -> `Fe`."""
        return self.species.split()[0]

    def wavelength_angstrom(self, medium: Medium) -> float:
        """The wavelength in the medium that a plot is drawn in."""
        if medium == "vacuum":
            return self.wavelength_vacuum_angstrom
        return float(vacuum_to_air(np.array(self.wavelength_vacuum_angstrom)))


# Ciddor (1996) for standard air (15 C, 101325 Pa, 450 ppm CO2), the formula that VALD, SDSS and the IAU use.
# Below 2000 A air absorbs and no conversion is defined: wavelengths stay as they are.
_UV_LIMIT_ANGSTROM = 2000.0


def refractive_index(vacuum_angstrom: FloatArray) -> FloatArray:
    """Refractive index of standard air at vacuum wavelengths (Ciddor 1996)."""
    s2 = (1e4 / np.asarray(vacuum_angstrom, dtype=np.float64)) ** 2
    index = 1.0 + 0.05792105 / (238.0185 - s2) + 0.00167917 / (57.362 - s2)
    return np.where(np.asarray(vacuum_angstrom) < _UV_LIMIT_ANGSTROM, 1.0, index)


def vacuum_to_air(vacuum_angstrom: FloatArray) -> FloatArray:
    """Air wavelengths of vacuum ones."""
    return np.asarray(vacuum_angstrom, dtype=np.float64) / refractive_index(vacuum_angstrom)


def air_to_vacuum(air_angstrom: FloatArray) -> FloatArray:
    """Vacuum wavelengths of air ones: the inverse of `vacuum_to_air` to 1e-9 A (fixed point, three turns)."""
    air = np.asarray(air_angstrom, dtype=np.float64)
    vacuum = air
    for _ in range(3):
        vacuum = air * refractive_index(vacuum)
    return vacuum
