"""A star as physics looks at it: rest wavelengths in vacuum, and how much each pixel can tell."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.rest_frame import is_at_rest, rest_factor
from stellarview.domain.spectrum import Spectrum
from stellarview.recipes.continuum import PolynomialContinuum
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.resample import Resample

MRS_RESOLUTION = 7500.0
_SCALING = frozenset({"min_max", "divide_by_median", "clip", "standardise"})
# What cannot be undone by dividing by a continuum.
_MOVES_ZERO = frozenset({"min_max", "standardise"})
# A pixel of LAMOST's MRS: 0.12 A in the blue arm, 0.15 A in the red.
_NATIVE_PIXEL = 1e-5 * np.log(10.0)
# A mean of two neighbours has less noise than either, by 1 / ((1 - w)^2 + w^2), which over all places w is pi/2.
_LINEAR_GAIN = 0.5 * np.pi


@dataclass(frozen=True, eq=False)
class StarView:
    """What each pixel of a star's spectrum can tell: `ivar_M` is of the flux over its continuum."""

    wavelength_angstrom_M: FloatArray
    ivar_M: FloatArray
    is_good_M: BoolArray
    resolution: float


def noise_recipe(whole: Recipe, left: Recipe) -> Recipe | None:
    """What is left of a recipe, without what scales and with a continuum: then errors are those of normalised flux.

    None where scaling that was done before has lost the zero of flux.
    """
    done = whole.steps[: len(whole.steps) - len(left.steps)]
    if any(step.name in _MOVES_ZERO for step in done):
        return None
    steps = tuple(step for step in left.steps if step.name not in _SCALING)
    is_normalised = any(step.name.endswith("_continuum") for step in (*done, *steps))
    return replace(left, steps=steps if is_normalised else (*steps, PolynomialContinuum()))


def view_of(normalised: Spectrum, whole: Recipe) -> StarView | None:
    """The view of a spectrum that `noise_recipe` prepared; None where its rest wavelengths in vacuum are not known."""
    if normalised.medium != "vacuum" or not is_at_rest(normalised):
        return None
    methods = [step.method for step in whole.steps if isinstance(step, Resample)]
    gain = _LINEAR_GAIN if methods and methods[-1] == "linear" else 1.0
    arms = normalised.arms
    return StarView(
        np.concatenate([arm.wavelength_angstrom for arm in arms]) / rest_factor(normalised),
        np.concatenate([arm.ivar * _own_share(arm.wavelength_angstrom, gain) for arm in arms]).astype(float),
        np.concatenate([arm.is_good for arm in arms]),
        min(arm.resolution or MRS_RESOLUTION for arm in arms),
    )


def _own_share(wavelength_angstrom: FloatArray, gain: float) -> FloatArray:
    """Finer pixels than the detector's repeat what their neighbours say: which part of a pixel's weight is its own."""
    native = _NATIVE_PIXEL * wavelength_angstrom
    return np.asarray(np.minimum(np.gradient(wavelength_angstrom) / native / gain, 1.0))
