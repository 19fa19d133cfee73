"""Average partial derivatives over stars of similar temperature (RRNet fig. 4), as many as come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.attribution import rank_lines
from stellarview.domain.derivative_average import DerivativeAverage, TeffRange, TeffSource, middle_k
from stellarview.domain.errors import StellarViewError
from stellarview.domain.lines import Line
from stellarview.domain.rest_frame import is_at_rest
from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explain import average_partial_derivatives
from stellarview.inference.explanation import Question, check_output
from stellarview.inference.questions import lowest_resolution, question_about, told_teff_k
from stellarview.recipes.recipe import Recipe

_ROWS_AT_ONCE = 64
# A prepared spectrum, and the Teff of its label where it has one.
Labelled = tuple[Spectrum, float | None]
Prepare = Callable[[list[Spectrum]], list[Spectrum]]


@dataclass(eq=False)
class _Range:
    """What has come for one range of temperatures so far."""

    teff_range_k: TeffRange
    inputs: list[FloatArray] = field(default_factory=list)
    good: list[BoolArray] = field(default_factory=list)

    def holds(self, teff_k: float) -> bool:
        return self.teff_range_k[0] <= teff_k <= self.teff_range_k[1]


@dataclass(frozen=True)
class Averaging:
    """What is averaged: an output, over the first `most` spectra of each range of Teff, which `teff_source` tells."""

    output: str
    ranges_k: Sequence[TeffRange]
    teff_source: TeffSource
    most: int
    lines: Sequence[Line]


def average_over(
    ensemble: Ensemble,
    recipe: Recipe,
    spectra: Iterable[Labelled],
    steps: tuple[Prepare, Prepare],
    asked: Averaging,
) -> list[DerivativeAverage]:
    """One average for each range in which spectra were found; once all ranges are full the rest is not read.

    `steps` find the velocities of spectra, and then prepare those that can be put at rest.
    """
    check_output(ensemble, asked.output)
    if not recipe.needs_velocity:
        raise StellarViewError(
            f"Derivatives of the model {ensemble.card.name} cannot be averaged.",
            "Its recipe leaves spectra where the stars' velocities put them: no pixel belongs to the same line twice.",
            "Explain single spectra, or take a model that looks at spectra at rest.",
        )
    found, remaining, like = [_Range(one) for one in asked.ranges_k], iter(spectra), None
    while any(len(one.inputs) < asked.most for one in found) and (batch := list(islice(remaining, _ROWS_AT_ONCE))):
        ready = _prepared(batch, steps)
        if ready:
            like = like or ready[0][0]
            _sort_in(ensemble, ready, found, asked)
    if like is None or not any(one.inputs for one in found):
        raise StellarViewError(
            "There is nothing to average.",
            "No usable spectrum has a Teff in these ranges.",
            "Widen the ranges, or give more spectra.",
        )
    # Of the question only the wavelengths count, which all spectra of a recipe that goes to rest share.
    question = replace(question_about(like, recipe, asked.output), is_good_L=None)
    return [_average(ensemble, one, question, asked, lowest_resolution(like)) for one in found if one.inputs]


def _prepared(batch: Sequence[Labelled], steps: tuple[Prepare, Prepare]) -> list[Labelled]:
    """Those that can be put at rest and of which something is left, as the network sees them."""
    find_velocities, prepare = steps
    observed = find_velocities([spectrum for spectrum, _ in batch])
    able = [(one, teff_k) for one, (_, teff_k) in zip(observed, batch, strict=True) if is_at_rest(one)]
    ready = prepare([one for one, _ in able])
    return [
        (one, teff_k)
        for one, (_, teff_k) in zip(ready, able, strict=True)
        if any(bool(arm.is_good.any()) for arm in one.arms)
    ]


def _average(
    ensemble: Ensemble, of_range: _Range, question: Question, asked: Averaging, resolution: float
) -> DerivativeAverage:
    inputs_BL, good_BL = np.array(of_range.inputs), np.array(of_range.good)
    attribution = average_partial_derivatives(ensemble, inputs_BL, question, good_BL)
    lines = rank_lines(attribution, asked.lines, resolution, middle_k(of_range.teff_range_k))
    return DerivativeAverage(of_range.teff_range_k, asked.teff_source, len(inputs_BL), attribution, tuple(lines))


def _sort_in(ensemble: Ensemble, batch: Sequence[Labelled], found: Sequence[_Range], asked: Averaging) -> None:
    inputs_BL = np.array([np.concatenate([arm.flux for arm in one.arms]) for one, _ in batch], dtype=np.float32)
    good_BL = np.array([np.concatenate([arm.is_good for arm in one.arms]) for one, _ in batch])
    told_B = told_teff_k(ensemble, inputs_BL) if asked.teff_source == "model" else None
    for row, (_, label) in enumerate(batch):
        teff_k = (np.nan if label is None else label) if told_B is None else float(told_B[row])
        for one in found:
            is_everything = np.isnan(teff_k) and one.teff_range_k[1] == np.inf
            if len(one.inputs) < asked.most and (is_everything or one.holds(teff_k)):
                one.inputs.append(inputs_BL[row])
                one.good.append(good_BL[row])
