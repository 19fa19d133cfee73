"""No star on both sides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.training.config import SplitPlan
from stellarview.training.split import split_rows

groups = st.lists(st.integers(0, 40), min_size=1, max_size=300).map(np.array)
plans = st.builds(
    lambda folds, fold, seed: SplitPlan(folds=folds, fold=fold % max(folds, 1), seed=seed),
    st.sampled_from([0, 2, 5]),
    st.integers(0, 4),
    st.integers(0, 5),
)


@given(groups, plans)
def test_that_no_group_is_on_two_sides_and_no_row_is_lost(group_B: np.ndarray, plan: SplitPlan) -> None:
    split = split_rows(group_B, plan)
    sides = [set(group_B[rows]) for rows in (split.train, split.validation, split.test)]
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    rows = np.concatenate([split.train, split.validation, split.test])
    assert sorted(rows.tolist()) == list(range(len(group_B)))


@given(groups, st.integers(0, 5))
def test_that_no_side_exceeds_its_share_by_more_than_the_largest_group(group_B: np.ndarray, seed: int) -> None:
    plan = SplitPlan(seed=seed)
    split = split_rows(group_B, plan)
    largest = np.bincount(group_B).max()
    for name in ("train", "validation", "test"):
        assert len(getattr(split, name)) <= getattr(plan, name) * len(group_B) + largest


@given(groups, plans, st.integers(0, 2**31))
def test_that_the_order_of_rows_does_not_matter(group_B: np.ndarray, plan: SplitPlan, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(group_B))
    one, other = split_rows(group_B, plan), split_rows(group_B[order], plan)
    assert set(group_B[one.test]) == set(group_B[order][other.test])


def test_that_every_row_is_tested_once_over_all_folds() -> None:
    group_B = np.random.default_rng(0).integers(0, 30, 200)
    tests = [split_rows(group_B, SplitPlan(folds=4, fold=fold)).test for fold in range(4)]
    assert sorted(np.concatenate(tests).tolist()) == list(range(200))


def test_that_another_seed_is_another_split() -> None:
    group_B = np.arange(100)
    tests = [set(split_rows(group_B, SplitPlan(seed=seed)).test.tolist()) for seed in range(2)]
    assert tests[0] != tests[1]
    assert len(tests[0]) == pytest.approx(20, abs=1)
