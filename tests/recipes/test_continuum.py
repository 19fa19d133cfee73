"""Pseudo-continua."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spectra import arm, observed, spectrum

from stellarview.domain.spectrum import MaskReason, Spectrum
from stellarview.domain.stack import stack_spectra
from stellarview.recipes.continuum import PolynomialContinuum, SplineContinuum, spline_for

X = np.linspace(-1, 1, 1200)


def curved(coefficients: list[float], depth: float = 0.0, **changes: np.ndarray) -> Spectrum:
    level = 100 * (1 + 0.1 * np.polynomial.chebyshev.chebval(X, [0, *coefficients]))
    flux = level * (1 - depth * np.exp(-0.5 * (X[:, None] / 0.01 - np.arange(-90, 91, 20)) ** 2).sum(axis=1))
    facts = {"wavelength_angstrom": 5000 + 180 * (X + 1), "flux": flux, "ivar": np.full(X.size, 1.0)}
    return spectrum(arm(n=X.size, **(facts | changes)))


@settings(max_examples=40)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=5))
def test_that_a_polynomial_continuum_is_recovered_exactly(coefficients: list[float]) -> None:
    assert PolynomialContinuum()(curved(coefficients)).arms[0].flux == pytest.approx(1.0, abs=1e-6)


def test_that_deep_lines_are_clipped_away_from_the_fit() -> None:
    clean = curved([0.5, -0.3])
    lines = 1 - 0.9 * sum(np.exp(-0.5 * ((X - centre) / 0.004) ** 2) for centre in (-0.6, 0.1, 0.7))
    fitted = PolynomialContinuum()(curved([0.5, -0.3], flux=clean.arms[0].flux * lines)).arms[0].continuum
    unclipped = (
        PolynomialContinuum(most_iterations=1)(curved([0.5, -0.3], flux=clean.arms[0].flux * lines)).arms[0].continuum
    )
    assert fitted is not None
    assert unclipped is not None
    error, error_unclipped = (np.abs(c / clean.arms[0].flux - 1).max() for c in (fitted, unclipped))
    assert error < 0.015
    assert error < error_unclipped / 3


def test_that_the_spline_rides_higher_on_a_crowded_spectrum_than_the_polynomial() -> None:
    crowded = curved([0.5], depth=0.6)
    spline, polynomial = SplineContinuum()(crowded).arms[0].continuum, PolynomialContinuum()(crowded).arms[0].continuum
    assert spline is not None
    assert polynomial is not None
    assert np.median(spline) >= np.median(polynomial)


def test_that_bad_pixels_never_enter_the_fit() -> None:
    clean = curved([0.4])
    flux, mask = np.array(clean.arms[0].flux), np.zeros(X.size, dtype=np.uint16)
    flux[200:260], mask[200:260] = 1e5, MaskReason.ANDMASK
    fitted = PolynomialContinuum()(curved([0.4], flux=flux, mask=mask)).arms[0]
    assert fitted.continuum == pytest.approx(PolynomialContinuum()(clean).arms[0].continuum, rel=1e-6)


def test_that_errors_are_divided_along() -> None:
    result = PolynomialContinuum()(curved([0.4])).arms[0]
    assert result.sigma == pytest.approx(1.0 / result.continuum, rel=1e-9)


@pytest.mark.parametrize("step", [PolynomialContinuum(), SplineContinuum()], ids=lambda step: step.name)
@pytest.mark.parametrize("flux", [np.zeros(1200), np.full(1200, -5.0)], ids=["zero", "negative"])
def test_that_a_spectrum_without_continuum_says_so_instead_of_exploding(
    step: PolynomialContinuum, flux: np.ndarray
) -> None:
    result = step(curved([0.0], flux=flux)).arms[0]
    assert ((result.mask & MaskReason.NO_CONTINUUM) != 0).all()
    assert (result.flux == 1).all()
    assert (result.ivar == 0).all()


@pytest.mark.parametrize("step", [PolynomialContinuum(), SplineContinuum()], ids=lambda step: step.name)
def test_that_rows_with_grids_of_their_own_are_fitted_alone(step: PolynomialContinuum) -> None:
    spectra = [observed(seed=k, velocity=100.0 * k) for k in range(3)]
    batch = step.apply(stack_spectra(spectra)).arms[0].flux_BN
    alone = [step(one).arms[0].flux for one in spectra]
    assert np.array_equal(batch, np.array(alone))


@pytest.mark.parametrize("start", [4900.0, 6300.0])
def test_that_the_continuum_that_is_shown_follows_an_arm_of_mrs(start: float) -> None:
    """As a real star's of MRS, which rises and falls faster than a cubic can."""
    x = np.linspace(start, start + 490.0, 4000)
    noise = np.random.default_rng(0).normal(0.0, 0.01, x.size)
    shape = 200.0 + 3400.0 * np.exp(-(((x - start - 230.0) / 160.0) ** 2))
    one = spectrum(arm("B", n=x.size, wavelength_angstrom=x, flux=shape * (1.0 + noise), ivar=np.full(x.size, 1.0)))
    followed, missed = (step(one).arms[0].continuum for step in (spline_for(x), SplineContinuum()))
    assert followed is not None
    assert missed is not None
    assert np.abs(followed / shape - 1.0).max() < 0.03
    assert np.abs(missed / shape - 1.0).max() > 0.1
    assert spline_for(np.linspace(3700.0, 9100.0, 3900)) == SplineContinuum()
