"""A profile fitted to a line together with its continuum, so that errors know of both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.line_measurement import LEAST_SIGNIFICANCE, LineFit, Measured, Profile
from stellarview.domain.spectrum import Arm
from stellarview.measurement.continuum import Continuum
from stellarview.measurement.least_squares import Solution, least_squares
from stellarview.measurement.profiles import FWHM_OF_SIGMA, gaussian, voigt, voigt_fwhm

# Parameters: equivalent width, centre, sigma, with Voigt gamma, then the levels of the continuum.
_N_SHAPE: dict[Profile, int] = {"gaussian": 3, "voigt": 4}
_LEAST_SIGMA_PIXELS = 0.3


@dataclass(frozen=True, eq=False)
class Fitted:
    """The fit, what it says of the flux at all of the arm's pixels, and which parameters ended at a limit."""

    fit: LineFit
    flux_N: FloatArray
    is_significant: bool
    is_at_edge: bool
    has_no_core: bool
    has_no_wings: bool


def least_pixels(profile: Profile) -> int:
    """What a profile needs, one more than it has parameters of its own."""
    return _N_SHAPE[profile] + 1


def fit_profile(arm: Arm, continuum: Continuum, chosen: BoolArray, profile: Profile) -> Fitted:
    """The best fit to the chosen pixels of the arm, begun at their deepest and at their highest point.

    The continuum's levels are fitted too, held to what they are within their errors.
    """
    x = arm.wavelength_angstrom[chosen]
    pixel = float(np.median(np.diff(x)))
    model = partial(_model, arm, continuum, chosen, profile)
    n, infinite = _N_SHAPE[profile], np.full(continuum.level_K.size, np.inf)
    low = np.concatenate([[-np.inf, x[0], _LEAST_SIGMA_PIXELS * pixel, 0.0][:n], -infinite])
    high = np.concatenate([[np.inf, x[-1], x[-1] - x[0], x[-1] - x[0]][:n], infinite])
    starts = _starts(arm, continuum, chosen, n)
    best = min((least_squares(model, start, low, high) for start in starts), key=lambda found: found.chi2)
    bare, is_shape = np.concatenate([[0.0], starts[0][1:]]), np.arange(low.size) < n
    without = least_squares(model, bare, np.where(is_shape, bare, -np.inf), np.where(is_shape, bare, np.inf))
    shape = best.parameters_P[:n]
    share = 1.0 - shape[0] * _shape(profile, arm.wavelength_angstrom, shape)[0]
    flux = share * (best.parameters_P[n:] @ continuum.basis_KN)
    freedom = max(len(x) + continuum.level_K.size - int(best.is_free_P.sum()), 1)
    fit = _line_fit(profile, best, freedom)
    return Fitted(
        fit,
        np.asarray(flux),
        fit.equivalent_width_angstrom.is_significant and _gain(fit, x, without.chi2 - best.chi2) >= LEAST_SIGNIFICANCE,
        is_at_edge=not best.is_free_P[1],
        has_no_core=not best.is_free_P[2],
        has_no_wings=n == 4 and not best.is_free_P[3],
    )


def _gain(fit: LineFit, x: FloatArray, chi2: float) -> float:
    """In sigmas, less what noise alone would gain: in a wide region there are many places to find a narrow line."""
    places = max(float(x[-1] - x[0]) / fit.fwhm_angstrom.value, 1.0)
    return math.sqrt(max(chi2 - 2.0 * math.log(places), 0.0))


def _shape(profile: Profile, x: FloatArray, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
    centre, sigma = parameters[1], parameters[2]
    return gaussian(x, centre, sigma) if profile == "gaussian" else voigt(x, centre, sigma, parameters[3])


def _model(
    arm: Arm, continuum: Continuum, chosen: BoolArray, profile: Profile, parameters: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Residuals of the pixels and of the levels, in sigmas, and their derivatives."""
    n = _N_SHAPE[profile]
    weight = np.sqrt(arm.ivar[chosen].astype(np.float64))
    value, slopes = _shape(profile, arm.wavelength_angstrom[chosen], parameters)
    basis, levels = continuum.basis_KN[:, chosen], parameters[n:]
    level, share = levels @ basis, 1.0 - parameters[0] * value
    by_shape = -level * np.concatenate([value[None], parameters[0] * slopes])
    residuals = (level * share - arm.flux[chosen]) * weight
    of_levels = (levels - continuum.level_K) / continuum.sigma_K
    derivatives = np.zeros((residuals.size + levels.size, parameters.size))
    derivatives[: residuals.size] = (np.concatenate([by_shape, basis * share]) * weight).T
    derivatives[residuals.size :, n:] = np.diag(1.0 / continuum.sigma_K)
    return np.concatenate([residuals, of_levels]), derivatives


def _starts(arm: Arm, continuum: Continuum, chosen: BoolArray, n: int) -> list[FloatArray]:
    """A narrow and a wide line at the deepest point, and at the highest."""
    x = arm.wavelength_angstrom[chosen]
    depth = 1.0 - arm.flux[chosen] / continuum.flux_N[chosen]
    smooth = np.convolve(np.pad(depth, 1, mode="edge"), np.ones(3) / 3.0, mode="valid")
    pixel, width = float(np.median(np.diff(x))), float(x[-1] - x[0])
    starts = []
    for peak in (int(np.argmax(smooth)), int(np.argmin(smooth))):
        for sigma in (1.5 * pixel, width / 8.0):
            area = smooth[peak] * sigma * np.sqrt(2.0 * np.pi)
            starts.append(np.concatenate([[area, x[peak], sigma, 0.5 * sigma][:n], continuum.level_K]))
    return starts


def _line_fit(profile: Profile, best: Solution, freedom: int) -> LineFit:
    def depth(parameters: FloatArray) -> float:
        return float(parameters[0] * _shape(profile, parameters[1:2], parameters)[0][0])

    def fwhm(parameters: FloatArray) -> float:
        gamma = parameters[3] if profile == "voigt" else 0.0
        return voigt_fwhm(float(parameters[2]), float(gamma)) if gamma else FWHM_OF_SIGMA * float(parameters[2])

    return LineFit(
        profile,
        best.has_converged,
        centre_angstrom=_measured(best, lambda parameters: float(parameters[1])),
        fwhm_angstrom=_measured(best, fwhm),
        depth=_measured(best, depth),
        equivalent_width_angstrom=_measured(best, lambda parameters: float(parameters[0])),
        reduced_chi2=best.chi2 / freedom,
        lorentzian_fwhm_angstrom=_measured(best, lambda p: 2.0 * float(p[3])) if profile == "voigt" else None,
    )


def _measured(best: Solution, quantity: Callable[[FloatArray], float]) -> Measured:
    """A quantity of the parameters, with the error that follows from theirs."""
    at, sigma = best.parameters_P, np.sqrt(np.diag(best.covariance_PP))
    slope = np.zeros(at.size)
    for index in np.flatnonzero(sigma > 0):
        step = np.zeros(at.size)
        step[index] = 1e-3 * min(sigma[index], abs(at[index]) or sigma[index])
        slope[index] = (quantity(at + step) - quantity(at - step)) / (2.0 * step[index])
    variance = float(slope @ best.covariance_PP @ slope)
    return Measured(quantity(at), math.sqrt(max(variance, 0.0)))
