"""Stated errors are told honest, too small or too large by where the truth falls."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.domain.prediction import Mixture
from stellarview.inference.scores import integral_transform, surprise


@pytest.mark.parametrize(("factor", "shape"), [(1.0, "flat"), (0.4, "bowl"), (3.0, "hill")])
def test_that_the_integral_transform_is_flat_where_sigmas_are_honest(factor: float, shape: str) -> None:
    random = np.random.default_rng(1)
    mean_MB, truth_B = np.zeros((1, 4000)), random.normal(size=4000)
    pit_B = integral_transform(mean_MB, np.full((1, 4000), factor), truth_B)
    middle = ((pit_B > 0.25) & (pit_B < 0.75)).mean()
    assert {"flat": 0.47 < middle < 0.53, "bowl": middle < 0.4, "hill": middle > 0.8}[shape]


def test_that_both_are_those_of_the_mixture() -> None:
    mean_MB, sigma_MB, truth_B = np.array([[0.0], [1.0]]), np.array([[0.5], [2.0]]), np.array([0.3])
    mixture = Mixture(mean_MB[:, 0], sigma_MB[:, 0])
    assert integral_transform(mean_MB, sigma_MB, truth_B)[0] == pytest.approx(float(mixture.cdf(np.array(0.3))))
    assert surprise(mean_MB, sigma_MB, truth_B)[0] == pytest.approx(-np.log(float(mixture.pdf(np.array(0.3)))))


def test_that_a_truth_far_away_surprises_without_limit_but_finitely() -> None:
    far = surprise(np.zeros((2, 1)), np.full((2, 1), 1e-3), np.array([100.0]))
    assert np.isfinite(far).all()
    assert far[0] > 1e9
