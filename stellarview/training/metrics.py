"""How good answers are: one function for the card, for `evaluate` and for cross-validation, so that all agree."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray
from stellarview.domain.model_card import LabelScale
from stellarview.inference.calibration import mixture_sigma

_SNR_EDGES = (0.0, 10.0, 20.0, 30.0, 50.0, 100.0, np.inf)
_LABEL_BINS = 5
# Of a Gaussian: sigma over the median absolute deviation, and sigmas within which 95% lie.
_MAD_TO_SIGMA, _TWO_SIGMA = 1.482602218505602, 1.959963984540054
_HALF_SUBTYPE = 0.05  # subtypes are tenths of a class


def label_metrics(
    scale: LabelScale, mean_MB: FloatArray, sigma_MB: FloatArray, truth_B: FloatArray, snr_B: FloatArray
) -> dict[str, Any]:
    """Of one label: all spectra together, in bins of S/N, and in five ranges of the training range."""
    edges = np.linspace(scale.low, scale.high, _LABEL_BINS + 1)
    edges[0], edges[-1] = -np.inf, np.inf

    def of(chosen_B: BoolArray) -> dict[str, Any]:
        known = chosen_B & np.isfinite(truth_B)
        return _of_label(scale.key, mean_MB[:, known], sigma_MB[:, known], truth_B[known])

    return {
        **of(np.isfinite(truth_B)),
        "by_snr": [{"range": span, **of(inside)} for span, inside in _bins(snr_B, _SNR_EDGES)],
        "by_value": [{"range": span, **of(inside)} for span, inside in _bins(truth_B, edges.tolist())],
    }


def class_metrics(
    classes: Sequence[str], probability_BK: FloatArray, truth_B: IntArray, snr_B: FloatArray
) -> dict[str, Any]:
    """Of classes: the confusion matrix (rows are the truth), and what follows from it."""
    told_B = probability_BK.argmax(axis=1)

    def accuracy(chosen_B: BoolArray) -> dict[str, Any]:
        return {"n": int(chosen_B.sum()), "accuracy": _share((told_B == truth_B)[chosen_B])}

    confusion_KK = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(confusion_KK, (truth_B, told_B), 1)
    return {
        **accuracy(np.ones(len(truth_B), dtype=bool)),
        "classes": {name: _of_class(confusion_KK, k) for k, name in enumerate(classes)},
        "confusion": confusion_KK.tolist(),
        "by_snr": [{"range": span, **accuracy(inside)} for span, inside in _bins(snr_B, _SNR_EDGES)],
    }


def _of_label(key: str, mean_MB: FloatArray, sigma_MB: FloatArray, truth_B: FloatArray) -> dict[str, Any]:
    if not truth_B.size:
        return {"n": 0}
    residual_B, sigma_B = mean_MB.mean(axis=0) - truth_B, mixture_sigma(mean_MB, sigma_MB)
    size_B, pull_B = np.abs(residual_B), residual_B / sigma_B
    facts = {
        "n": int(truth_B.size),
        "bias": float(residual_B.mean()),
        "scatter": float(_MAD_TO_SIGMA * np.median(np.abs(residual_B - np.median(residual_B)))),
        "mae": float(size_B.mean()),
        "rms": float(np.sqrt((residual_B**2).mean())),
        "within_68": _share(size_B <= sigma_B),
        "within_95": _share(size_B <= _TWO_SIGMA * sigma_B),
        "pull_width": float(np.sqrt((pull_B**2).mean())),
        "median_sigma": float(np.median(sigma_B)),
    }
    if key == "subtype":
        facts |= {"mae_subtypes": 10.0 * facts["mae"], "within_half_subtype": _share(size_B <= _HALF_SUBTYPE)}
    return facts


def _of_class(confusion_KK: IntArray, k: int) -> dict[str, Any]:
    right, true, told = int(confusion_KK[k, k]), int(confusion_KK[k].sum()), int(confusion_KK[:, k].sum())
    return {
        "n": true,
        "precision": right / told if told else None,
        "recall": right / true if true else None,
        "f1": 2 * right / (true + told) if true + told else None,
    }


def _bins(value_B: FloatArray, edges: Sequence[float]) -> list[tuple[list[float | None], BoolArray]]:
    """The bins that hold something; an open end is None, for JSON knows no infinity."""
    found = []
    for low, high in itertools.pairwise(edges):
        inside_B = (value_B >= low) & (value_B < high)
        if inside_B.any():
            found.append(([edge if np.isfinite(edge) else None for edge in (low, high)], inside_B))
    return found


def _share(true_B: BoolArray) -> float:
    return float(true_B.mean())
