"""Profiles have unit area and the right derivatives, and the Voigt profile is scipy's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import voigt_profile, wofz

from stellarview.measurement.profiles import FWHM_OF_SIGMA, faddeeva, gaussian, voigt, voigt_fwhm

X = np.linspace(-8.0, 8.0, 321)


@given(real=st.floats(-1e4, 1e4), log_imaginary=st.floats(-12.0, 4.0))
def test_that_the_faddeeva_function_is_scipys(real: float, log_imaginary: float) -> None:
    z = np.array([complex(real, 10.0**log_imaginary)])
    assert abs(faddeeva(z)[0] / wofz(z)[0] - 1.0) < 1e-9


@given(centre=st.floats(-3.0, 3.0), sigma=st.floats(0.05, 5.0), gamma=st.floats(0.0, 5.0))
def test_that_the_voigt_profile_is_scipys(centre: float, sigma: float, gamma: float) -> None:
    assert np.allclose(
        voigt(X, centre, sigma, gamma)[0], voigt_profile(X - centre, sigma, gamma), rtol=1e-9, atol=1e-12
    )


@given(centre=st.floats(-3.0, 3.0), sigma=st.floats(0.05, 5.0))
def test_that_a_voigt_profile_without_wings_is_a_gaussian(centre: float, sigma: float) -> None:
    for ours, exact in zip(voigt(X, centre, sigma, 0.0), gaussian(X, centre, sigma), strict=True):
        assert np.allclose(ours[:2] if ours.ndim == 2 else ours, exact, atol=1e-9 / sigma**2)


@pytest.mark.parametrize(("profile", "n"), [(gaussian, 2), (voigt, 3)])
@given(data=st.data())
def test_that_derivatives_are_those_of_the_profile(profile: Callable, n: int, data: st.DataObject) -> None:
    at = np.array([data.draw(st.floats(-2.0, 2.0)), *(data.draw(st.floats(0.2, 3.0)) for _ in range(n - 1))])
    slopes = profile(X, *at)[1]
    for index in range(n):
        step = np.where(np.arange(n) == index, 1e-5, 0.0)
        numeric = (profile(X, *(at + step))[0] - profile(X, *(at - step))[0]) / 2e-5
        assert np.allclose(slopes[index], numeric, atol=1e-7)


@given(sigma=st.floats(0.1, 5.0), gamma=st.floats(0.0, 5.0))
def test_that_half_of_the_peak_lies_half_a_width_away(sigma: float, gamma: float) -> None:
    half = 0.5 * voigt_fwhm(sigma, gamma)
    peak, at_half = voigt_profile(np.array([0.0, half]), sigma, gamma)
    assert at_half / peak == pytest.approx(0.5, abs=4e-4)
    assert voigt_fwhm(sigma, 0.0) == pytest.approx(FWHM_OF_SIGMA * sigma)
