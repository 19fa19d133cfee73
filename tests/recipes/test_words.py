"""Recipes in words."""

from __future__ import annotations

import pytest

from stellarview.recipes import RECIPES
from stellarview.recipes.mask_windows import MaskWindows
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import Standardise
from stellarview.recipes.words import recipe_words


@pytest.mark.parametrize("name", RECIPES)
def test_that_every_step_has_a_sentence(name: str) -> None:
    words = recipe_words(RECIPES[name])
    assert len(words) == len(RECIPES[name].steps)
    assert all(len(sentence) > 20 for sentence in words)


def test_that_parameters_are_told_but_not_thousands_of_them() -> None:
    steps = (MaskWindows(((5000.0, 5001.5),)), Standardise((1.0,) * 3840, (0.1,) * 3840))
    windows, statistics = recipe_words(Recipe("mine", steps))
    assert "windows_angstrom 5000-5001.5" in windows
    assert statistics.endswith("(mean of 3840 values, std of 3840 values)")
