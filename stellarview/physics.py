"""What physics says beside a network: how well a star can tell a label at all, and which pixels should tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from stellarview.domain.agreement import agreement
from stellarview.domain.arrays import FloatArray
from stellarview.domain.attribution import Attribution, LineShare, rank_lines
from stellarview.domain.errors import StellarViewError
from stellarview.domain.explained import Bounded, PhysicsExplained, Reading
from stellarview.domain.flags import PRIOR_DOMINATED
from stellarview.domain.labels import LABELS, label_named
from stellarview.domain.model_card import ModelCard
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.io.emulators import find_emulator
from stellarview.io.line_list import read_lines
from stellarview.preparation import prepare_each, with_velocity
from stellarview.recipes import recipe_from_json
from stellarview.recipes.recipe import Recipe
from stellarview.synthesis.emulator import EMULATOR_NAME, Emulator, load_emulator
from stellarview.synthesis.explanation import best_reading, own_reading
from stellarview.synthesis.information import Information, Sensitivity, sensitivity
from stellarview.synthesis.labels import EMULATOR_LABELS
from stellarview.synthesis.spreads import POPULATION_SIGMA
from stellarview.synthesis.star_bounds import (
    bounds_of,
    information_of,
    judged_by,
    labels_told,
    prior_dominated,
    star_bounds,
)
from stellarview.synthesis.view import StarView, noise_recipe, view_of

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble

_LEAST_LABELS = {"teff", "logg"}


def tells_bounds(card: ModelCard) -> bool:
    """True for models whose labels the emulator can take, where it is installed."""
    if not _is_within_reach(card):
        return False
    try:
        find_emulator(EMULATOR_NAME)
    except StellarViewError:
        return False
    return True


def _is_within_reach(card: ModelCard) -> bool:
    """Of medium-resolution spectra, and with the labels that make a star."""
    return card.instrument == "MRS" and _LEAST_LABELS.issubset(label.key for label in card.labels)


@lru_cache(maxsize=1)
def the_emulator() -> Emulator:
    """The emulator that travels with the program, read once."""
    return load_emulator()


def with_bounds(
    predictions: Sequence[Prediction], observed: Sequence[Spectrum], whole: Recipe, left: Recipe
) -> list[Prediction]:
    """The predictions with the bounds of their labels, at each spectrum's own noise, and a flag where these are poor.

    `observed` are the spectra before what is `left` of the model's `whole` recipe.
    """
    recipe = noise_recipe(whole, left)
    if recipe is None:
        return list(predictions)
    views = [view_of(one, whole) if isinstance(one, Spectrum) else None for one in prepare_each(list(observed), recipe)]
    return [_bounded(told, view) for told, view in zip(predictions, views, strict=True)]


def _bounded(told: Prediction, view: StarView | None) -> Prediction:
    from stellarview.inference.predict import WRONG_INSTRUMENT

    if view is None or any(flag.startswith(WRONG_INSTRUMENT) for flag in told.flags):
        return told
    bounds = star_bounds(the_emulator(), _means(told), view)
    if bounds is None:
        return told
    poor = [
        label_named(key).text.removeprefix("[").removesuffix("/H]")
        for key in told.labels
        if prior_dominated(bounds, key)
    ]
    flags = (*told.flags, f"{PRIOR_DOMINATED}: {', '.join(poor)}") if poor else told.flags
    return replace(told, bounds=bounds, flags=flags)


def _means(told: Prediction) -> Mapping[str, float]:
    return {key: mixture.mean for key, mixture in told.labels.items()}


@dataclass(frozen=True, eq=False)
class _Star:
    """A star as both sides see it: prepared for the network, and for physics with derivatives at what was told."""

    prepared: Spectrum
    normalised: Spectrum
    view: StarView
    teff_k: float
    seen: Sensitivity
    told: Information
    note: str


def explain_by_physics(
    spectrum: Spectrum, model: Ensemble, outputs: Sequence[str], user_km_s: float | None = None
) -> list[PhysicsExplained]:
    """For each label the network's saliency, what physics says of the same pixels, and how far they agree.

    Physics looks at the star that the model tells, or at the nearest one that the emulator knows.
    """
    _check(model.card, outputs)
    recipe = recipe_from_json(model.card.recipe)
    star = _star(with_velocity(spectrum, user_km_s), model, recipe)
    bounds = bounds_of(star.told)
    return [_explained(star, model, recipe, output, bounds) for output in outputs]


def _check(card: ModelCard, outputs: Sequence[str]) -> None:
    """An error where physics has nothing to say."""
    if not _is_within_reach(card):
        raise StellarViewError(
            f"Physics cannot explain the model {card.name}.",
            "The emulator knows LAMOST's medium-resolution spectra (MRS) alone, and needs Teff and log g of a model.",
            "Choose such a model, or another --method.",
        )
    for output in outputs:
        if output not in card.outputs or output not in LABELS:
            known = [key for key in card.outputs if key in LABELS]
            raise StellarViewError(
                f"Physics cannot explain {output!r}.",
                f"Of the labels of {card.name} the emulator knows {', '.join(known)}.",
                "Ask for one of these, or for `all`.",
            )


def _star(observed: Spectrum, model: Ensemble, recipe: Recipe) -> _Star:
    from stellarview.inference.predict import predict_prepared

    noise = noise_recipe(recipe, recipe)
    assert noise is not None  # nothing of it was done before
    prepared, normalised = _prepared(observed, recipe), _prepared(observed, noise)
    (told,) = predict_prepared(model, [prepared], [observed])
    asked, view = labels_told(_means(told)), view_of(normalised, recipe)
    if asked is None or view is None:
        raise StellarViewError(
            f"Physics cannot look at {observed.source.file_name}.",
            "Its radial velocity is not reliable, or what the model tells of it is no star.",
            "Give a velocity with --rv.",
        )
    emulator = the_emulator()
    labels = emulator.within_range(asked)
    seen = sensitivity(emulator, labels, view.resolution, wavelength_angstrom_M=view.wavelength_angstrom_M)
    note = "; ".join((*_moved(asked, labels), *emulator.flags(labels)))
    return _Star(prepared, normalised, view, float(asked[0]), seen, information_of(seen, view), note)


def _prepared(observed: Spectrum, recipe: Recipe) -> Spectrum:
    (one,) = prepare_each([observed], recipe)
    if isinstance(one, StellarViewError):
        raise one
    return one


def _moved(asked: FloatArray, labels: FloatArray) -> list[str]:
    """What the model told beyond the emulator's range, and where physics looked instead."""
    return [
        f"the model's {key} of {told:.4g} is beyond the emulator: physics looks at {taken:.4g}"
        for key, told, taken in zip(EMULATOR_LABELS, asked, labels, strict=True)
        if told != taken
    ]


def _explained(
    star: _Star, model: Ensemble, recipe: Recipe, output: str, bounds: Mapping[str, float]
) -> PhysicsExplained:
    from stellarview.inference.explain import explain
    from stellarview.inference.questions import question_about

    network = explain(model, question_about(star.prepared, recipe, output), "saliency")
    good = star.view.is_good_M
    best = _reading(best_reading(star.told, star.seen, output, good, star.note), network, star)
    own = _reading(own_reading(star.told, star.seen, output, good), network, star)
    judge = judged_by(output)
    bounded = Bounded(bounds[output], judge, bounds[judge], POPULATION_SIGMA[judge])
    return PhysicsExplained(star.normalised, network, _lines(network, star), best, own, bounded, model.card.name)


def _reading(attribution: Attribution, network: Attribution, star: _Star) -> Reading:
    """With the correlation of the members' mean, and the scatter of the members' own correlations."""
    good = network.is_good_L & attribution.is_good_L
    rows = [network.values_L, *([] if network.members_ML is None else network.members_ML)]
    x, resolution = attribution.wavelength_angstrom_L, star.view.resolution
    found = [agreement(row, attribution.values_L, x, good, resolution) for row in rows]
    members = [one for one in found[1:] if one is not None]
    scatter = float(np.std(members)) if len(members) > 1 else None
    return Reading(attribution, _lines(attribution, star), found[0], scatter)


def _lines(attribution: Attribution, star: _Star) -> tuple[LineShare, ...]:
    return tuple(rank_lines(attribution, read_lines(), star.view.resolution, star.teff_k))
