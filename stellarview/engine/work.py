"""The jobs that child processes do for the window: thin callers of what stands below, each with its progress first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from stellarview.domain.attribution import Attribution
from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.explained import Explained, PhysicsExplained
from stellarview.domain.exposures import the_exposure
from stellarview.domain.inspection import Inspection
from stellarview.domain.line_measurement import Profile
from stellarview.domain.lines import Line
from stellarview.domain.measured_line import MeasuredLine
from stellarview.domain.placement import Placement
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Arm, Spectrum
from stellarview.domain.what_if import WhatIf
from stellarview.engine.known import Known, known_of
from stellarview.engine.pipe import Progress
from stellarview.inspection.star import at_velocity, explain_star, inspect_star, place_star, ranges_of
from stellarview.inspection.summary import failed_row
from stellarview.inspection.tasks import models_for
from stellarview.io.models import find_model, model_stamp
from stellarview.io.sets import open_spectrum_set
from stellarview.io.spectra import read_spectra
from stellarview.measurement.line import measure_line
from stellarview.physics import explain_by_physics
from stellarview.preparation import with_continuum, with_velocities
from stellarview.session.session import StarEntry
from stellarview.what_if import occlusion_map, what_if
from stellarview.workflow import load_model, predict

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble

_MOST_MODELS = 8
# A third of a second for MRS: so long a what-if may wait for a map.
_WINDOWS_A_TURN = 32


def open_spectra(progress: Progress, entry: StarEntry) -> tuple[Spectrum, ...]:
    """All exposures of a star's file, or the one row of a set."""
    return tuple(_spectra_of(entry))


def fit_continuum(progress: Progress, spectrum: Spectrum) -> tuple[Arm, ...]:
    """The arms as they are shown: bad pixels marked, the continuum beside the flux."""
    return with_continuum(spectrum).arms


def ready_to_see(progress: Progress, spectrum: Spectrum, user_km_s: float | None) -> tuple[Spectrum, tuple[Arm, ...]]:
    """The spectrum with its radial velocity, and its arms as they are shown."""
    placed = at_velocity(spectrum, user_km_s)
    return placed, with_continuum(placed).arms


def at_its_velocity(progress: Progress, spectrum: Spectrum, user_km_s: float | None) -> Spectrum:
    """The spectrum with its radial velocity: the user's, the header's, else our own measurement."""
    return at_velocity(spectrum, user_km_s)


def read_rows(progress: Progress, entries: Sequence[StarEntry]) -> None:
    """Give the row of each star as its file tells it, before any network has seen it."""
    for entry in entries:
        progress.give(_read(entry))


def survey(progress: Progress, entries: Sequence[StarEntry], chosen: Mapping[str, str]) -> None:
    """Give the row of each star with what all models say of it; stars of one kind go through a model together."""
    opened: list[tuple[StarEntry, Spectrum]] = []
    for entry in entries:
        try:
            opened.append((entry, the_star(entry)))
        except StellarViewError as error:
            progress.give(_failed(entry, error))
        progress.check()
    for instrument in ("LRS", "MRS"):
        stars = [pair for pair in opened if pair[1].instrument == instrument]
        if stars:
            _survey_alike(progress, stars, models_for(instrument, chosen))


def _survey_alike(progress: Progress, stars: Sequence[tuple[StarEntry, Spectrum]], models: Mapping[str, str]) -> None:
    moving = iter(with_velocities([one for _, one in stars if one.frame == "observed"]))
    spectra = [next(moving) if one.frame == "observed" else one for _, one in stars]
    answers: dict[str, Sequence[Prediction | StellarViewError]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for name in dict.fromkeys(models.values()):
        progress.check()
        answers[name] = _told_by(name, spectra)
        if any(isinstance(answer, Prediction) for answer in answers[name]):
            ranges = ranges_of(model_named(name).card) | ranges
    for place, (entry, _) in enumerate(stars):
        told = {name: answer[place] for name, answer in answers.items()}
        predictions = {name: one for name, one in told.items() if isinstance(one, Prediction)}
        refusals = {name: one for name, one in told.items() if isinstance(one, StellarViewError)}
        seen = Inspection(spectra[place], predictions=predictions, refusals=refusals, ranges=ranges)
        progress.give(known_of(entry, seen, "done"))


def _told_by(name: str, spectra: Sequence[Spectrum]) -> Sequence[Prediction | StellarViewError]:
    try:
        return predict(spectra, model_named(name), has_bounds=False)
    except StellarViewError as error:
        return [error] * len(spectra)


def inspect(progress: Progress, spectrum: Spectrum, chosen: Mapping[str, str]) -> Inspection:
    """All that the models say of one star, with bounds; its explanation and place come later."""
    return inspect_star(spectrum, model_named, chosen=chosen, has_placement=False, cancelled=progress.is_cancelled)


def explain(progress: Progress, spectrum: Spectrum, model: str, label: str) -> Explained:
    """What the model looked at."""
    return explain_star(spectrum, model_named(model), label)


def explain_physics(progress: Progress, spectrum: Spectrum, model: str, label: str) -> PhysicsExplained:
    """What physics says of the same pixels."""
    (explained,) = explain_by_physics(spectrum, model_named(model), [label])
    return explained


def place_among_isochrones(progress: Progress, prediction: Prediction) -> Placement | None:
    """The star among the isochrones."""
    return place_star(prediction)


def ask_what_if(
    progress: Progress,
    spectrum: Spectrum,
    models: Sequence[str],
    edits: Sequence[Edit],
    before: Mapping[str, Prediction],
) -> dict[str, WhatIf]:
    """What each model says of the edited spectrum, beside what it said before."""
    return {name: what_if(spectrum, model_named(name), edits, before.get(name)) for name in models}


def map_occlusion(
    progress: Progress, spectrum: Spectrum, model: str, output: str, windows: tuple[float, float, int]
) -> tuple[Attribution, int]:
    """What each window is worth: some windows from the first on, and where to go on, or 0 at the end.

    `windows` are their width and step, Angstrom, and the first one. What is more urgent than the rest of the map has
    its turn in between. Stops where nobody waits any more.
    """
    width_angstrom, step_angstrom, first = windows
    stop, after = first + _WINDOWS_A_TURN, 0

    def is_going_on(done: int, total: int) -> bool:
        nonlocal after
        progress.tell(done, total)
        after = stop if stop < total else 0
        return done < stop

    ask = (spectrum, model_named(model), output, width_angstrom, step_angstrom)
    return occlusion_map(*ask, first=first, is_going_on=is_going_on), after


def wake(progress: Progress) -> None:
    """Nothing: whoever asks for it has a process that is ready."""


def measure(
    progress: Progress, spectrum: Spectrum, ends_angstrom: tuple[float, float], profile: Profile, line: Line | None
) -> MeasuredLine:
    """One line between two rest wavelengths, as it is kept."""
    return MeasuredLine.of(measure_line(spectrum, *ends_angstrom, profile, line), spectrum.exposure)


def device(progress: Progress) -> str:
    """Where the networks run; imports torch, so that the first star need not wait for it."""
    from stellarview.inference.device import choose_device

    return str(choose_device("auto"))


def model_named(name: str) -> Ensemble:
    """A model, verified and loaded once. A name proves nothing: it may be another model's by now."""
    folder = find_model(name)
    return _loaded(str(folder), model_stamp(folder))


@lru_cache(maxsize=_MOST_MODELS)
def _loaded(folder: str, stamp: tuple[int, ...]) -> Ensemble:
    return load_model(folder)


def the_star(entry: StarEntry) -> Spectrum:
    """The one spectrum that an entry means, with the user's velocity if there is one."""
    spectrum = the_exposure(_spectra_of(entry), entry.exposure or None)
    return spectrum if entry.user_km_s is None else at_velocity(spectrum, entry.user_km_s)


def _spectra_of(entry: StarEntry) -> Sequence[Spectrum]:
    if entry.row < 0:
        return read_spectra(entry.path)
    with open_spectrum_set(Path(entry.path)) as spectrum_set:
        spectrum_set.refuse_prepared()
        return [spectrum_set[entry.row]]


def _read(entry: StarEntry) -> Known:
    try:
        return known_of(entry, Inspection(the_star(entry)), "read")
    except StellarViewError as error:
        return _failed(entry, error)


def _failed(entry: StarEntry, error: StellarViewError) -> Known:
    row = failed_row(entry.path, error) | {"name": Path(entry.path).name}
    return Known(entry.key, "failed", row, error=error)
