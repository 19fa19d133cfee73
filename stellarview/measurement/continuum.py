"""The continuum about a line and its error: straight through a band to either side, or the spectrum's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.spectrum import Arm, MaskReason, Spectrum
from stellarview.recipes.continuum import spline_for

Band = tuple[float, float]

_CLIP_SIGMAS = 3.5
_LEAST_PIXELS = 3
# Cut at -1.5 and +3 sigma, noise alone has its mean so many sigmas too high: the spline rides on it.
_RIDES_HIGH = 0.13


@dataclass(frozen=True, eq=False)
class Continuum:
    """Levels times what each of them is at the arm's pixels; errors of levels are independent of each other."""

    basis_KN: FloatArray
    level_K: FloatArray
    sigma_K: FloatArray

    @property
    def flux_N(self) -> FloatArray:
        """The continuum."""
        return np.asarray(self.level_K @ self.basis_KN)

    @property
    def variance_N(self) -> FloatArray:
        """Its variance."""
        return np.asarray(self.sigma_K**2 @ self.basis_KN**2)


def usable_pixels(arm: Arm) -> BoolArray:
    """Good pixels that tell something: a flux with an error."""
    return np.asarray(arm.is_good & np.isfinite(arm.flux) & np.isfinite(arm.ivar) & (arm.ivar > 0))


def local_continuum(arm: Arm, blue: Band, red: Band) -> Continuum | None:
    """The line through the levels of two bands, as Lick indices have it; None where one has too few good pixels."""
    one, other = _level(arm, blue), _level(arm, red)
    if one is None or other is None:
        return None
    share_N = (arm.wavelength_angstrom - one[0]) / (other[0] - one[0])
    return Continuum(np.stack([1.0 - share_N, share_N]), np.array([one[1], other[1]]), np.array([one[2], other[2]]))


def global_continuum(masked: Spectrum, arm_name: str, near: Band) -> Continuum | None:
    """The spline that rides over the whole arm; None where it is no continuum.

    A least-squares fit of p terms to n pixels is uncertain by sqrt(p / n) of their scatter, and asymmetric clipping
    lifts it by a part of that. The scatter is that of pixels above it within a knot's distance of `near`, in the
    spectrum's own wavelengths: no line is among those.
    """
    step = spline_for(masked.arm(arm_name).wavelength_angstrom)
    before, arm = masked.arm(arm_name), step(masked).arm(arm_name)
    x, usable = arm.wavelength_angstrom, usable_pixels(arm)
    reach = step.knot_spacing_angstrom
    beside = usable & (x >= near[0] - reach) & (x <= near[1] + reach) & (arm.flux > 1.0)
    if arm.continuum is None or beside.sum() < _LEAST_PIXELS:
        return None
    terms = max(1, round(float(x[-1] - x[0]) / reach)) + 3
    scatter = 1.4826 * float(np.median(arm.flux[beside] - 1.0))
    sigma = scatter * np.hypot(np.sqrt(terms / max(int(usable_pixels(before).sum()), terms)), _RIDES_HIGH)
    spline_N = np.where(arm.mask & np.uint16(MaskReason.NO_CONTINUUM), 0.0, arm.continuum)
    return Continuum(spline_N[None, :], np.array([1.0]), np.array([sigma]))


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
