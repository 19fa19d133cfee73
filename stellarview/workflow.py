"""What the program does, one function each: the window, the command line and catalogue runs all call these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from stellarview import __version__
from stellarview.domain.attribution import rank_lines
from stellarview.domain.derivative_average import ANY_TEFF, DerivativeAverage, TeffRange, TeffSource
from stellarview.domain.errors import StellarViewError
from stellarview.domain.explained import Explained, PhysicsExplained
from stellarview.domain.exposures import provenance, the_exposure
from stellarview.domain.label_pdf import LabelPdf
from stellarview.domain.placement import Placement
from stellarview.domain.prediction import Prediction
from stellarview.domain.rest_frame import is_at_rest
from stellarview.domain.results import Result
from stellarview.domain.spectrum import Spectrum
from stellarview.io.isochrones.grid_file import load_grid
from stellarview.io.line_list import read_lines
from stellarview.io.names import printable
from stellarview.io.sets import SpectrumSet, is_spectrum_set, open_spectrum_set
from stellarview.io.spectra import read_spectra
from stellarview.io.spectrum_files import count_spectra, spectrum_files
from stellarview.isochrones.cells import cells_of
from stellarview.isochrones.interpolate import ages_to_show, isochrones_at
from stellarview.isochrones.placement import place_all
from stellarview.isochrones.priors import DEFAULT_PRIOR, Prior
from stellarview.physics import explain_by_physics, tells_bounds, with_bounds
from stellarview.preparation import (
    for_the_eye,
    good_share,
    left_to_do,
    measured_velocities,
    prepare,
    prepare_each,
    stacks_with_velocity,
    with_continuum,
    with_needed_velocities,
    with_velocities,
    with_velocity,
)
from stellarview.recipes import recipe_from_json
from stellarview.recipes.recipe import Recipe
from stellarview.scene.build import build_spectrum_scene
from stellarview.scene.context import stated_teff_k
from stellarview.scene.explanation import build_average_scene, build_explanation_scene
from stellarview.scene.hr import HrContext, HrStar, build_hr_scene
from stellarview.scene.marks import Scene
from stellarview.scene.physics import build_agreement_scene, build_physics_scene
from stellarview.synthesis.emulator import EMULATOR_NAME

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble


# What the program does, whichever module below does the work.
__all__ = [
    "Explained",
    "Failure",
    "count_spectra",
    "explain",
    "explain_by_physics",
    "explanation_scene",
    "good_share",
    "load_model",
    "measured_velocities",
    "open_spectrum",
    "physics_scene",
    "predict",
    "predict_files",
    "predict_set",
    "prepare",
    "prepare_files",
    "provenance",
    "spectrum_files",
    "spectrum_scene",
    "stacks_with_velocity",
    "tells_bounds",
    "the_exposure",
    "with_velocities",
    "with_velocity",
]

_FILES_AT_ONCE = 64
_ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Failure:
    """A file that could not be worked on, and why: a row of its own, never the end of the run."""

    path: Path
    error: StellarViewError


def open_spectrum(path: Path | str, exposure: str | None = None) -> Spectrum:
    """The spectrum of a file: the coadd, or the exposure of that name."""
    return the_exposure(read_spectra(path), exposure)


def prepare_files(
    paths: Sequence[Path], recipe: Recipe, user_km_s: float | None = None, batch: int = 64
) -> Iterator[tuple[list[Spectrum], list[Failure]]]:
    """Prepare files batch by batch; a bad file becomes a Failure and the others go on."""
    for start in range(0, len(paths), batch):
        files = paths[start : start + batch]
        opened = [_attempt(open_spectrum, path) for path in files]
        failures = [
            Failure(path, one) for path, one in zip(files, opened, strict=True) if isinstance(one, StellarViewError)
        ]
        spectra = with_needed_velocities([one for one in opened if isinstance(one, Spectrum)], recipe, user_km_s)
        prepared = []
        for spectrum, ready in zip(spectra, prepare_each(spectra, recipe), strict=True):
            if isinstance(ready, Spectrum):
                prepared.append(ready)
            else:
                failures.append(Failure(Path(spectrum.source.path), ready))
        yield prepared, failures


Item = TypeVar("Item")


def _attempt(read: Callable[[Item], Spectrum], item: Item) -> Spectrum | StellarViewError:
    try:
        return read(item)
    except StellarViewError as error:
        return error


def predict(
    spectra: Sequence[Spectrum], model: Ensemble, user_km_s: float | None = None, has_bounds: bool = True
) -> list[Prediction | StellarViewError]:
    """What a model says of each spectrum, in their order; of one that cannot be prepared, why.

    With bounds, where physics knows them (`tells_bounds`); without, large runs are faster.
    """
    recipe = recipe_from_json(model.card.recipe)
    return _predictions(with_needed_velocities(spectra, recipe, user_km_s), model, recipe, has_bounds)


def _predictions(
    observed: Sequence[Spectrum], model: Ensemble, recipe: Recipe, has_bounds: bool
) -> list[Prediction | StellarViewError]:
    from stellarview.inference.predict import predict_prepared

    ready = prepare_each(observed, recipe)
    usable = [(one, seen) for one, seen in zip(ready, observed, strict=True) if isinstance(one, Spectrum)]
    seen = [before for _, before in usable]
    told = predict_prepared(model, [one for one, _ in usable], seen)
    if has_bounds and tells_bounds(model.card):
        told = with_bounds(told, seen, recipe_from_json(model.card.recipe), recipe)
    predictions = iter(told)
    return [next(predictions) if isinstance(one, Spectrum) else one for one in ready]


def predict_files(
    paths: Sequence[Path | str], model: Ensemble, user_km_s: float | None = None, has_bounds: bool = True
) -> Iterator[Result]:
    """One result a spectrum of files, spectrum sets and folders of both, in their order; what fails says why."""
    recipe = recipe_from_json(model.card.recipe)
    for are_sets, group in groupby(spectrum_files(paths), is_spectrum_set):
        while batch := list(islice(group, 1 if are_sets else _FILES_AT_ONCE)):
            if are_sets:
                yield from predict_set(batch[0], model, user_km_s, has_bounds)
            else:
                opened = [_attempt(open_spectrum, path) for path in batch]
                names = [printable(str(path)) for path in batch]
                yield from _results(names, opened, model, recipe, user_km_s, has_bounds=has_bounds)


def predict_set(
    path: Path | str, model: Ensemble, user_km_s: float | None = None, has_bounds: bool = True
) -> Iterator[Result]:
    """One result a spectrum of a set. What the set's own recipe has done already is not done again."""
    name = printable(str(path))
    with ExitStack() as stack:
        try:
            spectrum_set = stack.enter_context(open_spectrum_set(path))
            recipe = left_to_do(spectrum_set, recipe_from_json(model.card.recipe), user_km_s)
        except StellarViewError as error:
            yield Result(name, model.card.name, error=error)
            return
        for start in range(0, len(spectrum_set), _ROWS_AT_ONCE):
            rows = range(start, min(start + _ROWS_AT_ONCE, len(spectrum_set)))
            names = [f"{name}#{row}" for row in rows]
            yield from _results(names, _read_each(spectrum_set, rows), model, recipe, user_km_s, has_bounds=has_bounds)


def _read_each(spectrum_set: SpectrumSet, rows: range) -> list[Spectrum | StellarViewError]:
    """All rows at once; one by one where one of them is damaged, so that the others go on."""
    try:
        return list(spectrum_set.read(rows.start, rows.stop))
    except StellarViewError:
        return [_attempt(spectrum_set.__getitem__, row) for row in rows]


def _results(
    names: Sequence[str],
    opened: Sequence[Spectrum | StellarViewError],
    model: Ensemble,
    recipe: Recipe,
    user_km_s: float | None,
    *,
    has_bounds: bool,
) -> Iterator[Result]:
    spectra = with_needed_velocities([one for one in opened if isinstance(one, Spectrum)], recipe, user_km_s)
    answers = iter(zip(spectra, _predictions(spectra, model, recipe, has_bounds), strict=True))
    for name, one in zip(names, opened, strict=True):
        if isinstance(one, StellarViewError):
            yield Result(name, model.card.name, error=one)
            continue
        spectrum, answer = next(answers)
        known = Result(name, model.card.name, spectrum.header.obsid, spectrum.velocity)
        yield replace(known, **({"prediction": answer} if isinstance(answer, Prediction) else {"error": answer}))


def explain(
    spectrum: Spectrum,
    model: Ensemble,
    output: str,
    method: str = "integrated-gradients",
    *,
    user_km_s: float | None = None,
    colour_by: str | None = None,
) -> Explained:
    """Why the model says this label (or class) of this spectrum: pixel by pixel, and ranked by named lines."""
    from stellarview.inference.explain import explain as answer
    from stellarview.inference.questions import lowest_resolution, question_about, told_teff_k

    recipe = recipe_from_json(model.card.recipe)
    # Lines have rest wavelengths: the velocity is needed even where the recipe stays in the observed frame.
    (prepared,) = prepare_each([with_velocity(spectrum, user_km_s)], recipe)
    if isinstance(prepared, StellarViewError):
        raise prepared
    question = question_about(prepared, recipe, output)
    attribution = answer(model, question, method)
    told_k, resolution = told_teff_k(model, question.input_L[None]), lowest_resolution(prepared)
    teff_k = stated_teff_k(prepared) if told_k is None else float(told_k[0])
    lines = tuple(rank_lines(attribution, read_lines(), resolution, teff_k)) if is_at_rest(prepared) else ()
    colour = answer(model, question, colour_by) if colour_by else None
    faithful = model.card.faithfulness_of(method, output)
    return Explained(for_the_eye(prepared, recipe), attribution, lines, colour, faithful, model.card.name)


def average_derivatives(
    spectra: Iterable[tuple[Spectrum, float | None]],
    model: Ensemble,
    output: str,
    *,
    ranges_k: Sequence[TeffRange] = (ANY_TEFF,),
    teff_source: TeffSource = "labels",
    most: int = 1000,
) -> list[DerivativeAverage]:
    """How the label answers to flux, averaged over the spectra (each with its Teff, if known) of each Teff range."""
    from stellarview.inference.averages import Averaging, average_over

    recipe = recipe_from_json(model.card.recipe)
    asked = Averaging(output, ranges_k, teff_source, most, read_lines())
    return average_over(model, recipe, spectra, (with_velocities, lambda some: prepare(some, recipe)), asked)


def average_scene(averages: Sequence[DerivativeAverage], model: Ensemble) -> Scene:
    """The figure of such averages: one curve for each range of Teff."""
    return build_average_scene(averages, f"StellarView {__version__}; model {model.card.name}")


def explanation_scene(explained: Explained) -> Scene:
    """What the explanation's figure shows: the flux as the network saw it, and the attribution under it."""
    return build_explanation_scene(explained, f"{provenance(explained.prepared)}; model {explained.model}")


def physics_scene(explained: Sequence[PhysicsExplained]) -> Scene:
    """Of one label the network's curve over that of physics; of several how far they agree in each."""
    first = explained[0]
    about = f"{provenance(first.normalised)}; model {first.model}; emulator {EMULATOR_NAME}"
    return build_physics_scene(first, about) if len(explained) == 1 else build_agreement_scene(explained, about)


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
    return build_spectrum_scene(with_continuum(spectrum), read_lines(), provenance(spectrum))
