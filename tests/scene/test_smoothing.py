"""Smoothing for the eye: weighted, honest about its errors, and no bridge over gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from spectra import arm

from stellarview.scene.smoothing import boxcar

PIXELS = st.integers(2, 12)
FLUXES = arrays(np.float64, 40, elements=st.floats(-10, 10))
IVARS = arrays(np.float64, 40, elements=st.floats(0.1, 10))
MASKS = arrays(np.uint16, 40, elements=st.sampled_from([0, 0, 0, 1, 2, 16]))


def direct(flux: np.ndarray, weight: np.ndarray, pixels: int, at: int) -> tuple[float, float]:
    """The mean of a box about one pixel and its inverse variance, term by term."""
    half = pixels // 2
    total = value = variance = 0.0
    for k in range(max(at - half, 0), min(at + half + 1, flux.size)):
        share = 0.5 if pixels % 2 == 0 and abs(k - at) == half else 1.0
        total += share * weight[k]
        value += share * weight[k] * flux[k]
        variance += share**2 * weight[k]
    return value / total, total**2 / variance


@given(FLUXES, IVARS, MASKS, PIXELS)
def test_that_it_is_the_weighted_mean_of_good_pixels_with_its_error(
    flux: np.ndarray, ivar: np.ndarray, mask: np.ndarray, pixels: int
) -> None:
    one = arm(n=40, flux=flux, ivar=ivar, mask=mask)
    smooth, weight = boxcar(one, pixels), np.where(one.is_good, ivar, 0.0)
    for at in np.flatnonzero(one.is_good):
        value, certainty = direct(flux, weight, pixels, int(at))
        assert smooth.flux[at] == pytest.approx(value, abs=1e-9)
        assert smooth.ivar[at] == pytest.approx(certainty)


@given(FLUXES, IVARS, MASKS, PIXELS)
def test_that_gaps_stay_gaps_and_nothing_else_becomes_one(
    flux: np.ndarray, ivar: np.ndarray, mask: np.ndarray, pixels: int
) -> None:
    one = arm(n=40, flux=flux, ivar=ivar, mask=mask)
    assert np.array_equal(np.isfinite(boxcar(one, pixels).flux), one.is_good)


@pytest.mark.parametrize("pixels", [2, 3, 4, 25, 200])
def test_that_a_line_stays_where_it_is(pixels: int) -> None:
    x = np.arange(101.0)
    smooth = boxcar(arm(n=101, flux=np.exp(-0.5 * ((x - 50) / 4) ** 2)), pixels)
    assert smooth.flux == pytest.approx(smooth.flux[::-1])


def test_that_a_spectrum_without_errors_is_smoothed_with_equal_weights() -> None:
    smooth = boxcar(arm(flux=np.arange(8.0), ivar=np.zeros(8), mask=np.full(8, 4)), 3)
    assert smooth.flux[1:-1] == pytest.approx(np.arange(1.0, 7.0))
    assert not np.isfinite(smooth.sigma).any()
