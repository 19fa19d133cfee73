"""Profiles of unit area and their derivatives: Gaussian, and Voigt by Weideman's rational approximation."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import FloatArray

FWHM_OF_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))
_TERMS = 48

ComplexArray = NDArray[np.complexfloating[Any, Any]]


def gaussian(x_N: FloatArray, centre: float, sigma: float) -> tuple[FloatArray, FloatArray]:
    """The profile, and its derivatives by centre and sigma."""
    u_N = (x_N - centre) / sigma
    value_N = np.exp(-0.5 * u_N**2) / (sigma * math.sqrt(2.0 * math.pi))
    return value_N, np.stack([value_N * u_N / sigma, value_N * (u_N**2 - 1.0) / sigma])


def voigt(x_N: FloatArray, centre: float, sigma: float, gamma: float) -> tuple[FloatArray, FloatArray]:
    """The profile, and its derivatives by centre, sigma of the Gaussian and half width at half maximum (gamma)."""
    width, height = sigma * math.sqrt(2.0), 1.0 / (sigma * math.sqrt(2.0 * math.pi))
    z_N = ((x_N - centre) + 1j * gamma) / width
    w_N = faddeeva(z_N)
    slope_N = 2j / math.sqrt(math.pi) - 2.0 * z_N * w_N
    value_N = height * w_N.real
    by_centre, by_gamma = -height * slope_N.real / width, -height * slope_N.imag / width
    return value_N, np.stack([by_centre, -(value_N + height * (slope_N * z_N).real) / sigma, by_gamma])


def voigt_fwhm(sigma: float, gamma: float) -> float:
    """Full width at half maximum to 0.02% (Olivero and Longbothum 1977)."""
    gaussian_fwhm, lorentzian_fwhm = FWHM_OF_SIGMA * sigma, 2.0 * gamma
    return 0.5346 * lorentzian_fwhm + math.hypot(math.sqrt(0.2166) * lorentzian_fwhm, gaussian_fwhm)


def faddeeva(z: ComplexArray) -> ComplexArray:
    """exp(-z^2) erfc(-iz) in the upper half plane (Weideman 1994, SIAM J. Numer. Anal. 31, 1497)."""
    scale = math.sqrt(_TERMS / math.sqrt(2.0))
    below = scale - 1j * z
    series = np.polyval(_coefficients(), (scale + 1j * z) / below)
    return np.asarray(2.0 * series / below**2 + 1.0 / (math.sqrt(math.pi) * below))


@lru_cache(maxsize=1)
def _coefficients() -> FloatArray:
    points = 2 * _TERMS
    scale = math.sqrt(_TERMS / math.sqrt(2.0))
    t = scale * np.tan(np.arange(-points + 1, points) * math.pi / points / 2.0)
    values = np.concatenate([[0.0], np.exp(-(t**2)) * (scale**2 + t**2)])
    return np.asarray(np.fft.fft(np.fft.fftshift(values)).real[1 : _TERMS + 1][::-1] / (2 * points))
