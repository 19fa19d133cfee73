"""What the program does, one function each: the window, the command line and catalogue runs all call these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from stellarview import __version__
from stellarview.domain.attribution import Attribution, LineShare, rank_lines
from stellarview.domain.errors import StellarViewError
from stellarview.domain.label_pdf import LabelPdf
from stellarview.domain.placement import Placement
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, RadialVelocity, Spectrum
from stellarview.domain.stack import Stack, kind_of, stack_spectra
from stellarview.domain.velocity_templates import VelocityTemplates
from stellarview.io import read_spectra
from stellarview.io.isochrones.grid_file import load_grid
from stellarview.io.line_list import read_lines
from stellarview.io.sets import SpectrumSet
from stellarview.io.velocity_templates import velocity_templates
from stellarview.isochrones.cells import cells_of
from stellarview.isochrones.interpolate import ages_to_show, isochrones_at
from stellarview.isochrones.placement import place_all
from stellarview.isochrones.priors import DEFAULT_PRIOR, Prior
from stellarview.recipes import recipe_from_json, recipe_named
from stellarview.recipes.continuum import SplineContinuum
from stellarview.recipes.mask_bad_pixels import MaskBadPixels
from stellarview.recipes.medium import InVacuum
from stellarview.recipes.radial_velocity import measure_velocity, stated_velocity
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import Standardise
from stellarview.scene.build import build_explanation_scene, build_spectrum_scene
from stellarview.scene.context import is_at_rest, rest_factor
from stellarview.scene.hr import HrContext, HrStar, build_hr_scene
from stellarview.scene.marks import Scene

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble


@dataclass(frozen=True)
class Failure:
    """A file that could not be worked on, and why: a row of its own, never the end of the run."""

    path: Path
    error: StellarViewError


def open_spectrum(path: Path | str, exposure: str | None = None) -> Spectrum:
    """The spectrum of a file: the coadd, or the exposure of that name."""
    return the_exposure(read_spectra(path), exposure)


def the_exposure(spectra: Sequence[Spectrum], exposure: str | None = None) -> Spectrum:
    """Of all spectra of a file the one that is meant: the first, or the one of that name."""
    if exposure is None:
        return spectra[0]
    for spectrum in spectra:
        if spectrum.exposure == exposure:
            return spectrum
    raise StellarViewError(
        f"{spectra[0].source.file_name} has no exposure {exposure!r}.",
        f"It holds {', '.join(spectrum.exposure for spectrum in spectra)}.",
        "Choose one of these.",
    )


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


def prepare(spectra: Sequence[Spectrum], recipe: Recipe | str, user_km_s: float | None = None) -> list[Spectrum]:
    """Spectra ready for a network: velocity found, at rest, resampled, normalised as the recipe says."""
    recipe = recipe_named(recipe) if isinstance(recipe, str) else recipe
    results = with_velocities(spectra, user_km_s) if recipe.needs_velocity else list(spectra)
    for indices in _by_kind(results):
        for index, prepared in zip(indices, recipe.prepare([results[i] for i in indices]), strict=True):
            results[index] = prepared
    return results


def good_share(spectrum: Spectrum) -> float:
    """The share of pixels that can be trusted, over all arms."""
    return sum(int(arm.is_good.sum()) for arm in spectrum.arms) / sum(len(arm) for arm in spectrum.arms)


def prepare_files(
    paths: Sequence[Path], recipe: Recipe, user_km_s: float | None = None, batch: int = 64
) -> Iterator[tuple[list[Spectrum], list[Failure]]]:
    """Prepare files batch by batch; a bad file becomes a Failure and the others go on."""
    for start in range(0, len(paths), batch):
        spectra, failures = [], []
        for path in paths[start : start + batch]:
            try:
                spectra.append(open_spectrum(path))
            except StellarViewError as error:
                failures.append(Failure(path, error))
        if recipe.needs_velocity:
            spectra = _keep(
                with_velocities(spectra, user_km_s), lambda one: one.velocity is not None, _NO_VELOCITY, failures
            )
        yield _keep(prepare(spectra, recipe), lambda one: good_share(one) > 0, _NOTHING_LEFT, failures), failures


_NO_VELOCITY = (
    "cannot be put at rest.",
    "Its file gives no radial velocity, and its spectrum holds too little signal to measure one.",
    "Give a velocity with --rv.",
)
_NOTHING_LEFT = (
    "holds nothing that this recipe needs.",
    "Not one good pixel is left within the recipe's windows: another instrument, a wrong velocity, or all pixels bad.",
    "Choose a recipe for this kind of spectrum, or look at it with `stellarview inspect`.",
)


def _keep(
    spectra: Sequence[Spectrum],
    is_usable: Callable[[Spectrum], bool],
    words: tuple[str, str, str],
    failures: list[Failure],
) -> list[Spectrum]:
    """The usable spectra; of the others, failures are told in these words."""
    for spectrum in spectra:
        if not is_usable(spectrum):
            failures.append(Failure(Path(spectrum.source.path), _cannot(spectrum, words)))
    return [spectrum for spectrum in spectra if is_usable(spectrum)]


def _cannot(spectrum: Spectrum, words: tuple[str, str, str]) -> StellarViewError:
    return StellarViewError(f"{spectrum.source.file_name} {words[0]}", words[1], words[2])


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


def predict(
    spectra: Sequence[Spectrum], model: Ensemble, user_km_s: float | None = None
) -> list[Prediction | StellarViewError]:
    """What a model says of each spectrum, in their order; of one that cannot be prepared, why."""
    from stellarview.inference.predict import predict_prepared

    recipe = recipe_from_json(model.card.recipe)
    observed = with_velocities(spectra, user_km_s) if recipe.needs_velocity else list(spectra)
    results: list[Prediction | StellarViewError] = [_cannot(spectrum, _NO_VELOCITY) for spectrum in observed]
    able = [i for i, one in enumerate(observed) if one.velocity is not None or not recipe.needs_velocity]
    prepared = dict(zip(able, prepare([observed[i] for i in able], recipe), strict=True))
    for i, ready in prepared.items():
        if good_share(ready) == 0:
            results[i] = _cannot(ready, _NOTHING_LEFT)
    usable = [i for i in able if good_share(prepared[i]) > 0]
    predictions = predict_prepared(model, [prepared[i] for i in usable], [observed[i] for i in usable])
    for i, prediction in zip(usable, predictions, strict=True):
        results[i] = prediction
    return results


@dataclass(frozen=True, eq=False)
class Explained:
    """An explanation with the spectrum as the network saw it, and the lines that its pixels belong to."""

    prepared: Spectrum
    attribution: Attribution
    lines: tuple[LineShare, ...]


def explain(spectrum: Spectrum, model: Ensemble, output: str, method: str = "integrated-gradients") -> Explained:
    """Why the model says this label (or class) of this spectrum: pixel by pixel, and ranked by named lines."""
    from stellarview.inference.explain import explain as explain_question
    from stellarview.inference.explanation import Question

    if output not in model.card.outputs:
        raise StellarViewError(
            f"The model {model.card.name} tells no {output!r}.",
            f"It tells {', '.join(model.card.outputs)}.",
            "Choose one of these.",
        )
    recipe = recipe_from_json(model.card.recipe)
    # Lines have rest wavelengths: the velocity is needed even where the recipe stays in the observed frame.
    (prepared,) = prepare([with_velocity(spectrum)], recipe)
    if good_share(prepared) == 0:
        raise _cannot(prepared, _NOTHING_LEFT)
    scales = [np.array(step.std) for step in recipe.steps if isinstance(step, Standardise)]
    question = Question(
        input_L=np.concatenate([arm.flux for arm in prepared.arms]),
        output=output,
        wavelength_angstrom_L=np.concatenate([arm.wavelength_angstrom for arm in prepared.arms])
        / rest_factor(prepared),
        is_good_L=np.concatenate([arm.is_good for arm in prepared.arms]),
        pixel_scale_L=scales[-1] if scales else None,
        is_continuum_normalised=any(step.name.endswith("_continuum") for step in recipe.steps),
        medium=prepared.medium,
    )
    attribution = explain_question(model, question, method)
    # A line is as wide as the instrument makes it: two resolution elements hold nearly all of it.
    width = 2.0 * max(float(np.median(arm.wavelength_angstrom)) / (arm.resolution or 1800.0) for arm in prepared.arms)
    lines = rank_lines(attribution, read_lines(), width) if is_at_rest(prepared) else []
    return Explained(prepared, attribution, tuple(lines))


def explanation_scene(explained: Explained) -> Scene:
    """What the explanation's figure shows: the flux as the network saw it, and the attribution under it."""
    return build_explanation_scene(
        explained.prepared, explained.attribution, explained.lines, provenance(explained.prepared)
    )


def place(
    stars: Sequence[LabelPdf], grid: str | None = None, prior: Prior = DEFAULT_PRIOR, samples: int = 0
) -> Iterator[Placement]:
    """Where each star stands among the isochrones: its age, mass, radius, luminosity and phase, one after the other."""
    return place_all(_cells_of(load_grid(grid), prior), stars, samples)


# Seconds of work for a full grid; a grid that was imported anew is another one.
_cells_of = lru_cache(maxsize=2)(cells_of)


def hr_scene(
    stars: Sequence[HrStar], ages_gyr: Sequence[float] = (), grid: str | None = None, **view: Any
) -> tuple[Scene, str]:
    """What the HR diagram shows: stars, and curves at the first one's [Fe/H]; and what must be said of the curves."""
    chosen, feh = load_grid(grid), float(stars[0].labels.mean[2])
    answer = isochrones_at(chosen, ages_gyr or ages_to_show(chosen, feh), feh)
    about = f"StellarView {__version__}; isochrones {chosen.name}: {chosen.about} {answer.note}".rstrip()
    return build_hr_scene(HrContext(answer.curves, tuple(stars), **view), stars[0].name, about), answer.note


def load_model(
    name_or_folder: str, device: str = "auto", notice: Callable[[str], None] = lambda words: None
) -> Ensemble:
    """A model by its name or folder, verified, on the device. Importing torch takes seconds: only now, not at start."""
    from stellarview.inference.device import choose_device
    from stellarview.inference.ensemble import Ensemble
    from stellarview.io.models import find_model, read_model

    return Ensemble(read_model(find_model(name_or_folder)), choose_device(device), notice)


def spectrum_scene(spectrum: Spectrum) -> Scene:
    """What the spectrum view and its figure show: flux, errors, continuum, bad pixels, the lines by name."""
    masked = MaskBadPixels()(spectrum)
    normalised = SplineContinuum()(masked)
    arms = [replace(a, continuum=b.continuum) for a, b in zip(masked.arms, normalised.arms, strict=True)]
    return build_spectrum_scene(replace(masked, arms=tuple(arms)), read_lines(), provenance(spectrum))


def provenance(spectrum: Spectrum) -> str:
    """One line that lets somebody else find the same data and the same program."""
    velocity = spectrum.velocity
    rv = "no radial velocity" if velocity is None else f"RV {velocity.value_km_s:.3f} km/s from {velocity.source}"
    source = spectrum.source
    return f"StellarView {__version__}; {source.file_name} ({spectrum.exposure}); sha256 {source.sha256}; {rv}"


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
