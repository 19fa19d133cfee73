"""Strips of colour keep what matters at any zoom: the strongest pixel of those that share a column of the screen."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stellarview.ui.plot.strips import _edges, _strongest


def test_that_a_single_strong_pixel_is_seen_however_many_share_its_column() -> None:
    values = np.zeros(5000)
    values[3210] = -7.0
    columns = _strongest(np.linspace(0.0, 50.0, 5001), values, 50)
    assert columns[32] == -7.0
    assert np.count_nonzero(columns) == 1


def test_that_a_wide_pixel_fills_all_its_columns_and_gaps_stay_gaps() -> None:
    columns = _strongest(np.array([0.0, 10.0, 20.0, 30.0]), np.array([1.0, np.nan, 2.0]), 30)
    assert (columns[:10] == 1.0).all()
    assert np.isnan(columns[10:20]).all()
    assert (columns[20:] == 2.0).all()


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60), st.integers(1, 80))
def test_that_a_pixel_is_hidden_by_stronger_ones_alone(values: list[float], width: int) -> None:
    edges = np.linspace(0.0, float(width), len(values) + 1)
    columns = _strongest(edges, np.array(values), width)
    assert np.isfinite(columns).all()
    for low, value in zip(edges[:-1], values, strict=True):
        assert abs(columns[min(int(low + 1e-9), width - 1)]) >= abs(value) or value == 0.0


def test_that_edges_lie_midway_and_as_far_beyond_the_ends() -> None:
    assert _edges(np.array([1.0, 2.0, 4.0])).tolist() == [0.5, 1.5, 3.0, 5.0]
