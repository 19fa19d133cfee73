"""All results of many stars as one table: what the list of stars shows, and every label and class with its sigma."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from stellarview.domain.labels import label_named
from stellarview.domain.prediction import Prediction
from stellarview.domain.results import Column, known, mixtures
from stellarview.inspection.summary import summary_columns

_AFTER = (
    Column("models", "text", "the models that told it"),
    Column("note", "text", "what the user wrote"),
)


ResultsTable = tuple[list[dict[str, Any]], tuple[Column, ...]]


@dataclass(frozen=True, eq=False)
class Told:
    """One star: its row in the list, and what each model said."""

    row: Mapping[str, Any]
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    note: str = ""


def results_table(stars: Sequence[Told]) -> ResultsTable:
    """Rows and columns; of two models that tell one label the first counts, as in the list."""
    rows = [_row(star) for star in stars]
    listed = {column.name for column in summary_columns()}
    more: dict[str, Column] = {}
    kinds = {(one.model, *one.labels): one for star in stars for one in star.predictions.values()}
    for prediction in kinds.values():
        more |= {column.name: column for column in _columns(prediction) if column.name not in listed}
    return rows, (*summary_columns(), *more.values(), *_AFTER)


def _row(star: Told) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for prediction in star.predictions.values():
        facts = _facts(prediction) | facts
    models = [prediction.model for prediction in star.predictions.values()]
    told = {name: value for name, value in star.row.items() if value is not None}
    return facts | told | {"models": models or None, "note": star.note or None}


def _columns(prediction: Prediction) -> list[Column]:
    labels = [
        Column(f"{key}{part}", "number", f"{words}{label_named(key).meaning}", label_named(key).unit)
        for key in mixtures(prediction)
        for part, words in (("", ""), ("_sigma", "one standard deviation, all parts together, of the "))
    ]
    classes = [
        Column(f"p_{entry.name.lower()}{part}", "number", f"{words}{entry.name}")
        for entry in prediction.classes
        for part, words in (("", "probability of "), ("_scatter", "scatter of the members' probability of "))
    ]
    return [*labels, *classes]


def _facts(prediction: Prediction) -> dict[str, Any]:
    """Names are one and the same object in all rows: so rows by the thousand go fast from process to process."""
    facts: dict[str, Any] = {}
    for key, mixture in mixtures(prediction).items():
        facts |= {key: known(mixture.mean), intern(f"{key}_sigma"): known(mixture.sigma)}
    for entry in prediction.classes:
        name = intern(f"p_{entry.name.lower()}")
        facts |= {name: known(entry.probability), intern(f"{name}_scatter"): known(entry.scatter)}
    return facts
