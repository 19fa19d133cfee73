"""Predictions for the eye: a block a spectrum, values with their sigma and unit in columns that stand still."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from stellarview.domain.labels import label_named
from stellarview.domain.model_card import ModelCard
from stellarview.domain.prediction import Prediction
from stellarview.domain.results import Result, mixtures
from stellarview.domain.rounding import decimals_of
from stellarview.domain.spectrum import RadialVelocity
from stellarview.domain.subtype import subtype_text

_WIDTH = 120
_CELLS_A_LINE = 4


def legend(card: ModelCard) -> str:
    """What all blocks have in common."""
    members = f"{card.members} members" if card.members > 1 else "one member"
    parts = "noise and disagreement of members together"
    if any(label.misfit for label in card.labels):
        parts = "noise, disagreement of members and misfit of synthetic spectra together"
    return f"{card.name}: {card.architecture}, {members}. +- is one sigma, {parts}."


def prediction_text(result: Result) -> str:
    """The block of one spectrum."""
    facts = [f"obsid {result.obsid}" if result.obsid is not None else "", _velocity_text(result.velocity)]
    lines = [result.file]
    if result.prediction is not None:
        novelty = result.prediction.novelty
        facts.append(f"novelty {novelty.percentile:.1f} %" if novelty else "")
    if any(facts):
        lines.append("  " + "   ".join(filter(None, facts)))
    if result.prediction is not None:
        lines += _in_lines(list(_cells(result.prediction)))
        lines += _wrapped("flags", "; ".join(result.prediction.flags))
    if result.error is not None:
        lines += _wrapped("failed", " ".join(result.error.as_dict().values()))
    return "\n".join(lines)


def _cells(prediction: Prediction) -> Iterator[str]:
    for key, mixture in mixtures(prediction).items():
        if key == "subtype":
            yield f"{'MK':<7} {subtype_text(mixture.mean, mixture.sigma)}"
        else:
            label = label_named(key)
            yield _cell(label.text, mixture.mean, mixture.sigma, label.unit)
    if prediction.best_class is not None:
        yield f"{'class':<7} {prediction.best_class.name}"
    for entry in prediction.classes:
        yield _cell(entry.name, 100 * entry.probability, 100 * entry.scatter, "%")


def _cell(name: str, value: float, sigma: float, unit: str) -> str:
    decimals = decimals_of(sigma)
    return f"{name:<7} {value:>6.{decimals}f} +- {sigma:<.{decimals}f} {unit}".rstrip()


def _in_lines(cells: list[str]) -> list[str]:
    width = (_WIDTH - 2) // _CELLS_A_LINE
    rows = [cells[start : start + _CELLS_A_LINE] for start in range(0, len(cells), _CELLS_A_LINE)]
    return ["  " + "".join(f"{cell:<{width}}" for cell in row).rstrip() for row in rows]


def _velocity_text(velocity: RadialVelocity | None) -> str:
    if velocity is None:
        return ""
    sigma = "" if velocity.sigma_km_s is None else f" +- {velocity.sigma_km_s:.1f}"
    return f"RV {velocity.value_km_s:+.1f}{sigma} km/s ({velocity.source})"


def _wrapped(name: str, text: str) -> list[str]:
    indent = f"  {name:<7} "
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent)) if text else []
