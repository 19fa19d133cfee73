"""Combinations of labels that no training star has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.inference.extrapolation import are_beyond, fit_extrapolation


def main_sequence(count: int, seed: int) -> np.ndarray:
    """Teff and log g of dwarfs, and of giants on their branch: a box full of labels is mostly empty."""
    rng = np.random.default_rng(seed)
    teff = rng.uniform(4000, 7500, count)
    logg = 4.4 - 0.3 * (teff - 5800) / 1700 + rng.normal(0, 0.1, count)
    is_giant = rng.random(count) < 0.2
    teff[is_giant] = rng.uniform(4000, 5200, is_giant.sum())
    logg[is_giant] = 1.0 + 2.4 * (teff[is_giant] - 4000) / 1200 + rng.normal(0, 0.2, is_giant.sum())
    return np.stack([teff, logg], axis=1)


REFERENCE = fit_extrapolation(main_sequence(2000, 1))


@pytest.mark.parametrize(("teff", "logg"), [(7000.0, 1.5), (4100.0, 3.2), (6500.0, 3.0)])
def test_that_a_star_that_is_none_is_beyond_though_each_label_is_in_range(teff: float, logg: float) -> None:
    beyond = are_beyond(np.array([[teff, logg]]), REFERENCE)
    assert beyond is not None
    assert beyond.all()


def test_that_more_of_the_same_stars_are_within() -> None:
    beyond = are_beyond(main_sequence(2000, 2), REFERENCE)
    assert beyond is not None
    assert beyond.mean() < 0.03


@given(st.floats(0.01, 1000.0), st.floats(-1e4, 1e4))
def test_that_units_do_not_matter(scale: float, offset: float) -> None:
    stars, points = main_sequence(300, 3), main_sequence(50, 4) + np.array([300.0, -0.5])
    here = are_beyond(points, fit_extrapolation(stars))
    change = np.array([scale, 1.0])
    there = are_beyond(points * change + [offset, 0], fit_extrapolation(stars * change + [offset, 0]))
    assert here is not None
    assert there is not None
    assert np.mean(here == there) >= 0.96  # the reference is kept in single precision


def test_that_many_stars_are_thinned_out_and_unknown_labels_left_out() -> None:
    stars = main_sequence(20_000, 5)
    stars[::2, 1] = np.nan
    kept = fit_extrapolation(stars)["extrapolation.stars"]
    assert 2000 < len(kept) <= 4096
    assert np.isfinite(kept).all()


def test_that_a_handful_of_stars_is_no_reference() -> None:
    with pytest.raises(ValueError, match="too few"):
        fit_extrapolation(main_sequence(5, 6))


def test_that_labels_that_are_all_alike_are_no_division_by_zero() -> None:
    beyond = are_beyond(np.array([[5772.0], [5000.0]]), fit_extrapolation(np.full((20, 1), 5772.0)))
    assert beyond is not None
    assert beyond.tolist() == [False, True]


def test_that_a_model_without_reference_says_nothing() -> None:
    assert are_beyond(np.zeros((3, 2)), {"members.weight": np.zeros(3)}) is None


def test_that_of_real_stars_few_are_beyond_those_of_other_plates(shared_data: Path) -> None:
    import h5py

    with h5py.File(shared_data / "train" / "lamost_dr10_lrs.h5") as file:
        labels = np.stack([file[key][:] for key in ("teff", "logg", "feh")], axis=1)
        is_held_out = np.array([hash_of(plate) % 4 == 0 for plate in file["plan"][:]])
    beyond = are_beyond(labels[is_held_out], fit_extrapolation(labels[~is_held_out]))
    assert beyond is not None
    assert beyond.mean() < 0.03


def hash_of(plate: bytes) -> int:
    """A number that is the same in every run."""
    return sum(plate)
