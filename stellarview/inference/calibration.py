"""Makes stated errors honest: one factor a label, found on spectra that the networks were not trained on."""

from __future__ import annotations

import math

import numpy as np

from stellarview.domain.arrays import FloatArray

# The probability within one sigma of a Gaussian.
ONE_SIGMA = math.erf(1 / math.sqrt(2))
_LARGEST_FACTOR = 20.0


def mixture_sigma(mean_MB: FloatArray, sigma_MB: FloatArray, factor: float = 1.0) -> FloatArray:
    """Standard deviation of each spectrum's mixture when the members' sigmas are multiplied by a factor."""
    return np.asarray(np.sqrt(factor**2 * (sigma_MB**2).mean(axis=0) + mean_MB.var(axis=0)))


def coverage(mean_MB: FloatArray, sigma_MB: FloatArray, truth_B: FloatArray, factor: float = 1.0) -> float:
    """The share of known labels that lie within one stated sigma."""
    known = np.isfinite(truth_B)
    error = np.abs(truth_B - mean_MB.mean(axis=0))[known]
    return float((error <= mixture_sigma(mean_MB, sigma_MB, factor)[known]).mean())


def sigma_factor(mean_MB: FloatArray, sigma_MB: FloatArray, truth_B: FloatArray) -> float:
    """The factor on the members' sigmas at which 68.3% of the labels lie within one sigma, by bisection.

    Where the members' disagreement alone already covers more, the factor is the smallest allowed, not zero.
    """
    low, high = 1.0 / _LARGEST_FACTOR, _LARGEST_FACTOR
    if not np.isfinite(truth_B).any():
        raise ValueError("a calibration needs known labels")
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if coverage(mean_MB, sigma_MB, truth_B, middle) < ONE_SIGMA else (low, middle)
    return math.sqrt(low * high)
