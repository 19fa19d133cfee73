"""Stretches that a recipe looks away from."""

from __future__ import annotations

import numpy as np
import pytest
from spectra import arm, observed, spectrum

from stellarview.domain.spectrum import MaskReason
from stellarview.recipes import recipe_from_json
from stellarview.recipes.mask_windows import MaskWindows
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import Standardise


def test_that_exactly_the_pixels_of_the_windows_are_masked() -> None:
    masked = MaskWindows(((5001.0, 5002.0), (5005.5, 5006.5)))(spectrum(arm())).arms[0]
    assert np.flatnonzero(masked.mask == MaskReason.UNTAUGHT).tolist() == [1, 2, 6]
    assert (masked.flux == 1.0).all()


def test_that_older_reasons_stay() -> None:
    mask = np.zeros(8, dtype=np.uint16)
    mask[1] = MaskReason.COSMIC_RAY
    result = MaskWindows(((5000.5, 5001.5),))(spectrum(arm(mask=mask))).arms[0]
    assert MaskReason(int(result.mask[1])) == MaskReason.COSMIC_RAY | MaskReason.UNTAUGHT


def test_that_a_network_sees_nothing_of_what_is_masked() -> None:
    steps = (MaskWindows(((5003.0, 5004.0),)), Standardise((0.5,) * 8, (2.0,) * 8))
    recipe = Recipe("looks away", steps)
    flux = np.random.default_rng(1).normal(1, 0.1, (2, 8))
    flux[1] = flux[0]
    flux[1, 3:5] = 7.0
    one, other = (recipe(spectrum(arm(flux=row))).arms[0].flux for row in flux)
    assert (one == other).all()


def test_that_windows_reach_over_all_arms() -> None:
    result = MaskWindows(((5000.0, 6500.0),))(observed())
    assert all((arm.mask & MaskReason.UNTAUGHT).any() for arm in result.arms)


def test_that_the_step_survives_a_card() -> None:
    recipe = Recipe("r", (MaskWindows(((5001.0, 5002.0),)),))
    assert recipe_from_json(recipe.to_json()) == recipe


@pytest.mark.parametrize("window", [(5.0, 4.0), (0.0, 4.0), (1.0, np.inf), (np.nan, 4.0)])
def test_that_a_window_without_width_is_refused(window: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="a window from"):
        MaskWindows((window,))
