"""Least squares with limits on parameters (Levenberg and Marquardt), small and without surprises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray

# Parameters -> residuals in sigmas, (N,), and their derivatives, (N, P).
Model = Callable[[FloatArray], tuple[FloatArray, FloatArray]]

_MOST_STEPS = 200
# A step that could gain less of chi2 than this moves no parameter by a thousandth of its sigma.
_LEAST_GAIN = 1e-7


@dataclass(frozen=True, eq=False)
class Solution:
    """Where the fit came to rest. Parameters that ended at a limit are not free and have no variance."""

    parameters_P: FloatArray
    covariance_PP: FloatArray
    chi2: float
    is_free_P: BoolArray
    has_converged: bool


def least_squares(model: Model, start_P: FloatArray, low_P: FloatArray, high_P: FloatArray) -> Solution:
    """The nearest minimum of chi2 within the limits."""
    parameters = np.clip(np.asarray(start_P, dtype=np.float64), low_P, high_P)
    residuals, slopes = model(parameters)
    damping, has_converged = 1e-3, False
    free = np.ones(parameters.size, dtype=bool)
    for _ in range(_MOST_STEPS):
        gradient, normal, chi2 = slopes.T @ residuals, slopes.T @ slopes, float(residuals @ residuals)
        free = ~(((parameters <= low_P) & (gradient > 0)) | ((parameters >= high_P) & (gradient < 0)))
        whole = _step(normal, gradient, free, 1e-12)
        if -float(gradient @ whole) <= _LEAST_GAIN + 1e-10 * chi2:
            has_converged = True
            break
        trial = np.clip(parameters + _step(normal, gradient, free, damping), low_P, high_P)
        new_residuals, new_slopes = model(trial)
        if float(new_residuals @ new_residuals) <= chi2:
            parameters, residuals, slopes, damping = trial, new_residuals, new_slopes, max(damping / 5.0, 1e-9)
        else:
            damping *= 4.0
    return Solution(parameters, _covariance(slopes, free), float(residuals @ residuals), free, has_converged)


def _step(normal: FloatArray, gradient: FloatArray, free: BoolArray, damping: float) -> FloatArray:
    """Towards the minimum, in units where each parameter alone would be worth one chi2."""
    scale = _scale(normal)
    scaled = normal / np.outer(scale, scale) + damping * np.eye(scale.size)
    step = np.zeros(gradient.size)
    step[free] = -np.linalg.solve(scaled[np.ix_(free, free)], (gradient / scale)[free]) / scale[free]
    return step


def _covariance(slopes: FloatArray, free: BoolArray) -> FloatArray:
    normal = slopes.T @ slopes
    scale = _scale(normal)
    scaled = normal / np.outer(scale, scale) + 1e-12 * np.eye(scale.size)
    covariance = np.zeros(normal.shape)
    block = np.ix_(free, free)
    covariance[block] = (np.linalg.inv(scaled[block]) / np.outer(scale, scale)[block]) if free.any() else 0.0
    return covariance


def _scale(normal: FloatArray) -> FloatArray:
    scale = np.sqrt(np.diag(normal))
    return np.where(scale > 0, scale, 1.0)
