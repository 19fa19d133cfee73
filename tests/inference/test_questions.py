"""From a prepared spectrum to a question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from models import write_toy_model
from spectra import arm, spectrum

from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, RadialVelocity
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.questions import lowest_resolution, question_about, told_teff_k
from stellarview.io.models import read_model
from stellarview.recipes.continuum import SplineContinuum
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import Standardise

TWO_ARMS = replace(spectrum(arm("B"), arm("R", wavelength_angstrom=6000.0 + np.arange(8))), frame="rest")


def test_that_all_arms_lie_end_to_end() -> None:
    asked = question_about(TWO_ARMS, Recipe("toy", ()), "teff")
    assert asked.input_L.shape == (16,)
    assert asked.wavelength_angstrom_L[8] == 6000.0
    assert asked.step_name == "0.01 of the prepared flux"


def test_that_observed_wavelengths_are_put_at_rest() -> None:
    moving = replace(TWO_ARMS, frame="observed", velocity=RadialVelocity(300.0, None, "user"))
    asked = question_about(moving, Recipe("toy", ()), "teff")
    assert asked.wavelength_angstrom_L[0] == pytest.approx(5000.0 / (1 + 300.0 / SPEED_OF_LIGHT_KM_S))


def test_that_the_recipe_tells_the_scale_and_the_continuum() -> None:
    recipe = Recipe("toy", (SplineContinuum(), Standardise((0.0,) * 16, (0.5,) * 16)))
    asked = question_about(TWO_ARMS, recipe, "teff")
    assert (asked.scale_L == 0.5).all()
    assert asked.step_name == "1% of the continuum"


def test_that_the_widest_line_tells_the_resolution() -> None:
    arms = (replace(TWO_ARMS.arms[0], resolution=7500.0), TWO_ARMS.arms[1])
    assert lowest_resolution(replace(TWO_ARMS, arms=arms)) == 1800.0


@pytest.mark.parametrize("kind", ["labels", "classes"])
def test_that_a_model_tells_its_teff_or_none(tmp_path: Path, kind: str) -> None:
    folder = write_toy_model(tmp_path / kind, classes=("star", "galaxy") if kind == "classes" else ())
    model, inputs = Ensemble(read_model(folder), torch.device("cpu")), np.ones((3, 64))
    told = told_teff_k(model, inputs)
    if kind == "classes":
        assert told is None
    else:
        assert told == pytest.approx(model.gaussians(inputs)[0][..., 0].mean(axis=0))
