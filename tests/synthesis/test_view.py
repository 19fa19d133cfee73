"""What each pixel can tell, whatever a recipe does to fluxes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from spectra import observed

from stellarview.domain.spectrum import RadialVelocity, Spectrum
from stellarview.recipes import RECIPES
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import DivideByMedian, Standardise
from stellarview.synthesis.view import StarView, noise_recipe, view_of

RRNET, RDN = RECIPES["rrnet"], RECIPES["rdn"]
STANDARDISED = RRNET.with_step(Standardise((0.9,) * 7200, (0.05,) * 7200))
BY_MEDIAN = replace(RDN, steps=(*RDN.steps[:-1], DivideByMedian()))


def seen(spectrum: Spectrum, recipe: Recipe) -> StarView:
    noise = noise_recipe(recipe, recipe)
    assert noise is not None
    view = view_of(noise(spectrum), recipe)
    assert view is not None
    return view


@pytest.mark.parametrize("snr", [20.0, 150.0])
def test_that_finer_pixels_tell_no_more_than_the_detector_did(snr: float) -> None:
    star = observed(snr=snr)
    view = seen(star, RRNET)
    rest = star.arms[0].wavelength_angstrom
    inside = (rest > 5000) & (rest < 5300)
    # Flux over the fit of a continuum: its errors are those of the counts over it.
    truth = (star.arms[0].ivar[inside] * (1000 * (1 + 0.3 * np.linspace(-1, 1, rest.size))[inside]) ** 2).sum()
    window = (view.wavelength_angstrom_M > 5000) & (view.wavelength_angstrom_M < 5300)
    assert view.ivar_M[window].sum() == pytest.approx(truth, rel=0.12)


@pytest.mark.parametrize("recipe", [STANDARDISED, RDN, BY_MEDIAN], ids=["standardised", "min-max", "median"])
def test_that_scaling_does_not_change_what_pixels_tell(recipe: Recipe) -> None:
    view, plain = seen(observed(), recipe), seen(observed(), RRNET)
    both = np.isin(np.round(view.wavelength_angstrom_M, 3), np.round(plain.wavelength_angstrom_M, 3))
    assert both.sum() == 7200
    assert np.median(view.ivar_M[both] / plain.ivar_M) == pytest.approx(1.0, rel=0.05)


def test_that_a_set_prepared_before_is_seen_as_its_files_are() -> None:
    done = RRNET(observed())
    left = STANDARDISED.after(RRNET)
    assert left is not None
    noise = noise_recipe(STANDARDISED, left)
    assert noise is not None
    assert noise.steps == ()
    view, plain = view_of(noise(done), STANDARDISED), seen(observed(), STANDARDISED)
    assert view is not None
    assert view.ivar_M == pytest.approx(plain.ivar_M)


@pytest.mark.parametrize("recipe", [STANDARDISED, RDN], ids=["standardised", "min-max"])
def test_that_nothing_is_seen_where_the_zero_of_flux_was_lost(recipe: Recipe) -> None:
    left = recipe.after(recipe)
    assert left is not None
    assert noise_recipe(recipe, left) is None


def test_that_a_star_whose_velocity_cannot_be_relied_on_is_not_seen() -> None:
    still = replace(RRNET, steps=tuple(step for step in RRNET.steps if step.name != "to_rest_frame"))
    doubtful = replace(observed(), velocity=RadialVelocity(9.0, 40.0, "cross-correlation", 1.0))
    assert view_of(still(doubtful), still) is None
    assert view_of(replace(RRNET(observed()), medium="air"), RRNET) is None
    moved = observed(velocity=120.0)
    view = view_of(still(moved), still)
    assert view is not None
    assert view.wavelength_angstrom_M[0] == pytest.approx(4968.0 / (1 + 120.0 / 299792.458))
