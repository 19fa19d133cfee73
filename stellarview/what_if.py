"""What would a model say if this line were not there? A spectrum with edits, and the prediction before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import MaskReason, Spectrum
from stellarview.domain.what_if import WhatIf
from stellarview.measurement.edits import own_wavelengths, with_edits
from stellarview.preparation import prepare_each, with_needed_velocities, with_velocity
from stellarview.recipes import recipe_from_json
from stellarview.recipes.recipe import Recipe

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble

__all__ = ["what_if", "with_edits"]

_UNSEEN = np.uint16(MaskReason.OUTSIDE | MaskReason.UNTAUGHT)

BELOW_ZERO = "an edit makes flux negative: no star looks so"
NOT_SEEN = "not seen by the model"


def what_if(spectrum: Spectrum, model: Ensemble, edits: Sequence[Edit], before: Prediction | None = None) -> WhatIf:
    """What the model says of the edited spectrum, beside what it says of the spectrum as it is.

    `before` spares half of the work: the same model's prediction of the same spectrum. Bounds are not worked out.
    """
    recipe = recipe_from_json(model.card.recipe)
    (observed,) = with_needed_velocities([spectrum], recipe)
    placed = _with_any_velocity(observed)
    edited = replace(with_edits(placed, edits), velocity=observed.velocity)
    if before is None:
        (before, _), (after, prepared) = _told([observed, edited], model, recipe)
    elif before.model == model.card.name:
        ((after, prepared),) = _told([edited], model, recipe)
    else:
        raise StellarViewError(
            "The prediction before and the one after are not of one model.",
            f"The one before is told by {before.model}, the one after would be by {model.card.name}.",
            "Leave out the prediction before, or choose its model.",
        )
    seen = replace(prepared, velocity=placed.velocity)
    flags = (
        *(flag for flag in after.flags if flag not in before.flags),
        *([BELOW_ZERO] if _falls_below_zero(observed, edited) else []),
        *(f"{edit.words}: {NOT_SEEN}" for edit in edits if not _is_seen(seen, edit)),
    )
    return WhatIf(tuple(edits), before, after, flags)


def _with_any_velocity(observed: Spectrum) -> Spectrum:
    """Edits are at rest and need a velocity even where a recipe stays in the observed frame."""
    is_known = observed.frame == "rest" or observed.velocity is not None
    return observed if is_known else with_velocity(observed)


def _told(spectra: Sequence[Spectrum], model: Ensemble, recipe: Recipe) -> list[tuple[Prediction, Spectrum]]:
    from stellarview.inference.predict import predict_prepared

    prepared = []
    for one in prepare_each(spectra, recipe):
        if isinstance(one, StellarViewError):
            raise one
        prepared.append(one)
    return list(zip(predict_prepared(model, prepared, spectra), prepared, strict=True))


def _falls_below_zero(observed: Spectrum, edited: Spectrum) -> bool:
    return any(
        bool(((after.flux < 0) & (before.flux >= 0) & after.is_good).any())
        for before, after in zip(observed.arms, edited.arms, strict=True)
    )


def _is_seen(prepared: Spectrum, edit: Edit) -> bool:
    """Whether any pixel of the network's input lies in the stretch and was not left out by the recipe."""
    low, high = own_wavelengths(prepared, edit.start_angstrom, edit.stop_angstrom)
    return any(
        bool(((arm.wavelength_angstrom >= low) & (arm.wavelength_angstrom <= high) & ((arm.mask & _UNSEEN) == 0)).any())
        for arm in prepared.arms
    )
