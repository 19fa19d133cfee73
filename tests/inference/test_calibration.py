"""Honest errors."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.domain.model_card import LabelScale
from stellarview.inference.calibration import (
    ONE_SIGMA,
    coverage,
    factors,
    mixture_sigma,
    sigma_factor,
    sigma_factors_by_snr,
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


def test_that_a_sigma_wrong_at_low_and_at_high_signal_is_undone_at_both() -> None:
    rng = np.random.default_rng(3)
    snr = np.exp(rng.uniform(np.log(5), np.log(300), 4000))
    wrong = (snr / 40.0) ** -0.4
    truth = rng.normal(0.0, wrong)
    members, stated = np.zeros((3, snr.size)), np.ones((3, snr.size))
    nodes = sigma_factors_by_snr(members, stated, truth, snr)
    scale = LabelScale("feh", 0.0, 1.0, -3.0, 1.0, sigma_factor_by_snr=nodes)
    assert len(nodes) == 5
    corrected = stated * factors(scale, snr)
    for low, high in ((5, 12), (12, 40), (40, 120), (120, 300)):
        part = (snr > low) & (snr < high)
        assert coverage(members[:, part], corrected[:, part], truth[part]) == pytest.approx(ONE_SIGMA, abs=0.06)


def test_that_few_spectra_or_none_of_known_signal_give_no_course_with_it() -> None:
    members, stated, truth = np.zeros((1, 99)), np.ones((1, 99)), np.linspace(-2, 2, 99)
    assert sigma_factors_by_snr(members, stated, truth, np.linspace(10, 90, 99)) == ()
    everywhere = np.zeros((1, 200)), np.ones((1, 200)), np.linspace(-2, 2, 200)
    assert sigma_factors_by_snr(*everywhere, np.full(200, np.nan)) == ()
    assert len(sigma_factors_by_snr(*everywhere, np.full(200, 30.0))) == 1


def test_that_factors_are_read_along_the_logarithm_and_the_single_one_stands_in() -> None:
    scale = LabelScale("teff", 0.0, 1.0, -1.0, 1.0, 1.7, ((10.0, 2.0), (1000.0, 1.0)))
    told = factors(scale, np.array([-5.0, 3.0, 10.0, 100.0, 5000.0, np.nan]))
    assert told == pytest.approx([2.0, 2.0, 2.0, 1.5, 1.0, 1.7])
    assert factors(LabelScale("teff", 0.0, 1.0, -1.0, 1.0, 1.7), np.array([10.0, np.nan])) == pytest.approx(1.7)
