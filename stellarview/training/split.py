"""Splits by star or by plate, never by spectrum: two spectra of one star would let a network cheat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import IntArray
from stellarview.training.config import SplitPlan


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of each part, in rising order."""

    train: IntArray
    validation: IntArray
    test: IntArray


def split_rows(group_B: NDArray[Any], plan: SplitPlan) -> Split:
    """The split of these rows; the same groups and the same plan give the same split on any machine."""
    if not plan.folds:
        part_B = assign(group_B, (plan.train, plan.validation, plan.test), plan.seed)
        return Split(*(np.flatnonzero(part_B == part) for part in range(3)))
    fold_B = assign(group_B, (1.0 / plan.folds,) * plan.folds, plan.seed)
    rest = np.flatnonzero(fold_B != plan.fold)
    share = plan.train / (plan.train + plan.validation)
    part = assign(group_B[rest], (share, 1.0 - share), plan.seed + 1)
    return Split(rest[part == 0], rest[part == 1], np.flatnonzero(fold_B == plan.fold))


def assign(group_B: NDArray[Any], shares: Sequence[float], seed: int) -> IntArray:
    """The part of each row. Groups come in random order and go where most rows are missing.

    Thus no part exceeds its share by more than the largest group; drawing a part for each group promises nothing.
    """
    names, group_of_row, sizes = np.unique(group_B.astype(str), return_inverse=True, return_counts=True)
    missing = np.array(shares, dtype=np.float64) * len(group_B)
    part_of_group = np.zeros(len(names), dtype=np.int64)
    for group in np.random.default_rng(seed).permutation(len(names)):
        part = int(np.argmax(missing))
        part_of_group[group] = part
        missing[part] -= sizes[group]
    assigned: IntArray = part_of_group[group_of_row]
    return assigned
