"""Weights against the crowd: where labels are rare, each spectrum counts more, up to a cap."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.training.config import TrainingConfig
from stellarview.training.dataset import Dataset

_BINS = 20


def balance_weights(dataset: Dataset, config: TrainingConfig) -> FloatArray | None:
    """A weight for each spectrum, 1 on average; None where no balance is asked for."""
    balance = config.loop.balance
    if not balance:
        return None
    column = 0 if balance == "class" else config.data.labels.index(balance)
    return inverse_density(dataset.label_BK[:, column], config.loop.balance_cap, is_class=balance == "class")


def inverse_density(value_B: FloatArray, cap: float, *, is_class: bool) -> FloatArray:
    """One over the count of like spectra, at most `cap` times the mean; an unknown value counts as the mean."""
    known = np.isfinite(value_B)
    if not known.any():
        return np.ones(len(value_B), dtype=np.float32)
    if is_class:
        _, bin_B = np.unique(value_B[known], return_inverse=True)
    else:
        edges = np.linspace(value_B[known].min(), value_B[known].max(), _BINS + 1)
        bin_B = np.digitize(value_B[known], edges[1:-1])
    weight = 1.0 / np.bincount(bin_B)[bin_B]
    weight_B = np.ones(len(value_B))
    weight_B[known] = np.minimum(weight / weight.mean(), cap)
    weight_B[known] /= weight_B[known].mean()
    return weight_B.astype(np.float32)
