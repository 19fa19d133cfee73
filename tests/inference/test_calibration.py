"""Honest errors."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.inference.calibration import ONE_SIGMA, coverage, mixture_sigma, sigma_factor


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
