"""How far two explanations agree: their correlation over pixels, once both are as blurred as the spectrograph."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray

_FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))
_REACH_SIGMAS = 4.0


def agreement(
    one_L: FloatArray, other_L: FloatArray, wavelength_L: FloatArray, good_L: BoolArray, resolution: float
) -> float | None:
    """Pearson's correlation over good pixels, both smoothed to one resolution element; None where one is constant."""
    a, b = (smoothed(values, wavelength_L, good_L, resolution)[good_L] for values in (one_L, other_L))
    if a.size < 2 or np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def smoothed(values_L: FloatArray, wavelength_L: FloatArray, good_L: BoolArray, resolution: float) -> FloatArray:
    """A Gaussian mean as wide (FWHM) as a resolution element, of good pixels alone, within each stretch; else 0."""
    result = np.zeros(values_L.shape)
    for part in stretches(wavelength_L):
        wavelength = wavelength_L[part]
        sigma = float(np.median(wavelength)) / resolution / _FWHM / float(np.median(np.diff(wavelength)))
        half = int(np.ceil(_REACH_SIGMAS * sigma))
        kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
        weight = good_L[part].astype(float)
        total, weights = (_blurred(row, kernel) for row in (weight * values_L[part], weight))
        result[part] = np.where(good_L[part], total / np.where(weights > 0, weights, 1.0), 0.0)
    return result


def _blurred(row: FloatArray, kernel: FloatArray) -> FloatArray:
    half = kernel.size // 2
    return np.convolve(row, kernel)[half : half + row.size]


def stretches(wavelength_L: FloatArray) -> Iterator[slice]:
    """Where one arm ends and the next begins the wavelengths jump."""
    step_L = np.diff(wavelength_L)
    ends = np.flatnonzero((step_L <= 0) | (step_L > 10 * np.median(step_L))) + 1
    edges = [0, *ends.tolist(), wavelength_L.size]
    yield from (slice(a, b) for a, b in pairwise(edges))
