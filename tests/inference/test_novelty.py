"""What the networks have not seen."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.inference.novelty import fit_novelty, novelties

RNG = np.random.default_rng(5)
MIXING = RNG.normal(0, 1, (3, 6, 40))


def features(count: int, seed: int, push: float = 0.0) -> np.ndarray:
    """Three members' features: six directions in forty dimensions, a little noise, and a push out of that plane."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(0, 1, (count, 6))
    outside = np.zeros(40)
    outside[7] = push
    return np.einsum("bl,mlf->mbf", latent, MIXING) + rng.normal(0, 0.05, (3, count, 40)) + outside


REFERENCE = fit_novelty(features(1500, 1))


def test_that_more_of_the_same_is_not_novel() -> None:
    found = novelties(features(800, 2), REFERENCE)
    assert found is not None
    assert np.mean([entry.is_unlike for entry in found]) < 0.02
    assert np.median([entry.percentile for entry in found]) == pytest.approx(50, abs=8)
    assert np.median([entry.distance for entry in found]) == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize("push", [2.0, 10.0, 1000.0])
def test_that_what_sticks_out_of_the_training_set_is_novel(push: float) -> None:
    found = novelties(features(50, 3, push), REFERENCE)
    assert found is not None
    assert all(entry.is_unlike for entry in found)


def test_that_the_same_directions_too_far_out_are_novel() -> None:
    found = novelties(30 * features(50, 4), REFERENCE)
    assert found is not None
    assert np.mean([entry.is_unlike for entry in found]) > 0.95


def test_that_a_model_without_reference_says_nothing() -> None:
    assert novelties(features(3, 1), {"members.weight": np.zeros(3)}) is None


def test_that_features_that_never_vary_are_no_division_by_zero() -> None:
    constant = np.zeros((1, 20, 5))
    found = novelties(constant, fit_novelty(constant))
    assert found is not None
    assert all(np.isfinite(entry.distance) for entry in found)
