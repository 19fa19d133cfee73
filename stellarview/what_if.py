"""What would a model say if this line were not there? A spectrum with edits, and the prediction before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.attribution import Attribution
from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.domain.rest_frame import rest_wavelengths
from stellarview.domain.spectrum import BAD_PIXEL, MaskReason, Spectrum
from stellarview.domain.what_if import WhatIf
from stellarview.measurement.edits import with_edits
from stellarview.preparation import prepare_each, with_needed_velocities, with_velocity
from stellarview.recipes import recipe_from_json
from stellarview.recipes.recipe import Recipe

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble

__all__ = ["occlusion_map", "what_if", "with_edits"]

_UNSEEN = MaskReason.OUTSIDE | MaskReason.UNTAUGHT
_WINDOWS_AT_ONCE = 16
_MOST_WINDOWS = 20_000

BELOW_ZERO = "an edit makes flux negative: no star looks so"
NOT_SEEN = "not seen by the model"


def what_if(spectrum: Spectrum, model: Ensemble, edits: Sequence[Edit], before: Prediction | None = None) -> WhatIf:
    """What the model says of the edited spectrum, beside what it says of the spectrum as it is.

    `before` spares half of the work: the same model's prediction of the same spectrum. Bounds are not worked out.
    """
    asked = _Asked.about(spectrum, model)
    if before is None:
        before = _or_raise(*asked.answers([asked.observed]))[0]
    elif before.model != model.card.name:
        raise StellarViewError(
            "The prediction before and the one after are not of one model.",
            f"The one before is told by {before.model}, the one after would be by {model.card.name}.",
            "Leave out the prediction before, or choose its model.",
        )
    edited = asked.edited(edits)
    after, prepared = _or_raise(*asked.answers([edited]))
    flags = (
        *(flag for flag in after.flags if flag not in before.flags),
        *([BELOW_ZERO] if _falls_below_zero(asked.observed, edited) else []),
        *(f"{edit.words}: {NOT_SEEN}" for edit in edits if not asked.sees(prepared, edit, _UNSEEN)),
    )
    return WhatIf(tuple(edits), before, after, flags)


def occlusion_map(
    spectrum: Spectrum,
    model: Ensemble,
    output: str,
    width_angstrom: float,
    step_angstrom: float,
    *,
    first: int = 0,
    is_going_on: Callable[[int, int], bool] = lambda done, total: True,
) -> Attribution:
    """How a label, an [X/Fe] or a class's probability changes when a window is masked: one what-if a window.

    Values stand at the windows' centres, at rest in vacuum; windows without good pixels are not good. The sign is that
    of `WhatIf.delta`, after less before. Unlike the explainer `occlusion`, which asks the network alone, a window goes
    through the whole recipe: the pseudo-continuum is drawn without it too. `is_going_on` hears how many windows of
    how many are done; False stops. `first` is the window to begin with: where a map was stopped it can go on.
    """
    asked = _Asked.about(spectrum, model)
    before, prepared = _or_raise(*asked.answers([asked.observed]))
    unit = WhatIf((), before, before).delta(asked.checked(output, before)).unit
    windows = _windows(asked.at_rest(prepared), width_angstrom, step_angstrom)
    seen = [index for index, window in enumerate(windows) if asked.sees(prepared, window, BAD_PIXEL)]
    change_2W, is_good_W, done = np.zeros((2, len(windows))), np.zeros(len(windows), dtype=bool), first
    while done < len(seen) and is_going_on(done, len(seen)):
        some = seen[done : done + _WINDOWS_AT_ONCE]
        for index, answer in zip(some, asked.answers([asked.edited([windows[i]]) for i in some]), strict=True):
            if not isinstance(answer, StellarViewError):  # else nothing was left beside the window
                change = WhatIf((windows[index],), before, answer[0]).delta(output)
                change_2W[:, index], is_good_W[index] = (change.value, change.scatter or 0.0), True
        done += len(some)
    return Attribution(
        method=f"change without {width_angstrom:g} A",
        label_key=output,
        unit=unit,
        values_L=change_2W[0],
        scatter_L=change_2W[1],
        wavelength_angstrom_L=np.array([0.5 * (one.start_angstrom + one.stop_angstrom) for one in windows]),
        is_good_L=is_good_W,
        note="" if done == len(seen) else f"stopped after {done} of {len(seen)} windows",
    )


_Answer = tuple[Prediction, Spectrum]


@dataclass(frozen=True, eq=False)
class _Asked:
    """A spectrum with the velocity that the recipe needs, and with the one that puts edits in their places."""

    observed: Spectrum
    placed: Spectrum
    model: Ensemble
    recipe: Recipe

    @classmethod
    def about(cls, spectrum: Spectrum, model: Ensemble) -> _Asked:
        """Edits are at rest and need a velocity even where a recipe stays in the observed frame."""
        recipe = recipe_from_json(model.card.recipe)
        (observed,) = with_needed_velocities([spectrum], recipe)
        is_known = observed.frame == "rest" or observed.velocity is not None
        return cls(observed, observed if is_known else with_velocity(observed), model, recipe)

    def edited(self, edits: Sequence[Edit]) -> Spectrum:
        """The observed spectrum after edits."""
        return replace(with_edits(self.placed, edits), velocity=self.observed.velocity)

    def answers(self, spectra: Sequence[Spectrum]) -> list[_Answer | StellarViewError]:
        """What the model says of each, and what it saw; or why it says nothing."""
        from stellarview.inference.predict import predict_prepared

        ready = prepare_each(spectra, self.recipe)
        usable = [(one, seen) for one, seen in zip(ready, spectra, strict=True) if isinstance(one, Spectrum)]
        told = predict_prepared(self.model, [one for one, _ in usable], [seen for _, seen in usable])
        answers = iter(zip(told, (one for one, _ in usable), strict=True))
        return [next(answers) if isinstance(one, Spectrum) else one for one in ready]

    def at_rest(self, prepared: Spectrum) -> list[FloatArray]:
        """Rest wavelengths in vacuum of what the model sees, arm by arm."""
        placed = replace(prepared, velocity=self.placed.velocity)
        return [rest_wavelengths(placed, arm.wavelength_angstrom) for arm in prepared.arms]

    def sees(self, prepared: Spectrum, edit: Edit, hidden: MaskReason) -> bool:
        """Whether any pixel of the network's input lies in the stretch without such a reason."""
        return any(
            bool(((x >= edit.start_angstrom) & (x <= edit.stop_angstrom) & ((arm.mask & np.uint16(hidden)) == 0)).any())
            for x, arm in zip(self.at_rest(prepared), prepared.arms, strict=True)
        )

    def checked(self, output: str, before: Prediction) -> str:
        """The output, if the model tells it."""
        keys = WhatIf((), before, before).keys
        if output in keys:
            return output
        raise StellarViewError(
            f"The model {self.model.card.name} does not tell {output!r}.",
            f"It tells {', '.join(keys)}.",
            "Ask for one of these.",
        )


def _or_raise(answer: _Answer | StellarViewError) -> _Answer:
    if isinstance(answer, StellarViewError):
        raise answer
    return answer


def _windows(wavelength_angstrom: Sequence[FloatArray], width: float, step: float) -> list[Edit]:
    """Masks from one end of each arm to the other."""
    reach = [float(x[-1] - x[0]) for x in wavelength_angstrom]
    if not (0.0 < step <= width < max(reach) and sum(reach) / step <= _MOST_WINDOWS):
        raise StellarViewError(
            f"The spectrum cannot be masked in windows of {width:g} A every {step:g} A.",
            f"Windows must overlap or touch, be narrower than {max(reach):.0f} A, and be {_MOST_WINDOWS} at most.",
            "Choose another width or step.",
        )
    return [
        Edit(float(start), float(start) + width)
        for x in wavelength_angstrom
        for start in np.arange(x[0], x[-1] - width + 1e-6 * width, step)
    ]


def _falls_below_zero(observed: Spectrum, edited: Spectrum) -> bool:
    return any(
        bool(((after.flux < 0) & (before.flux >= 0) & after.is_good).any())
        for before, after in zip(observed.arms, edited.arms, strict=True)
    )
