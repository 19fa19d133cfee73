"""One star after all models that are usual for it: what they tell, why, and where it stands among the isochrones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from stellarview.domain.errors import StellarViewError
from stellarview.domain.explained import Explained
from stellarview.domain.inspection import Inspection
from stellarview.domain.label_pdf import PLACED_LABELS, predicted_labels
from stellarview.domain.labels import LABELS
from stellarview.domain.model_card import ModelCard
from stellarview.domain.placement import Placement
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.inspection.tasks import models_for
from stellarview.physics import explain_by_physics, tells_bounds
from stellarview.preparation import with_velocity
from stellarview.recipes import recipe_from_json
from stellarview.workflow import explain, place, predict

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble


PHYSICS = "physics"
_SAMPLES = 1000


def _never() -> bool:
    return False


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


def ranges_of(card: ModelCard) -> dict[str, tuple[float, float]]:
    """What a model was trained on, by label."""
    return {scale.key: (scale.low, scale.high) for scale in card.labels}


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
    ranges = ranges_of(model.card) | dict(known.ranges)
    return replace(known, predictions={**known.predictions, name: told}, ranges=ranges)


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
