"""Makes stated errors honest: one factor a label and S/N, found on spectra that the networks have not seen."""

from __future__ import annotations

import math

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.model_card import LabelScale

# The probability within one sigma of a Gaussian.
ONE_SIGMA = math.erf(1 / math.sqrt(2))
_LARGEST_FACTOR = 20.0
# Fewer spectra at a node would make its factor a matter of chance; with more nodes nothing was gained.
_NODES, _FEWEST_AT_NODE = 5, 50


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


def sigma_factors_by_snr(
    mean_MB: FloatArray, sigma_MB: FloatArray, truth_B: FloatArray, snr_B: FloatArray
) -> tuple[tuple[float, float], ...]:
    """Pairs of S/N and factor at five places along the spectra in order of S/N; none where spectra are too few."""
    row_B = np.flatnonzero(np.isfinite(truth_B) & (snr_B > 0))
    row_B = row_B[np.argsort(snr_B[row_B])]
    count = max(_FEWEST_AT_NODE, -(-len(row_B) // _NODES))
    if len(row_B) < 2 * _FEWEST_AT_NODE:
        return ()
    nodes: list[tuple[float, float]] = []
    for start in np.linspace(0, len(row_B) - count, _NODES).astype(int):
        near_B = row_B[start : start + count]
        snr = float(np.median(snr_B[near_B]))
        if not nodes or snr > nodes[-1][0]:
            nodes.append((snr, sigma_factor(mean_MB[:, near_B], sigma_MB[:, near_B], truth_B[near_B])))
    return tuple(nodes)


def factors(scale: LabelScale, snr_B: FloatArray) -> FloatArray:
    """Each spectrum's factor: along log S/N between nodes, constant beyond them, the single one without S/N."""
    single = np.full(len(snr_B), scale.sigma_factor)
    if not scale.sigma_factor_by_snr:
        return single
    node_snr, node_factor = np.array(scale.sigma_factor_by_snr).T
    log_snr_B = np.log(np.maximum(snr_B, node_snr[0]))  # also S/N 0 and less
    return np.where(np.isnan(snr_B), single, np.interp(log_snr_B, np.log(node_snr), node_factor))
