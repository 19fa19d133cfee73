"""Recipes as wholes: the papers' four, as JSON and as numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spectra import observed

import stellarview.recipes
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.stack import stack_spectra
from stellarview.recipes import RECIPES, STEPS, recipe_from_json, recipe_named
from stellarview.recipes.recipe import Recipe, network_input
from stellarview.recipes.scaling import DivideByMedian, Standardise

SIZES = {"rrnet": 7200, "rdn": 8800, "densenet-se": 2600, "resnet-subtype": 3700}


def test_that_every_step_stands_in_the_table_under_its_own_name() -> None:
    assert all(kind.name == name for name, kind in STEPS.items())
    folder = Path(stellarview.recipes.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "step", "recipe", "radial_velocity", "words"}
    assert {kind.__module__.rsplit(".", 1)[1] for kind in STEPS.values()} == modules


@pytest.mark.parametrize("name", SIZES)
def test_that_the_papers_recipes_give_inputs_of_the_papers_size(name: str) -> None:
    inputs = network_input(RECIPES[name].apply(stack_spectra([observed(seed=k) for k in range(3)])))
    assert inputs.shape == (3, SIZES[name])
    assert inputs.dtype == np.float32
    assert np.isfinite(inputs).all()


def cut(one: Spectrum, start: int, stop: int) -> Spectrum:
    arms = [replace(a, **{k: getattr(a, k)[start:stop] for k in PLANES}) for a in one.arms]
    return replace(one, arms=tuple(arms))


def with_bad_run(one: Spectrum, low: float, high: float) -> Spectrum:
    blue = one.arms[0]
    mask = np.where((blue.wavelength_angstrom > low) & (blue.wavelength_angstrom < high), np.uint16(1), blue.mask)
    return replace(one, arms=(replace(blue, mask=mask), *one.arms[1:]))


def coarser(one: Spectrum) -> Spectrum:
    arms = [replace(a, **{k: getattr(a, k)[::3] for k in PLANES}, resolution=2500.0) for a in one.arms]
    return replace(one, arms=tuple(arms))


PLANES = ("wavelength_angstrom", "flux", "ivar", "mask")
MIXED = {
    "velocities and bad pixels": [observed(seed=k, velocity=30.0 * k - 60, n_bad=k) for k in range(6)],
    "lengths": [cut(observed(seed=k), 10 * k, 4100 - 170 * k) for k in range(5)],
    "dispersions": [observed(seed=1), coarser(observed(seed=2)), cut(observed(seed=3), 0, 2500)],
    "a bad run at a window's edge": [with_bad_run(observed(seed=k, velocity=600.0 * k), 4940, 4990) for k in range(3)],
    "one that ends before the window": [observed(seed=1), cut(observed(seed=2), 0, 40), observed(seed=3)],
    "mostly bad": [with_bad_run(observed(seed=k), 4900, 5300 - 60 * k) for k in range(3)],
}


@pytest.mark.parametrize("mix", MIXED)
@pytest.mark.parametrize("name", SIZES)
def test_that_a_batch_and_single_spectra_give_the_same_numbers(name: str, mix: str) -> None:
    batch = network_input(RECIPES[name].apply(stack_spectra(MIXED[mix])))
    single = [network_input(RECIPES[name].apply(stack_spectra([one])))[0] for one in MIXED[mix]]
    assert np.array_equal(batch, np.array(single))


@pytest.mark.parametrize("name", RECIPES)
def test_that_a_recipe_survives_json(name: str) -> None:
    assert recipe_from_json(json.loads(json.dumps(RECIPES[name].to_json()))) == RECIPES[name]


def test_that_a_standardisation_travels_with_the_recipe() -> None:
    flux = network_input(RECIPES["rrnet"].apply(stack_spectra([observed(seed=k) for k in range(8)])))
    recipe = RECIPES["rrnet"].with_step(Standardise.fitted_to(flux))
    there = recipe_from_json(json.loads(json.dumps(recipe.to_json())))
    inputs = network_input(there.apply(stack_spectra([observed(seed=k) for k in range(8)])))
    assert np.abs(inputs.mean(axis=0)).max() < 1e-4


_NONSENSE = [
    {},
    {"name": "x", "steps": [{"step": "fly"}]},
    {"name": "x", "steps": [{"step": "clip", "low": "deep"}]},
    {"name": "x", "steps": [{"step": "clip", "lower": 0.0}]},
    {"name": "x", "steps": [{"step": "resample", "method": "cubic"}]},
    {"name": "x", "steps": [{"step": "resample", "windows": [{"arm": "B"}]}]},
    {"name": "x", "steps": "all"},
    {"name": "x", "steps": [{"step": "polynomial_continuum", "degree": True}]},
    {"name": "x", "steps": [{"step": "polynomial_continuum", "degree": -1}]},
    {"name": "x", "steps": [{"step": "spline_continuum", "knot_spacing_angstrom": 0.0}]},
    {"name": "x", "steps": [{"step": "clip", "low": 2.0, "high": 1.0}]},
    {"name": "x", "steps": [{"step": "standardise", "mean": [0.0], "std": [0.0]}]},
    {"name": "x", "steps": [{"step": "resample"}]},
    {"name": "x", "steps": [{"step": "mask_bad_pixels", "cosmic_ray_sigma": -1.0}]},
    *(
        {"name": "x", "steps": [{"step": "resample", "windows": [window | {"arm": "B"}]}]}
        for window in (
            {"start_angstrom": 5000.0, "stop_angstrom": 5100.0, "points": 0},
            {"start_angstrom": 5000.0, "stop_angstrom": 5100.0, "points": 10**10},
            {"start_angstrom": 5100.0, "stop_angstrom": 5000.0, "points": 10},
        )
    ),
]


@pytest.mark.parametrize("facts", _NONSENSE, ids=str)
def test_that_a_broken_description_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(StellarViewError, match="cannot be used"):
        recipe_from_json(facts)


_JSON = st.one_of(
    st.none(), st.booleans(), st.integers(-99, 99), st.floats(), st.text(max_size=9), st.lists(st.floats())
)
_KEYS = st.sampled_from(["low", "high", "degree", "windows", "mean", "std", "most_iterations", "cosmic_ray_sigma"])


@settings(max_examples=200)
@given(st.sampled_from(sorted(STEPS)), st.dictionaries(_KEYS, _JSON, max_size=3))
def test_that_any_parameters_make_a_recipe_that_runs_or_a_clear_error(step: str, parameters: dict[str, object]) -> None:
    try:
        recipe = recipe_from_json({"name": "x", "steps": [{"step": step, **parameters}]})
        assert isinstance(recipe(observed()), Spectrum)
    except StellarViewError as error:
        assert all(error.as_dict().values())


def test_that_an_unknown_recipe_is_answered_with_those_that_exist() -> None:
    with pytest.raises(StellarViewError, match="rrnet, rdn"):
        recipe_named("payne")


def test_that_a_missing_arm_is_masked_and_not_invented() -> None:
    whole = observed(seed=1)
    blue = type(whole)(whole.arms[:1], "vacuum", "observed", whole.source, velocity=whole.velocity)
    b, r = RECIPES["rrnet"](blue).arms
    assert b.is_good.all()
    assert not r.is_good.any()
    assert np.ptp(r.flux) == 0


def test_that_a_recipe_knows_what_another_has_done_of_it() -> None:
    recipe = RECIPES["rrnet"]
    more = recipe.with_step(DivideByMedian())
    left = more.after(recipe)
    assert left is not None
    assert left.steps == (DivideByMedian(),)
    assert more.after(more) == Recipe(more.name, ())
    assert recipe.after(more) is None
    assert recipe.after(RECIPES["rdn"]) is None
