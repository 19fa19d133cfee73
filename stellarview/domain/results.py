"""A run's rows: one result a spectrum, and the columns that a model's results have, whatever became of a row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from stellarview.domain.errors import StellarViewError
from stellarview.domain.labels import Label, label_named, relative_to_iron
from stellarview.domain.prediction import Mixture, Prediction, difference
from stellarview.domain.spectrum import RadialVelocity
from stellarview.domain.subtype import subtype_text

if TYPE_CHECKING:
    from stellarview.domain.model_card import ModelCard

Kind = Literal["text", "number", "whole"]


@dataclass(frozen=True)
class Column:
    """One column of a table of results; `unit` as the Virtual Observatory writes it, '' for none."""

    name: str
    kind: Kind
    description: str
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Result:
    """What a model says of one spectrum, or why it says nothing; `file` names the row of a set too: `night.h5#17`."""

    file: str
    model: str
    obsid: int | None = None
    velocity: RadialVelocity | None = None
    prediction: Prediction | None = None
    error: StellarViewError | None = None


_BEFORE = (
    Column("file", "text", "the file; in a spectrum set with #row, counted from 0"),
    Column("obsid", "whole", "LAMOST's number of the observation"),
    Column("model", "text", "name of the model"),
    Column("rv", "number", "radial velocity that was used", "km/s"),
    Column("rv_sigma", "number", "one standard deviation of rv", "km/s"),
    Column("rv_source", "text", "who gave rv: user, catalogue, header or cross-correlation"),
)
_AFTER = (
    Column("novelty", "number", "percentile among the training spectra, 0 to 100"),
    Column("flags", "text", "what to know before believing this row"),
    Column("error", "text", "why there is no prediction"),
)


def result_columns(card: ModelCard, *, has_bounds: bool = False) -> tuple[Column, ...]:
    """The columns of a model's results, in order: the same for every row; with the bounds of labels where asked for."""
    keys = [label.key for label in card.labels]
    labels = [*map(label_named, keys), *relative_to_iron(keys).values()]
    mk = (Column("mk", "text", "MK subtype with sigma in tenths of a spectral class"),) if "subtype" in keys else ()
    has_misfit = any(label.misfit for label in card.labels)
    parts = (
        column for label in labels for column in _label_columns(label, has_bounds=has_bounds, has_misfit=has_misfit)
    )
    return (*_BEFORE, *parts, *mk, *_classes(card), *_AFTER)


def result_row(result: Result, columns: tuple[Column, ...]) -> dict[str, Any]:
    """One value a column; None for what is not known."""
    facts: dict[str, Any] = {"file": result.file, "obsid": result.obsid, "model": result.model}
    if result.velocity is not None:
        velocity = result.velocity
        facts |= {"rv": velocity.value_km_s, "rv_sigma": velocity.sigma_km_s, "rv_source": velocity.source}
    if result.prediction is not None:
        facts |= _prediction_facts(result.prediction)
    if result.error is not None:
        facts["error"] = result.error.as_dict()
    return {column.name: known(facts.get(column.name)) for column in columns}


def mixtures(prediction: Prediction) -> dict[str, Mixture]:
    """Key -> mixture of every label, and of the [X/Fe] that follow from them member by member."""
    labels = prediction.labels
    ratios = relative_to_iron(tuple(labels))
    return labels | {ratio.key: difference(labels[key], labels["feh"]) for key, ratio in ratios.items()}


def _prediction_facts(prediction: Prediction) -> dict[str, Any]:
    facts: dict[str, Any] = {"flags": list(prediction.flags)}
    for key, mixture in mixtures(prediction).items():
        facts |= {
            key: mixture.mean,
            f"{key}_sigma": mixture.sigma,
            f"{key}_aleatoric": mixture.aleatoric,
            f"{key}_epistemic": mixture.epistemic,
            f"{key}_misfit": mixture.misfit,
            f"{key}_bound": (prediction.bounds or {}).get(key),
        }
    if "subtype" in prediction.labels:
        facts["mk"] = subtype_text(facts["subtype"], facts["subtype_sigma"])
    if prediction.best_class is not None:
        facts["class"] = prediction.best_class.name
    for entry in prediction.classes:
        facts |= {f"p_{entry.name.lower()}": entry.probability, f"p_{entry.name.lower()}_scatter": entry.scatter}
    if prediction.novelty is not None:
        facts["novelty"] = prediction.novelty.percentile
    return facts


def _label_columns(label: Label, *, has_bounds: bool, has_misfit: bool) -> tuple[Column, ...]:
    parts = {
        "": label.meaning,
        "_sigma": f"one standard deviation of {label.text}, all parts together",
        "_aleatoric": f"part of {label.key}_sigma that the noise makes",
        "_epistemic": f"part of {label.key}_sigma in which the members disagree",
    }
    if has_misfit:
        parts["_misfit"] = (
            f"part of {label.key}_sigma by which the synthetic spectra that were learned from are off the sky"
        )
    if has_bounds:
        parts["_bound"] = f"smallest sigma of {label.text} that any method could have (Cramer-Rao), all labels unknown"
    return tuple(Column(f"{label.key}{part}", "number", words, label.unit) for part, words in parts.items())


def _classes(card: ModelCard) -> tuple[Column, ...]:
    if not card.classes:
        return ()
    names = {name: f"p_{name.lower()}" for name in card.classes}
    return (
        Column("class", "text", "the most probable class"),
        *(Column(key, "number", f"probability of {name}, mean of the members") for name, key in names.items()),
        *(Column(f"{key}_scatter", "number", f"scatter of the members' {key}") for key in names.values()),
    )


def known(value: Any) -> Any:
    """Infinities and NaN are no facts, and no JSON; networks compute in single precision, which ends at 8 digits."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.8g}") if math.isfinite(value) else None
