"""Preprocessing. `STEPS` is the table of steps, `RECIPES` that of the papers' recipes (docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.recipes.continuum import PolynomialContinuum, SplineContinuum
from stellarview.recipes.mask_bad_pixels import MaskBadPixels
from stellarview.recipes.mask_windows import MaskWindows
from stellarview.recipes.medium import InVacuum, ToAir, ToVacuum
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.resample import Resample, Window
from stellarview.recipes.rest_frame import ToRestFrame
from stellarview.recipes.scaling import Clip, DivideByMedian, MinMax, Standardise
from stellarview.recipes.step import Step

STEPS: dict[str, type[Step]] = {
    "mask_bad_pixels": MaskBadPixels,
    "mask_windows": MaskWindows,
    "to_vacuum": ToVacuum,
    "to_air": ToAir,
    "in_vacuum": InVacuum,
    "to_rest_frame": ToRestFrame,
    "resample": Resample,
    "polynomial_continuum": PolynomialContinuum,
    "spline_continuum": SplineContinuum,
    "min_max": MinMax,
    "divide_by_median": DivideByMedian,
    "clip": Clip,
    "standardise": Standardise,
}

_RRNET_WINDOWS = (Window("B", 4968.0, 5328.0, 3600), Window("R", 6339.0, 6699.0, 3600))
_RDN_WINDOWS = (Window("B", 4920.0, 5360.0, 4400), Window("R", 6290.0, 6730.0, 4400))
_AT_REST = (InVacuum(), MaskBadPixels(), ToRestFrame())

RECIPES: dict[str, Recipe] = {
    # The standardisation of RRNet needs a training set's statistics: a model card adds it as a last step.
    "rrnet": Recipe("rrnet", (*_AT_REST, Resample(_RRNET_WINDOWS), PolynomialContinuum(), Clip())),
    "rdn": Recipe("rdn", (*_AT_REST, Resample(_RDN_WINDOWS), MinMax())),
    "densenet-se": Recipe(
        "densenet-se", (InVacuum(), MaskBadPixels(), Resample((Window("LRS", 3690.0, 9100.0, 2600),)), MinMax())
    ),
    "resnet-subtype": Recipe(
        "resnet-subtype", (*_AT_REST, Resample((Window("LRS", 3700.0, 9000.0, 3700, "log"),)), DivideByMedian())
    ),
}


def recipe_named(name: str) -> Recipe:
    """One of the papers' recipes."""
    if name not in RECIPES:
        raise StellarViewError(
            f"There is no recipe {name!r}.", f"The recipes are {', '.join(RECIPES)}.", "Choose one of these."
        )
    return RECIPES[name]


def recipe_from_json(facts: Mapping[str, Any]) -> Recipe:
    """The recipe that a model card carries."""
    return Recipe.from_json(facts, STEPS)
