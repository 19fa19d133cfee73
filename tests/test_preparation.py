"""From observed to prepared, each spectrum by itself, and sets that were prepared before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from spectra import arm, observed, spectrum

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import HeaderFacts, RadialVelocity, Spectrum
from stellarview.io.sets import open_spectrum_set, write_spectrum_set
from stellarview.preparation import left_to_do, prepare_each, with_needed_velocities
from stellarview.recipes import RECIPES
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import DivideByMedian

RRNET, IN_OBSERVED_FRAME = RECIPES["rrnet"], RECIPES["densenet-se"]


def test_that_every_spectrum_is_ready_or_says_why_not() -> None:
    at_rest = replace(observed(1), frame="rest")
    unknown = replace(observed(2), velocity=None)
    far_away = spectrum(arm(wavelength_angstrom=8000.0 + np.arange(8))).with_velocity(RadialVelocity(0.0, None, "user"))
    given = [observed(0), at_rest, unknown, far_away, observed(3)]
    ready = prepare_each(given, RRNET)
    assert [isinstance(one, Spectrum) for one in ready] == [True, False, False, False, True]
    whys = [one.why for one in ready if isinstance(one, StellarViewError)]
    assert whys[0] == "A second shift would be wrong."
    assert "too little signal" in whys[1]
    assert "Not one good pixel" in whys[2]


def test_that_a_recipe_in_the_observed_frame_gets_the_velocity_that_is_known_and_none_is_measured() -> None:
    silent, told = spectrum(header=HeaderFacts()), spectrum(header=HeaderFacts(redshift=1e-4))
    nothing, header = with_needed_velocities([silent, told], IN_OBSERVED_FRAME)
    assert nothing.velocity is None
    assert header.velocity is not None
    assert header.velocity.source == "header"


def test_that_what_is_at_rest_keeps_its_velocity() -> None:
    at_rest = replace(observed(1, velocity=30.0), frame="rest")
    moving, still = with_needed_velocities([observed(0), at_rest], RRNET, user_km_s=5.0)
    assert moving.velocity == RadialVelocity(5.0, None, "user")
    assert still is at_rest


def prepared_set(path: Path, recipe: Recipe, recipe_json: str | None = None) -> Path:
    said = json.dumps(recipe.to_json()) if recipe_json is None else recipe_json
    write_spectrum_set(path, recipe.prepare([observed(0), observed(1)]), recipe_json=said)
    return path


def test_that_a_prepared_set_needs_only_what_is_missing(tmp_path: Path) -> None:
    more = RRNET.with_step(DivideByMedian())
    with open_spectrum_set(prepared_set(tmp_path / "set.h5", RRNET)) as spectrum_set:
        assert left_to_do(spectrum_set, RRNET).steps == ()
        assert left_to_do(spectrum_set, more).steps == (DivideByMedian(),)
        with pytest.raises(StellarViewError, match="do not suit this model"):
            left_to_do(spectrum_set, RECIPES["rdn"])
        with pytest.raises(StellarViewError, match="no other velocity"):
            left_to_do(spectrum_set, RRNET, user_km_s=5.0)


@pytest.mark.parametrize("said", ["[]", '{"name": "x", "steps": [{"step": "magic"}]}'])
def test_that_a_set_whose_recipe_nobody_knows_is_refused(tmp_path: Path, said: str) -> None:
    with (
        open_spectrum_set(prepared_set(tmp_path / "set.h5", RRNET, said)) as spectrum_set,
        pytest.raises(StellarViewError),
    ):
        left_to_do(spectrum_set, RRNET)
