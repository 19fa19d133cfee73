"""Priors."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.isochrones.priors import INITIAL_MASS_FUNCTIONS, Prior, chabrier, salpeter


def test_that_chabriers_function_is_continuous_and_steeper_above_the_sun() -> None:
    below, above = chabrier(np.array([0.999999, 1.000001]))
    assert below == pytest.approx(above, rel=0.01)
    slope = np.diff(np.log(chabrier(np.array([2.0, 4.0])))) / np.log(2)
    assert slope == pytest.approx(-2.3)


def test_that_salpeter_is_salpeter() -> None:
    assert salpeter(np.array([10.0])) == pytest.approx(10**-2.35)


@pytest.mark.parametrize("imf", INITIAL_MASS_FUNCTIONS)
def test_that_light_stars_are_born_more_often(imf: str) -> None:
    assert (np.diff(INITIAL_MASS_FUNCTIONS[imf](np.geomspace(0.1, 50.0, 40))) < 0).all()


def test_that_ages_weigh_as_the_prior_says_and_end_at_the_oldest() -> None:
    edges = np.array([1.0, 2.0, 4.0, 16.0])
    assert Prior(oldest_gyr=8.0).age_weight(edges) == pytest.approx([1.0, 2.0, 4.0])
    assert Prior(age="log", oldest_gyr=8.0).age_weight(edges) == pytest.approx([np.log(2)] * 3)
    assert Prior(oldest_gyr=3.0).age_weight(edges)[-1] == 0.0


@pytest.mark.parametrize("wrong", [{"imf": "kroupa?"}, {"age": "young"}])
def test_that_an_unknown_prior_is_answered_with_the_known_ones(wrong: dict[str, str]) -> None:
    with pytest.raises(StellarViewError, match="The choices are"):
        Prior(**wrong)  # type: ignore[arg-type]
