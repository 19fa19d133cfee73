"""Ranges of fluxes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from spectra import arm, spectrum

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import MaskReason
from stellarview.recipes.scaling import Clip, DivideByMedian, MinMax, Standardise

FLUXES = npst.arrays(np.float64, 8, elements=st.floats(-1e6, 1e6))


@given(FLUXES)
def test_that_min_max_maps_good_pixels_to_zero_and_one(flux: np.ndarray) -> None:
    scaled = MinMax()(spectrum(arm(flux=flux))).arms[0].flux
    assert scaled.min() == 0.0
    assert scaled.max() == (1.0 if np.ptp(flux) > 0 else 0.0)


def test_that_a_masked_spike_does_not_squeeze_the_rest() -> None:
    flux, mask = np.arange(8.0), np.zeros(8, dtype=np.uint16)
    flux[3], mask[3] = 1e9, MaskReason.COSMIC_RAY
    scaled = MinMax()(spectrum(arm(flux=flux, mask=mask))).arms[0].flux
    assert scaled[7] == 1.0
    assert scaled[3] == 1.0
    assert scaled[1] == pytest.approx(1 / 7)


@given(FLUXES)
def test_that_clip_holds_the_limits(flux: np.ndarray) -> None:
    clipped = Clip(-0.5, 2.5)(spectrum(arm(flux=flux))).arms[0].flux
    assert clipped.min() >= -0.5
    assert clipped.max() <= 2.5


def test_that_the_median_becomes_one_and_errors_follow() -> None:
    result = DivideByMedian()(spectrum(arm(flux=np.array([2.0, 4, 4, 4, 4, 4, 9, 4])))).arms[0]
    assert np.median(result.flux) == 1.0
    assert result.sigma == pytest.approx(0.5 / 4)


def test_that_a_median_below_zero_divides_nothing() -> None:
    assert (DivideByMedian()(spectrum(arm(flux=np.full(8, -3.0)))).arms[0].flux == -3.0).all()


def test_that_standardised_training_pixels_have_mean_zero_and_scatter_one() -> None:
    flux = np.random.default_rng(1).normal(5, 3, (50, 8))
    step = Standardise.fitted_to(flux)
    scaled = np.array([step(spectrum(arm(flux=row))).arms[0].flux for row in flux])
    assert scaled.mean(axis=0) == pytest.approx(0, abs=1e-6)
    assert scaled.std(axis=0) == pytest.approx(1, abs=1e-6)


def test_that_a_masked_pixel_says_nothing_after_standardisation() -> None:
    mask = np.zeros(8, dtype=np.uint16)
    mask[2] = MaskReason.ANDMASK
    step = Standardise((0.5,) * 8, (2.0,) * 8)
    assert step(spectrum(arm(mask=mask))).arms[0].flux[2] == 0


def test_that_a_standardisation_of_another_size_is_refused() -> None:
    with pytest.raises(StellarViewError, match="8 pixels, the training set had 7"):
        Standardise((0.0,) * 7, (1.0,) * 7)(spectrum())


def test_that_standardising_can_be_undone_for_the_eye() -> None:
    flux, mask = np.arange(8.0), np.zeros(8, dtype=np.uint16)
    mask[3] = MaskReason.COSMIC_RAY
    before = spectrum(arm(flux=flux, mask=mask), arm("R", flux=flux + 1.0))
    step = Standardise(tuple(np.linspace(1, 2, 16).tolist()), tuple(np.linspace(0.5, 3, 16).tolist()))
    first, second = step.undone(step(before)).arms
    assert np.delete(first.flux, 3) == pytest.approx(np.delete(flux, 3))
    assert first.flux[3] == pytest.approx(step.mean[3])
    assert second.flux == pytest.approx(flux + 1.0)
    assert first.ivar == pytest.approx(before.arms[0].ivar)
