"""From a prepared spectrum to the question why a model says this of it."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.rest_frame import rest_factor
from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explanation import Question
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import Standardise

_USUAL_RESOLUTION = 1800.0


def question_about(prepared: Spectrum, recipe: Recipe, output: str) -> Question:
    """Why a model with this recipe says this label (or class) of the spectrum that the recipe made."""
    scales = [np.array(step.std) for step in recipe.steps if isinstance(step, Standardise)]
    return Question(
        input_L=np.concatenate([arm.flux for arm in prepared.arms]),
        output=output,
        wavelength_angstrom_L=np.concatenate([arm.wavelength_angstrom for arm in prepared.arms])
        / rest_factor(prepared),
        is_good_L=np.concatenate([arm.is_good for arm in prepared.arms]),
        pixel_scale_L=scales[-1] if scales else None,
        is_continuum_normalised=any(step.name.endswith("_continuum") for step in recipe.steps),
        medium=prepared.medium,
    )


def lowest_resolution(prepared: Spectrum) -> float:
    """The resolving power of the arm that sees least, which tells how wide the instrument makes a line."""
    return min(arm.resolution or _USUAL_RESOLUTION for arm in prepared.arms)


def told_teff_k(ensemble: Ensemble, inputs_BL: FloatArray) -> FloatArray | None:
    """What the model itself says of the temperatures; None where that is not among its labels."""
    if "teff" not in ensemble.card.outputs or ensemble.card.classes:
        return None
    column = ensemble.card.outputs.index("teff")
    outputs = ensemble.outputs(inputs_BL)
    value_MB = (outputs[..., 0] if outputs.ndim == 4 else outputs)[:, :, column]
    scale = ensemble.card.labels[column]
    return np.asarray(scale.mean + scale.std * value_MB.mean(axis=0))
