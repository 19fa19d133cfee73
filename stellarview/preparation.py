"""From spectra as they were observed to spectra ready for a network: whose velocity counts, and the recipe."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.continua import know_continuum, known_continuum
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Arm, MaskReason, RadialVelocity, Source, Spectrum
from stellarview.domain.stack import Stack, kind_of, stack_spectra
from stellarview.domain.velocity_templates import VelocityTemplates
from stellarview.io.names import display_name
from stellarview.io.velocity_templates import velocity_templates
from stellarview.recipes import recipe_from_json, recipe_named
from stellarview.recipes.continuum import spline_for
from stellarview.recipes.mask_bad_pixels import MaskBadPixels
from stellarview.recipes.medium import InVacuum
from stellarview.recipes.radial_velocity import measure_velocity, stated_velocity
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import Standardise

if TYPE_CHECKING:
    from stellarview.io.sets import SpectrumSet


def with_velocity(
    spectrum: Spectrum, user_km_s: float | None = None, catalogue: RadialVelocity | None = None
) -> Spectrum:
    """The spectrum with its radial velocity: the user's, a catalogue's, the header's, else our own measurement."""
    return with_velocities([spectrum], user_km_s, catalogue)[0]


def with_velocities(
    spectra: Sequence[Spectrum], user_km_s: float | None = None, catalogue: RadialVelocity | None = None
) -> list[Spectrum]:
    """Many spectra with their velocities: one given here, one that a spectrum already has, the header's, else our own.

    Those that nobody gave one for are measured side by side.
    """
    results = [_with_stated(spectrum, user_km_s, catalogue) for spectrum in spectra]
    unknown = [index for index, spectrum in enumerate(results) if spectrum.velocity is None]
    for index, velocity in zip(unknown, measured_velocities([results[i] for i in unknown]), strict=True):
        if velocity is not None:
            results[index] = results[index].with_velocity(velocity)
    return results


def measured_velocities(spectra: Sequence[Spectrum]) -> list[RadialVelocity | None]:
    """Our own velocities, whatever the headers say; None where no template found anything to hold on to."""
    results: list[RadialVelocity | None] = [None] * len(spectra)
    for indices in _by_kind(spectra):
        for index, velocity in zip(indices, _measured([spectra[i] for i in indices]), strict=True):
            results[index] = velocity
    return results


def with_continuum(spectrum: Spectrum) -> Spectrum:
    """The spectrum with its bad pixels marked and a pseudo-continuum beside its flux: NaN where there is none."""
    known = known_continuum(spectrum)
    if known is None:
        know_continuum(spectrum.arms, _arms_with_continuum(spectrum.arms))
        return with_continuum(spectrum)
    return known


def _arms_with_continuum(arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
    masked = MaskBadPixels()(Spectrum(arms, "vacuum", "observed", Source("", "", "", "")))
    return tuple(replace(arm, continuum=_known_continuum(_fitted(arm))) for arm in masked.arms)


def _fitted(arm: Arm) -> Arm:
    (fitted,) = spline_for(arm.wavelength_angstrom)(Spectrum((arm,), "vacuum", "observed", Source("", "", "", ""))).arms
    return fitted


def _known_continuum(fitted: Arm) -> FloatArray:
    assert fitted.continuum is not None  # the step says so
    return np.where((fitted.mask & MaskReason.NO_CONTINUUM) == 0, fitted.continuum, np.nan)


def prepare(spectra: Sequence[Spectrum], recipe: Recipe | str, user_km_s: float | None = None) -> list[Spectrum]:
    """Spectra ready for a network: velocity found, at rest, resampled, normalised as the recipe says."""
    recipe = recipe_named(recipe) if isinstance(recipe, str) else recipe
    results = with_velocities(spectra, user_km_s) if recipe.needs_velocity else list(spectra)
    for indices in _by_kind(results):
        for index, prepared in zip(indices, recipe.prepare([results[i] for i in indices]), strict=True):
            results[index] = prepared
    return results


def with_needed_velocities(
    spectra: Sequence[Spectrum], recipe: Recipe, user_km_s: float | None = None
) -> list[Spectrum]:
    """The velocities that a recipe needs; where it stays in the observed frame, only those that somebody gives.

    What lies at rest already keeps its own, and a velocity of nothing at all is not measured in vain.
    """
    results = list(spectra)
    moving = [index for index, spectrum in enumerate(results) if spectrum.frame == "observed"]
    chosen = [results[index] for index in moving]
    found = (
        with_velocities(chosen, user_km_s)
        if recipe.needs_velocity
        else [_with_stated(spectrum, user_km_s, None) for spectrum in chosen]
    )
    for index, spectrum in zip(moving, found, strict=True):
        results[index] = spectrum
    return results


def prepare_each(spectra: Sequence[Spectrum], recipe: Recipe) -> list[Spectrum | StellarViewError]:
    """Each spectrum ready for a network, or why it cannot be; velocities must have been found before."""
    results: list[Spectrum | StellarViewError] = [_cannot(spectrum, _NO_VELOCITY) for spectrum in spectra]
    able = [i for i, one in enumerate(spectra) if one.velocity is not None or not recipe.needs_velocity]
    for places in _by_kind([spectra[i] for i in able]):
        indices = [able[place] for place in places]
        try:
            prepared = recipe.prepare([spectra[i] for i in indices])
        except StellarViewError as error:  # a whole kind that the recipe does not take
            for i in indices:
                results[i] = error
            continue
        for i, ready in zip(indices, prepared, strict=True):
            results[i] = ready if good_share(ready) > 0 else _cannot(ready, _NOTHING_LEFT)
    return results


def for_the_eye(prepared: Spectrum, recipe: Recipe) -> Spectrum:
    """As a network sees it, but in units of flux: lines are lines, where standard deviations look like noise."""
    last = recipe.steps[-1]
    return last.undone(prepared) if isinstance(last, Standardise) else prepared


def left_to_do(spectrum_set: SpectrumSet, recipe: Recipe, user_km_s: float | None = None) -> Recipe:
    """What a set still needs of a recipe: all of it, or what its own recipe has not done."""
    name = display_name(spectrum_set.path)
    if spectrum_set.frame == "rest" and user_km_s is not None:
        raise StellarViewError(
            f"The spectra of {name} take no other velocity.", "They are at rest already.", "Leave out --rv."
        )
    if not spectrum_set.recipe_json:
        return recipe
    try:
        done = recipe_from_json(json.loads(spectrum_set.recipe_json))
    except (ValueError, RecursionError) as error:
        raise StellarViewError(
            f"Nobody knows how {name} was prepared.", "Its recipe is no JSON.", "Prepare it again."
        ) from error
    left = recipe.after(done)
    if left is None:
        raise StellarViewError(
            f"The spectra of {name} do not suit this model.",
            f"They were prepared with the recipe {done.name!r}; the model needs {recipe.name!r}, with other steps.",
            "Give the spectra as they were observed.",
        )
    return left


_NO_VELOCITY = (
    "cannot be put at rest.",
    "Its file gives no radial velocity, and its spectrum holds too little signal to measure one.",
    "Give a velocity with --rv.",
)
_NOTHING_LEFT = (
    "holds nothing that this recipe needs.",
    "Not one good pixel is left within the recipe's windows: another instrument, a wrong velocity, no flux above zero, "
    "or all pixels bad.",
    "Choose a recipe for this kind of spectrum, or look at it with `stellarview inspect`.",
)


def _cannot(spectrum: Spectrum, words: tuple[str, str, str]) -> StellarViewError:
    """The error of a spectrum, in these words."""
    return StellarViewError(f"{spectrum.source.file_name} {words[0]}", words[1], words[2])


def good_share(spectrum: Spectrum) -> float:
    """The share of pixels that can be trusted, over all arms."""
    return sum(int(arm.is_good.sum()) for arm in spectrum.arms) / sum(len(arm) for arm in spectrum.arms)


def stacks_with_velocity(spectrum_set: SpectrumSet, rows: int = 256, *, measure_all: bool = False) -> Iterator[Stack]:
    """A set's spectra in stacks, with the stored velocity, else the header's, else our own: the catalogue's way in.

    NaN where nothing could be measured: such rows cannot be put at rest.
    """
    redshift, start = spectrum_set.header_column("redshift"), 0
    for stack in spectrum_set.stacks(rows):
        header = redshift[start : start + len(stack)] * SPEED_OF_LIGHT_KM_S
        start += len(stack)
        stated = np.where(np.isfinite(stack.velocity_km_s_B), stack.velocity_km_s_B, header)
        known = np.isfinite(stated) & (not measure_all)
        if stack.frame == "observed" and not known.all():
            masked = MaskBadPixels().apply(InVacuum().apply(stack))
            fit = measure_velocity(masked, _templates_for({arm.name for arm in stack.arms}))
            stated = np.where(known, stated, np.where(np.isfinite(fit.sigma_km_s_B), fit.value_km_s_B, np.nan))
        yield replace(stack, velocity_km_s_B=stated)


def _with_stated(spectrum: Spectrum, user_km_s: float | None, catalogue: RadialVelocity | None) -> Spectrum:
    if spectrum.velocity is not None and user_km_s is None and catalogue is None:
        return spectrum  # somebody chose it before: the header must not take it back
    velocity = stated_velocity(spectrum, user_km_s, catalogue)
    if velocity is not None:
        return spectrum.with_velocity(velocity)
    if spectrum.header.redshift is None:
        return spectrum
    note = f"the header's Z = {spectrum.header.redshift:g} is not believed of a star: measured instead"
    return replace(spectrum, notes=tuple(dict.fromkeys((*spectrum.notes, note))))


def _by_kind(spectra: Sequence[Spectrum]) -> list[list[int]]:
    """Indices of spectra that can lie in one stack, group by group."""
    order = sorted(range(len(spectra)), key=lambda index: kind_of(spectra[index]))
    return [list(group) for _, group in groupby(order, key=lambda index: kind_of(spectra[index]))]


def _measured(spectra: Sequence[Spectrum]) -> list[RadialVelocity | None]:
    """Our own velocities; None where no template found anything to hold on to."""
    stack = MaskBadPixels().apply(InVacuum().apply(stack_spectra(spectra)))
    try:
        fit = measure_velocity(stack, _templates_for({arm.name for arm in spectra[0].arms}))
    except StellarViewError:
        return [None] * len(spectra)
    return [fit.row(i) if np.isfinite(fit.sigma_km_s_B[i]) else None for i in range(len(spectra))]


def _templates_for(arms: set[str]) -> VelocityTemplates:
    return velocity_templates("MRS" if arms & {"B", "R"} else "LRS")
