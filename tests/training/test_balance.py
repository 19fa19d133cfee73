"""Rare labels weigh more, but no spectrum weighs everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.training.balance import inverse_density


@given(st.lists(st.one_of(st.floats(-100, 100), st.just(float("nan"))), min_size=1, max_size=200), st.booleans())
def test_that_weights_are_positive_and_one_on_average(values: list[float], is_class: bool) -> None:
    value_B = np.round(np.array(values))
    weight_B = inverse_density(value_B, 5.0, is_class=is_class)
    known = np.isfinite(value_B)
    assert (weight_B > 0).all()
    assert weight_B[known].mean() == pytest.approx(1.0, abs=1e-4) if known.any() else (weight_B == 1).all()


def test_that_a_rare_class_counts_as_much_as_a_common_one_up_to_the_cap() -> None:
    value_B = np.array([0.0] * 80 + [1.0] * 20)
    weight_B = inverse_density(value_B, 100.0, is_class=True)
    assert weight_B[value_B == 0].sum() == pytest.approx(weight_B[value_B == 1].sum())
    capped_B = inverse_density(value_B, 1.0, is_class=True)
    assert capped_B.max() / capped_B.min() < weight_B.max() / weight_B.min()
