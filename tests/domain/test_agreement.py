"""Agreement of two explanations: what a spectrograph cannot resolve does not count, nor do bad pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.agreement import agreement, smoothed, stretches

WAVELENGTH = np.concatenate([5000.0 + 0.1 * np.arange(1000), 6400.0 + 0.1 * np.arange(1000)])
GOOD = np.ones(WAVELENGTH.size, dtype=bool)
CURVE = np.random.default_rng(0).normal(size=WAVELENGTH.size)


def correlation(one: np.ndarray, other: np.ndarray, good: np.ndarray = GOOD) -> float | None:
    return agreement(one, other, WAVELENGTH, good, 7500.0)


@given(st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
def test_that_neither_unit_nor_offset_counts(factor: float, offset: float) -> None:
    assert correlation(CURVE, factor * CURVE) == pytest.approx(1.0)
    assert correlation(CURVE, -CURVE) == pytest.approx(-1.0)
    assert correlation(CURVE, CURVE + offset) == pytest.approx(1.0, abs=1e-6)


def test_that_curves_that_know_nothing_of_each_other_do_not_agree() -> None:
    assert correlation(CURVE, np.random.default_rng(1).normal(size=CURVE.size)) == pytest.approx(0.0, abs=0.15)


def test_that_pixel_noise_counts_less_than_it_would_without_smoothing() -> None:
    lines = smoothed(CURVE, WAVELENGTH, GOOD, 2000.0)
    noisy = lines + lines.std() * np.random.default_rng(2).normal(size=CURVE.size)
    plain = np.corrcoef(lines, noisy)[0, 1]
    assert (correlation(lines, noisy) or 0.0) > plain + 0.15


def test_that_a_bad_pixel_takes_no_part_nor_touches_its_neighbours() -> None:
    good, spoiled = GOOD.copy(), CURVE.copy()
    good[300:310] = False
    spoiled[300:310] = 1e9
    assert correlation(CURVE, spoiled, good) == pytest.approx(1.0)


def test_that_arms_are_smoothed_each_alone() -> None:
    ones = np.where(WAVELENGTH < 6000.0, 1.0, 5.0)
    assert [len(ones[part]) for part in stretches(WAVELENGTH)] == [1000, 1000]
    assert smoothed(ones, WAVELENGTH, GOOD, 7500.0) == pytest.approx(ones)


@pytest.mark.parametrize("good", [GOOD, ~GOOD], ids=["flat", "nothing good"])
def test_that_a_curve_that_says_nothing_has_no_correlation(good: np.ndarray) -> None:
    assert correlation(CURVE, np.zeros(CURVE.size), good) is None
