"""Mixtures of members' Gaussians."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from stellarview.domain.prediction import Mixture, difference

MEANS = npst.arrays(np.float64, 6, elements=st.floats(-50, 50))
SIGMAS = npst.arrays(np.float64, 6, elements=st.floats(0.5, 20))


def test_that_one_gaussian_is_a_gaussian() -> None:
    one = Mixture(np.array([5772.0]), np.array([48.0]))
    assert (one.mean, one.sigma, one.epistemic) == (5772.0, 48.0, 0.0)
    assert one.interval(math.erf(1 / math.sqrt(2))) == pytest.approx((5724.0, 5820.0))
    assert one.pdf(np.array([5772.0])) == pytest.approx(1 / (48 * math.sqrt(2 * math.pi)))


@given(MEANS, SIGMAS)
def test_that_the_variance_is_that_of_the_papers_equation(means: np.ndarray, sigmas: np.ndarray) -> None:
    mixture = Mixture(means, sigmas)
    paper = (sigmas**2 + means**2).mean() - means.mean() ** 2
    assert mixture.sigma**2 == pytest.approx(paper, rel=1e-9, abs=1e-9)


@given(MEANS, SIGMAS)
def test_that_the_density_integrates_to_one_and_the_cdf_is_its_integral(means: np.ndarray, sigmas: np.ndarray) -> None:
    mixture = Mixture(means, sigmas)
    x = np.linspace(means.min() - 9 * sigmas.max(), means.max() + 9 * sigmas.max(), 20001)
    area = np.cumsum(mixture.pdf(x)) * (x[1] - x[0])
    assert area[-1] == pytest.approx(1.0, abs=1e-6)
    assert np.abs(area - mixture.cdf(x)).max() < 0.01


@given(MEANS, SIGMAS, st.floats(0.01, 0.99))
def test_that_quantiles_invert_the_cdf(means: np.ndarray, sigmas: np.ndarray, probability: float) -> None:
    mixture = Mixture(means, sigmas)
    assert float(mixture.cdf(np.array(mixture.quantile(probability)))) == pytest.approx(probability, abs=1e-9)


def test_that_members_who_disagree_have_two_densest_intervals() -> None:
    apart = Mixture(np.array([0.0, 10.0]), np.array([1.0, 1.0]))
    first, second = apart.densest(0.68)
    assert first == pytest.approx((-1.0, 1.0), abs=0.02)
    assert second == pytest.approx((9.0, 11.0), abs=0.02)


@given(MEANS, SIGMAS)
def test_that_the_densest_set_is_never_longer_than_the_central_interval(means: np.ndarray, sigmas: np.ndarray) -> None:
    mixture = Mixture(means, sigmas)
    low, high = mixture.interval(0.68)
    assert sum(b - a for a, b in mixture.densest(0.68)) <= (high - low) * 1.02


@pytest.mark.parametrize("sigmas", [[1.0], [1.0, 0.0], [1.0, -1.0], [1.0, np.nan]])
def test_that_impossible_mixtures_are_refused(sigmas: list[float]) -> None:
    with pytest.raises(ValueError, match="mixture"):
        Mixture(np.array([1.0, 2.0]), np.array(sigmas))


def test_that_what_members_share_cancels_in_a_difference() -> None:
    shared = np.array([-0.3, 0.0, 0.3])
    mgh, feh = Mixture(shared + 0.1, np.full(3, 0.03)), Mixture(shared, np.full(3, 0.04))
    mgfe = difference(mgh, feh)
    assert mgfe.mean == pytest.approx(0.1)
    assert mgfe.epistemic == pytest.approx(0.0, abs=1e-12)
    assert mgfe.aleatoric == pytest.approx(0.05)


def test_that_the_misfit_of_synthetic_spectra_is_a_part_of_sigma_and_of_no_other_part() -> None:
    told = Mixture(np.array([-0.1, 0.1]), np.full(2, 0.5), misfit=0.4)
    assert (told.aleatoric, told.epistemic, told.misfit) == pytest.approx((0.3, 0.1, 0.4))
    assert told.sigma == pytest.approx(np.sqrt(0.5**2 + 0.1**2))
    x = np.linspace(-4, 4, 4001)
    density = told.pdf(x)
    assert np.sqrt((x**2 * density).sum() / density.sum()) == pytest.approx(told.sigma, rel=1e-4)
    assert difference(told, Mixture(np.zeros(2), np.full(2, 0.5), misfit=0.3)).misfit == pytest.approx(0.5)


@pytest.mark.parametrize("misfit", [-0.1, 0.5, 0.6])
def test_that_a_misfit_is_less_than_the_sigma_that_holds_it(misfit: float) -> None:
    with pytest.raises(ValueError, match="misfit"):
        Mixture(np.zeros(2), np.full(2, 0.5), misfit)
