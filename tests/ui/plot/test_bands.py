"""Bands, column by column, against the areas that they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.ui.plot.bands import columns_of


def columns(x, low, high, ends=(0.0, 10.0), pixel=0.1):
    at, edge = columns_of(np.asarray(x, float), np.asarray(low, float), np.asarray(high, float), ends, pixel)
    return at[::2], edge[::2], edge[1::2]


def test_that_a_coarse_band_is_filled_between_its_points() -> None:
    at, low, high = columns([0.0, 10.0], [0.0, 1.0], [1.0, 3.0])
    assert len(at) == 100
    np.testing.assert_allclose(low, at / 10, atol=0.01)  # a column begins at its left edge
    np.testing.assert_allclose(high, 1 + at / 5, atol=0.02)


def test_that_no_outlier_of_a_fine_band_is_lost() -> None:
    x = np.linspace(0.0, 10.0, 5001)
    high = np.ones(x.size)
    high[1234] = 7.0
    at, _, top = columns(x, np.zeros(x.size), high)
    assert top.max() == 7.0
    assert at[top.argmax()] == pytest.approx(x[1234], abs=0.05)


def test_that_a_gap_stays_a_gap() -> None:
    x = np.linspace(0.0, 10.0, 1001)
    low = np.where((x > 4.0) & (x < 6.0), np.nan, 0.0)
    at, _, _ = columns(x, low, np.ones(x.size))
    assert not ((at > 4.06) & (at < 5.94)).any()
    assert ((at < 4.0) | (at > 6.0)).sum() == 80


def test_that_nothing_is_drawn_beyond_the_band() -> None:
    at, _, _ = columns([3.0, 4.0], [0.0, 0.0], [1.0, 1.0])
    assert (at.min(), at.max()) == pytest.approx((3.0, 4.0), abs=0.1)


def test_that_a_band_without_points_has_no_columns() -> None:
    assert len(columns([], [], [])[0]) == 0
