"""A model's reference covers what its features tell apart, and no spectrum can be told from it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stellarview.inference.reference import STARS_IN_A_MEAN, fit_reference, spread

RANDOM = np.random.default_rng(0)


def test_that_every_entry_is_a_mean_of_ten_spectra() -> None:
    features = RANDOM.normal(size=(60, 4))
    reference = fit_reference(features, np.eye(60, 80))  # each spectrum has a pixel of its own
    assert reference is not None
    assert reference.dtype == np.float16
    assert len(reference) == 30
    assert ((reference > 0).sum(axis=1) == STARS_IN_A_MEAN).all()
    np.testing.assert_allclose(reference.max(axis=1), 1 / STARS_IN_A_MEAN, rtol=1e-3)


def test_that_rare_stars_are_as_well_covered_as_common_ones() -> None:
    features = np.concatenate([RANDOM.normal(0, 0.1, (970, 2)), RANDOM.normal(5, 0.1, (30, 2))])
    reference = fit_reference(features, np.repeat(features[:, :1], 3, axis=1))
    assert reference is not None
    assert 0.05 < (reference[:, 0] > 2.5).mean() < 0.9


def test_that_few_spectra_give_no_reference() -> None:
    assert fit_reference(np.ones((19, 2)), np.ones((19, 5))) is None
    assert fit_reference(np.ones((20, 2)), np.ones((20, 5))) is not None  # all alike: nothing breaks


def test_that_long_spectra_have_fewer_entries_so_that_the_file_stays_small() -> None:
    reference = fit_reference(RANDOM.normal(size=(400, 2)), np.zeros((400, 20_000), dtype=np.float32))
    assert reference is not None
    assert 10 < len(reference) < 200
    assert reference.nbytes <= 1_500_000


@given(st.integers(1, 40), st.integers(1, 60))
def test_that_rows_are_chosen_once_each(count: int, rows: int) -> None:
    points = np.random.default_rng(rows).normal(size=(rows, 3))
    chosen = spread(points, count)
    assert len(set(chosen.tolist())) == len(chosen) == min(count, rows)


def test_that_the_first_rows_lie_far_apart() -> None:
    corners = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 9.0]])
    points = np.concatenate([corners + offset for offset in (0.0, 0.01, 0.02)])
    assert {tuple(np.round(points[row] / 9)) for row in spread(points, 4)} == {(0, 0), (1, 0), (0, 1), (1, 1)}
