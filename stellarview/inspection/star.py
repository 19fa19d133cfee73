"""One star after all models that are usual for it: what they tell, why, and where it stands among the isochrones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stellarview.domain.errors import StellarViewError
from stellarview.domain.explained import Explained, PhysicsExplained
from stellarview.domain.label_pdf import PLACED_LABELS, predicted_labels
from stellarview.domain.labels import LABELS, label_named
from stellarview.domain.placement import Placement
from stellarview.domain.prediction import Novelty, Prediction
from stellarview.domain.spectrum import Instrument, Spectrum
from stellarview.physics import PRIOR_DOMINATED, explain_by_physics, tells_bounds
from stellarview.preparation import with_velocity
from stellarview.recipes import recipe_from_json
from stellarview.workflow import explain, place, predict

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble


@dataclass(frozen=True)
class Task:
    """What a model is wanted for; `model` is the one that serves where the user names none."""

    instrument: Instrument
    words: str
    model: str


TASKS: dict[str, Task] = {
    "LRS:labels": Task("LRS", "Teff, log g and [Fe/H]", "lrs-stellar"),
    "LRS:class": Task("LRS", "star, galaxy or quasar", "lrs-class"),
    "LRS:subtype": Task("LRS", "MK subtype", "lrs-subtype"),
    "MRS:labels": Task("MRS", "Teff, log g and abundances", "mrs-abundances"),
}
PHYSICS = "physics"
_SAMPLES = 1000


def _never() -> bool:
    return False


@dataclass(frozen=True, eq=False)
class Inspection:
    """What is known of one star by now. `predictions` are by model, as it was asked for; what one could not do is in
    `refusals`.

    `ranges` are what the models were trained on, by label. Among the refusals a label stands for itself where no model
    tells it, and `physics` for what physics could not say.
    """

    spectrum: Spectrum
    exposures: tuple[str, ...] = ("coadd",)
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    refusals: Mapping[str, StellarViewError] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    explained: Explained | None = None
    physics: PhysicsExplained | None = None
    placement: Placement | None = None

    def telling(self, key: str) -> Prediction | None:
        """What tells this label: the answer of the first model that has it."""
        return next((one for one in self.predictions.values() if key in one.labels), None)

    @property
    def classified(self) -> Prediction | None:
        """The answer of the model that tells classes."""
        return next((one for one in self.predictions.values() if one.classes), None)

    @property
    def placeable(self) -> Prediction | None:
        """The answer that tells Teff, log g and [Fe/H], all three."""
        return next((one for one in self.predictions.values() if set(PLACED_LABELS) <= one.labels.keys()), None)

    @property
    def flags(self) -> tuple[str, ...]:
        """What to know before believing it: each once, with its model where the others are silent."""
        told: dict[str, list[str]] = {}
        for one in self.predictions.values():
            for flag in one.flags:
                told.setdefault(flag, []).append(one.model)
        whole = len(self.predictions)
        return tuple(flag if len(by) == whole else f"{flag} ({', '.join(by)})" for flag, by in told.items())

    @property
    def novelty(self) -> Novelty | None:
        """How new the spectrum is to the model that tells the labels, or else to the first that can say."""
        models = [self.placeable, *self.predictions.values()]
        return next((one.novelty for one in models if one is not None and one.novelty is not None), None)


def models_for(instrument: Instrument, chosen: Mapping[str, str]) -> dict[str, str]:
    """Task -> the name of its model: the user's choice, or the usual one."""
    return {key: chosen.get(key) or task.model for key, task in TASKS.items() if task.instrument == instrument}


def inspect_star(
    spectrum: Spectrum,
    load_model: Callable[[str], Ensemble],
    *,
    chosen: Mapping[str, str] | None = None,
    label: str | None = None,
    user_km_s: float | None = None,
    has_bounds: bool = True,
    has_physics: bool = False,
    has_placement: bool = True,
    cancelled: Callable[[], bool] = _never,
) -> Inspection:
    """All of it, step by step; what one model cannot do is a refusal. Cancelled, it is what was known by then."""
    inspection = Inspection(at_velocity(spectrum, user_km_s))
    ensembles: list[Ensemble] = []
    for name in dict.fromkeys(models_for(spectrum.instrument, chosen or {}).values()):
        if cancelled():
            return inspection
        inspection = _with_prediction(inspection, name, load_model, ensembles, has_bounds=has_bounds)
    for step in _steps(label, ensembles, has_physics=has_physics, has_placement=has_placement):
        if cancelled():
            return inspection
        inspection = step(inspection)
    return inspection


def at_velocity(spectrum: Spectrum, user_km_s: float | None = None) -> Spectrum:
    """The spectrum with the velocity that all models share: found once, and not again by each of them."""
    return spectrum if spectrum.frame == "rest" and user_km_s is None else with_velocity(spectrum, user_km_s)


def predict_star(spectrum: Spectrum, model: Ensemble, *, has_bounds: bool = True) -> Prediction:
    """What a model says of one spectrum; a StellarViewError where it can say nothing."""
    velocity = spectrum.velocity
    if velocity is not None and not velocity.is_reliable and not recipe_from_json(model.card.recipe).needs_velocity:
        spectrum = replace(spectrum, velocity=None)  # not needed, so nobody is to be warned of it
    (told,) = predict([spectrum], model, has_bounds=has_bounds)
    if isinstance(told, StellarViewError):
        raise told
    return told


def explain_star(spectrum: Spectrum, model: Ensemble, label: str) -> Explained:
    """Saliency with the members' scatter, its lines, and the map that the flux is coloured by."""
    return explain(spectrum, model, label, "saliency", colour_by=colour_method(model))


def colour_method(model: Ensemble) -> str:
    """The map of a network's own layer: CAM where averages are global, HiResCAM where the card names a layer."""
    from stellarview.inference.explain import explainers_for

    if "cam" in explainers_for(model):
        return "cam"
    return "hires-cam" if model.card.explained_layer else "integrated-gradients"


def place_star(prediction: Prediction, samples: int = _SAMPLES) -> Placement | None:
    """The star among the isochrones; None where Teff, log g and [Fe/H] are not all told.

    Samples of the posterior let it be drawn over luminosity.
    """
    if not set(PLACED_LABELS) <= prediction.labels.keys():
        return None
    (placement,) = place([predicted_labels(prediction.labels, prediction.model)], samples=samples)
    return placement


def _with_prediction(
    known: Inspection, name: str, load_model: Callable[[str], Ensemble], ensembles: list[Ensemble], *, has_bounds: bool
) -> Inspection:
    try:
        model = load_model(name)
        told = predict_star(known.spectrum, model, has_bounds=has_bounds)
    except StellarViewError as error:
        return replace(known, refusals={**known.refusals, name: error})
    ensembles.append(model)
    ranges = {scale.key: (scale.low, scale.high) for scale in model.card.labels}
    return replace(known, predictions={**known.predictions, name: told}, ranges=ranges | dict(known.ranges))


def _steps(
    label: str | None, ensembles: list[Ensemble], *, has_physics: bool, has_placement: bool
) -> Iterator[Callable[[Inspection], Inspection]]:
    """What comes after the predictions, the quick first."""
    if has_placement:
        yield _with_placement
    if label is None:
        return
    model = next((one for one in ensembles if label in one.card.outputs), None)
    yield lambda known: _with_explanation(known, model, label)
    if has_physics and model is not None and label in LABELS and tells_bounds(model.card):
        yield lambda known: _with_physics(known, model, label)


def _with_placement(known: Inspection) -> Inspection:
    told = known.placeable
    return known if told is None else replace(known, placement=place_star(told))


def _with_explanation(known: Inspection, model: Ensemble | None, label: str) -> Inspection:
    if model is None:
        what, why = f"Nothing explains {label!r}.", "No model that looked at this star tells it."
        error = StellarViewError(what, why, "Choose another label, or a model that tells it.")
        return replace(known, refusals={**known.refusals, label: error})
    try:
        return replace(known, explained=explain_star(known.spectrum, model, label))
    except StellarViewError as error:
        return replace(known, refusals={**known.refusals, model.card.name: error})


def _with_physics(known: Inspection, model: Ensemble, label: str) -> Inspection:
    try:
        (explained,) = explain_by_physics(known.spectrum, model, [label])
    except StellarViewError as error:
        return replace(known, refusals={**known.refusals, PHYSICS: error})
    return replace(known, physics=explained)


def flags_about(prediction: Prediction, key: str) -> tuple[str, ...]:
    """The flags that speak of this label and of no other, without its name."""
    text = label_named(key).text
    element = text.strip("[]").split("/")[0]
    about = []
    for flag in prediction.flags:
        kind, _, of_what = flag.partition(": ")
        if kind == PRIOR_DOMINATED and element in of_what.split(", "):
            about.append(kind)
        elif of_what.startswith(f"{text} "):
            about.append(f"{kind}: {of_what.removeprefix(f'{text} ')}")
    return tuple(about)
