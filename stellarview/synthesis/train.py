"""Trains the emulator: kernels by their marginal likelihood, block by block. scipy is needed here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.synthesis.features import features
from stellarview.synthesis.gaussian_process import JITTER, Tensors, kernel, kernel_terms
from stellarview.synthesis.labels import TEFF


@dataclass(frozen=True)
class TrainingRules:
    """How blocks are cut and kernels found. `sparsity` pulls the reach of labels that a block does not feel to zero.

    Kernels are found on the first `kernel_stars`; the weights that go with them use all stars.
    """

    block_pixels: int = 50
    kernels: int = 2
    kernel_stars: int = 400
    iterations: int = 60
    sparsity: float = 10.0
    left_out_rms: float = 1e-3


def train_expert(
    labels_NL: FloatArray,
    flux_NP: FloatArray,
    has_tio_N: FloatArray,
    arm_pixels: Sequence[int],
    rules: TrainingRules,
) -> Tensors:
    """All tensors of one `Expert`."""
    inputs = features(labels_NL, has_tio_N)
    mean, std = inputs.mean(axis=0), inputs.std(axis=0)
    std = np.where(std > 1e-9, std, 1.0)
    inputs = (inputs - mean) / std
    blocks = _blocks(arm_pixels, rules.block_pixels)
    mean_flux = flux_NP.mean(axis=0)
    scales, amplitudes, alphas, bases, owners = [], [], [], [], []
    for index, block in enumerate(blocks):
        components, basis = _components(flux_NP[:, block] - mean_flux[block], rules.left_out_rms)
        inverse_scale, amplitude, alpha = _fit_block(inputs, components, rules)
        scales.append(inverse_scale)
        amplitudes.append(amplitude)
        alphas.append(alpha)
        bases.append(np.pad(basis, ((0, 0), (0, rules.block_pixels - basis.shape[1]))))
        owners += [index] * len(basis)
    return {
        "has_tio_1": has_tio_N[np.argmin(labels_NL[:, TEFF])][None],
        "mean_D": mean,
        "std_D": std,
        "inputs_ND": inputs,
        "inverse_scale_CJD": np.array(scales),
        "amplitude_CJ": np.array(amplitudes),
        "alpha_NQ": np.concatenate(alphas, axis=1),
        "basis_QK": np.concatenate(bases),
        "block_Q": np.array(owners, dtype=np.int32),
        "start_C": np.array([block.start for block in blocks], dtype=np.int32),
        "mean_flux_P": mean_flux,
    }


def _blocks(arm_pixels: Sequence[int], size: int) -> list[slice]:
    """Pixels cut in blocks; none reaches across two arms."""
    blocks, start = [], 0
    for count in arm_pixels:
        blocks += [slice(first, min(first + size, start + count)) for first in range(start, start + count, size)]
        start += count
    return blocks


def _components(deviation_NK: FloatArray, left_out_rms: float) -> tuple[FloatArray, FloatArray]:
    """Principal components of a block, unit variance each, and what they mean in flux; the rest is left out."""
    u, singular, basis = np.linalg.svd(deviation_NK, full_matrices=False)
    left = np.sqrt(np.cumsum(singular[::-1] ** 2)[::-1] / deviation_NK.size)
    count = max(1, int((left > left_out_rms).sum()))
    std = np.maximum(singular[:count] / np.sqrt(len(u)), 1e-12)
    return u[:, :count] * np.sqrt(len(u)), basis[:count] * std[:, None]


def _fit_block(
    inputs_ND: FloatArray, components_NQ: FloatArray, rules: TrainingRules
) -> tuple[FloatArray, FloatArray, FloatArray]:
    from scipy.optimize import minimize

    n_inputs, kernels = inputs_ND.shape[1], rules.kernels
    scale = np.full((kernels, n_inputs), 1.0 / 12.0) / np.linspace(1.0, 2.5, kernels)[:, None]
    scale[:, :4] *= 4.0  # the atmosphere bends every line
    start = np.concatenate([np.log(scale).ravel(), np.log(np.linspace(2.0, 3.0, kernels)), [np.log(0.03)]])
    limits = [(-7.0, 1.5)] * scale.size + [(-6.0, 5.0)] * kernels + [(-6.0, 0.0)]
    few = slice(rules.kernel_stars)
    found = minimize(
        _cost, start, (inputs_ND[few], components_NQ[few], rules), jac=True, method="L-BFGS-B", bounds=limits,
        options={"maxiter": rules.iterations},
    )  # fmt: skip
    inverse_scale, amplitude, noise = _unpack(found.x, rules.kernels, n_inputs)
    covariance = kernel(inputs_ND, inputs_ND, inverse_scale, amplitude)
    covariance[np.diag_indices(len(inputs_ND))] += noise**2 + JITTER
    return inverse_scale, amplitude, np.linalg.solve(covariance, components_NQ)


def _unpack(logs: FloatArray, kernels: int, n_inputs: int) -> tuple[FloatArray, FloatArray, float]:
    values = np.exp(logs)
    return values[: kernels * n_inputs].reshape(kernels, n_inputs), values[-kernels - 1 : -1], float(values[-1])


def _cost(
    logs: FloatArray, inputs_ND: FloatArray, components_NQ: FloatArray, rules: TrainingRules
) -> tuple[float, FloatArray]:
    """Minus the log likelihood per star with each component's amplitude at its best, and its gradient."""
    from scipy.linalg import lapack

    n, q = components_NQ.shape
    inverse_scale, amplitude, noise = _unpack(logs, rules.kernels, inputs_ND.shape[1])
    terms = kernel_terms(inputs_ND, inputs_ND, inverse_scale, amplitude)
    covariance = 1.0 + sum(terms) + (noise**2 + JITTER) * np.eye(n)
    lower, failed = lapack.dpotrf(covariance, lower=1)
    if failed:
        return 1e10, np.zeros_like(logs)
    inverse = lapack.dpotri(lower, lower=1)[0]
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    alpha = inverse @ components_NQ
    variance = (components_NQ * alpha).sum(axis=0) / n
    cost = q * np.log(np.diag(lower)).sum() + 0.5 * n * np.log(variance).sum() + rules.sparsity * inverse_scale.sum()
    sensitivity = 0.5 * (q * inverse - (alpha / variance) @ alpha.T)
    scale_slopes, amplitude_slopes = [], []
    for scale, term in zip(inverse_scale, terms, strict=True):
        weight, scaled = sensitivity * term, inputs_ND * scale
        rows = weight.sum(axis=1)
        curvature = (scaled**2 * rows[:, None]).sum(axis=0) - (scaled * (weight @ scaled)).sum(axis=0)
        scale_slopes.append(-2.0 * curvature + rules.sparsity * scale)
        amplitude_slopes.append(2.0 * rows.sum())
    slope = np.concatenate([*scale_slopes, amplitude_slopes, [2.0 * noise**2 * np.trace(sensitivity)]])
    return float(cost) / n, slope / n
