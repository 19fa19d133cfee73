"""How well stated errors fit the truth, star by star: where it falls in what was told, and how much it surprises."""

from __future__ import annotations

import math

import numpy as np

from stellarview.domain.arrays import FloatArray

_ERF = np.frompyfunc(math.erf, 1, 1)


def integral_transform(mean_MB: FloatArray, sigma_MB: FloatArray, truth_B: FloatArray) -> FloatArray:
    """The mixture's probability of a value below the truth (PIT): spread evenly from 0 to 1 where errors are honest."""
    z_MB = (truth_B - mean_MB) / (sigma_MB * math.sqrt(2.0))
    return np.asarray(0.5 * (1.0 + np.asarray(_ERF(z_MB), dtype=np.float64)).mean(axis=0))


def surprise(mean_MB: FloatArray, sigma_MB: FloatArray, truth_B: FloatArray) -> FloatArray:
    """-ln of the mixture's density at the truth: small where the answer is near and its sigma is honest."""
    log_MB = -0.5 * ((truth_B - mean_MB) / sigma_MB) ** 2 - np.log(sigma_MB * math.sqrt(2.0 * math.pi))
    most_B = log_MB.max(axis=0)
    return np.asarray(-(most_B + np.log(np.exp(log_MB - most_B).mean(axis=0))))
