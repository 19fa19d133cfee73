"""Honest errors."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.domain.prediction import Mixture
from stellarview.inference.calibration import (
    ONE_SIGMA,
    coverage,
    integral_transform,
    mixture_sigma,
    sigma_factor,
    surprise,
)


@pytest.mark.parametrize("stated", [0.4, 1.0, 2.5])
def test_that_the_factor_undoes_a_wrong_sigma(stated: float) -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(5000, 500, 20_000)
    mean = truth + rng.normal(0, 80, truth.size)
    members = np.stack([mean, mean, mean])
    factor = sigma_factor(members, np.full(members.shape, 80 * stated), truth)
    assert factor == pytest.approx(1 / stated, rel=0.03)
    assert coverage(members, np.full(members.shape, 80 * stated), truth, factor) == pytest.approx(ONE_SIGMA, abs=0.001)


def test_that_unknown_labels_do_not_count() -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(0, 1, 4000)
    members = np.zeros((2, truth.size))
    with_gaps = np.where(np.arange(truth.size) % 2, np.nan, truth)
    assert sigma_factor(members, np.ones(members.shape), with_gaps) == pytest.approx(1.0, abs=0.06)
    with pytest.raises(ValueError, match="known"):
        sigma_factor(members, np.ones(members.shape), np.full(truth.size, np.nan))


def test_that_disagreement_stays_in_the_sigma_whatever_the_factor() -> None:
    mean = np.array([[0.0], [2.0]])
    assert mixture_sigma(mean, np.ones((2, 1)), 0.0) == pytest.approx(1.0)
    assert mixture_sigma(mean, np.ones((2, 1)), 1.0) == pytest.approx(np.sqrt(2))


@pytest.mark.parametrize(("factor", "shape"), [(1.0, "flat"), (0.4, "bowl"), (3.0, "hill")])
def test_that_the_integral_transform_is_flat_where_sigmas_are_honest(factor: float, shape: str) -> None:
    random = np.random.default_rng(1)
    mean_MB, truth_B = np.zeros((1, 4000)), random.normal(size=4000)
    pit_B = integral_transform(mean_MB, np.full((1, 4000), factor), truth_B)
    middle = ((pit_B > 0.25) & (pit_B < 0.75)).mean()
    assert {"flat": 0.47 < middle < 0.53, "bowl": middle < 0.4, "hill": middle > 0.8}[shape]


def test_that_the_integral_transform_and_surprise_are_those_of_the_mixture() -> None:
    mean_MB, sigma_MB, truth_B = np.array([[0.0], [1.0]]), np.array([[0.5], [2.0]]), np.array([0.3])
    mixture = Mixture(mean_MB[:, 0], sigma_MB[:, 0])
    assert integral_transform(mean_MB, sigma_MB, truth_B)[0] == pytest.approx(float(mixture.cdf(np.array(0.3))))
    assert surprise(mean_MB, sigma_MB, truth_B)[0] == pytest.approx(-np.log(float(mixture.pdf(np.array(0.3)))))


def test_that_a_truth_far_away_surprises_without_limit_but_finitely() -> None:
    far = surprise(np.zeros((2, 1)), np.full((2, 1), 1e-3), np.array([100.0]))
    assert np.isfinite(far).all()
    assert far[0] > 1e9
