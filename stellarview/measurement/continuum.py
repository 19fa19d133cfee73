"""The local continuum of a line: straight through the levels of a band to either side, as Lick indices have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.spectrum import Arm

Band = tuple[float, float]

_CLIP_SIGMAS = 3.5
_LEAST_PIXELS = 3


@dataclass(frozen=True, eq=False)
class LocalContinuum:
    """A straight line through two levels, whose errors are independent of each other."""

    at_angstrom: tuple[float, float]
    level: tuple[float, float]
    sigma: tuple[float, float]

    def weights(self, wavelength_angstrom_N: FloatArray) -> FloatArray:
        """How much of either level there is in the continuum, (2, N)."""
        blue, red = self.at_angstrom
        share_N = (wavelength_angstrom_N - blue) / (red - blue)
        return np.stack([1.0 - share_N, share_N])

    def flux(self, wavelength_angstrom_N: FloatArray) -> FloatArray:
        """The continuum."""
        return np.asarray(np.array(self.level) @ self.weights(wavelength_angstrom_N))

    def variance(self, wavelength_angstrom_N: FloatArray) -> FloatArray:
        """Its variance."""
        return np.asarray(np.square(self.sigma) @ self.weights(wavelength_angstrom_N) ** 2)


def usable_pixels(arm: Arm) -> BoolArray:
    """Good pixels that tell something: a flux with an error."""
    return np.asarray(arm.is_good & np.isfinite(arm.flux) & np.isfinite(arm.ivar) & (arm.ivar > 0))


def local_continuum(arm: Arm, blue: Band, red: Band) -> LocalContinuum | None:
    """The line through two bands, in the arm's own wavelengths; None where a band has fewer than three good pixels."""
    one, other = _level(arm, blue), _level(arm, red)
    if one is None or other is None:
        return None
    return LocalContinuum((one[0], other[0]), (one[1], other[1]), (one[2], other[2]))


def _level(arm: Arm, band: Band) -> tuple[float, float, float] | None:
    """Mean wavelength, mean flux and its error, of the band's good pixels without outliers.

    Where pixels scatter more than their errors say (faint lines, fringes), the error of the level grows with them.
    """
    inside = usable_pixels(arm) & (arm.wavelength_angstrom >= band[0]) & (arm.wavelength_angstrom <= band[1])
    if inside.sum() < _LEAST_PIXELS:
        return None
    x, flux, ivar = (values[inside].astype(np.float64) for values in (arm.wavelength_angstrom, arm.flux, arm.ivar))
    from_median = np.abs(flux - np.median(flux))
    scatter = np.maximum(1.4826 * np.median(from_median), 1.0 / np.sqrt(ivar))
    kept = from_median <= _CLIP_SIGMAS * scatter
    x, flux, weight = x[kept], flux[kept], ivar[kept]
    level = float(np.average(flux, weights=weight))
    excess = float((weight * (flux - level) ** 2).sum()) / max(len(flux) - 1, 1)
    return float(np.average(x, weights=weight)), level, float(np.sqrt(max(excess, 1.0) / weight.sum()))
