"""What each column of a label table means, as words to choose from: the guess, and its correction by the user."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stellarview.domain.labels import LABELS, label_named
from stellarview.training.label_columns import TEMPERATURE_UNITS, LabelColumn, LabelColumns, MatchBy, TableGuess

# A meaning is a word of these, or `label:teff`, or `sigma:teff`.
IGNORED = ""
_KEYS: dict[str, MatchBy] = {"obsid": "obsid", "file": "file", "name": "name"}
_PLACES: dict[str, str] = {"ra": "ra_column", "dec": "dec_column", "velocity": "velocity_column"}
WORDS = {
    IGNORED: "ignored",
    "obsid": "observation number",
    "file": "file name",
    "name": "name of the star",
    "ra": "RA, degrees",
    "dec": "Dec, degrees",
    "velocity": "radial velocity, km/s",
}
_MATCHED_BY: dict[MatchBy, str] = {
    "obsid": "observation number",
    "file": "file name",
    "name": "name of the star",
    "position": "position in the sky",
}


def meaning_of(column: str, columns: LabelColumns) -> str:
    """What this column means now."""
    for label in columns.labels:
        if column == label.column:
            return f"label:{label.key}"
        if column == label.sigma_column:
            return f"sigma:{label.key}"
    if column == columns.key_column and columns.match_by != "position":
        return columns.match_by
    return next((word for word, field in _PLACES.items() if getattr(columns, field) == column), IGNORED)


def with_meaning(columns: LabelColumns, column: str, meaning: str) -> LabelColumns:
    """The same, but for this column; what meant so before is ignored from now on."""
    kind, _, key = meaning.partition(":")
    sigma = next((one.sigma_column for one in columns.labels if one.key == key), "")
    columns = _without(columns, column)
    if kind == "label":
        sigma = "" if sigma == column else sigma
        return columns.with_label(LabelColumn(key, column, sigma, units_of(key)[0]))
    if kind == "sigma":
        return replace(columns, labels=tuple(_with_sigma(one, key, column) for one in columns.labels))
    if kind in _KEYS:
        return replace(columns, match_by=_KEYS[kind], key_column=column)
    return _with_fields(columns, {_PLACES[kind]: column}) if kind in _PLACES else columns


def with_unit(columns: LabelColumns, column: str, unit: str) -> LabelColumns:
    """This label is given in another unit."""
    labels = tuple(replace(one, unit=unit) if one.column == column else one for one in columns.labels)
    return replace(columns, labels=labels)


def matched_by(columns: LabelColumns, way: tuple[MatchBy, str]) -> LabelColumns:
    """Another way to tell the star."""
    return replace(columns, match_by=way[0], key_column=way[1])


def ways_of(guess: TableGuess, columns: LabelColumns) -> dict[tuple[MatchBy, str], str]:
    """All ways to tell the star, with their words; that of the user is among them."""
    ways = dict.fromkeys((*guess.ways, (columns.match_by, columns.key_column)))
    place = ", ".join(filter(None, (columns.ra_column, columns.dec_column)))
    return {way: f"{_MATCHED_BY[way[0]]} ({way[1] or place})" for way in ways}


def choices_for(column: str, guess: TableGuess, columns: LabelColumns) -> Mapping[str, str]:
    """The meanings that this column may have, with their words; only numbers can be labels."""
    keys = {word: WORDS[word] for word in (IGNORED, *_KEYS)}
    if column not in guess.numeric_names:
        return keys
    new = f"label:{new_key(column)}"
    labels = {f"label:{key}": label.text for key, label in LABELS.items()}
    named = {} if new in labels else {new: f"new label “{new_key(column)}”"}
    sigmas = {f"sigma:{one.key}": f"σ of {label_named(one.key).text}" for one in columns.labels if one.column != column}
    return keys | labels | named | sigmas | {word: WORDS[word] for word in _PLACES}


def units_of(key: str) -> tuple[str, ...]:
    """What a label may be given in, the usual first."""
    return TEMPERATURE_UNITS if key == "teff" else (label_named(key).unit,)


def new_key(column: str) -> str:
    """What an output of this column is called."""
    return re.sub(r"[^a-z0-9]+", "_", column.casefold()).strip("_") or "label"


def _with_sigma(label: LabelColumn, key: str, column: str) -> LabelColumn:
    return replace(label, sigma_column=column) if label.key == key else label


def _without(columns: LabelColumns, column: str) -> LabelColumns:
    kept = tuple(one for one in columns.labels if one.column != column)
    labels = tuple(replace(one, sigma_column="") if one.sigma_column == column else one for one in kept)
    gone = {field: "" for field in _PLACES.values() if getattr(columns, field) == column}
    return _with_fields(replace(columns, labels=labels), gone)


def _with_fields(columns: LabelColumns, fields: Mapping[str, Any]) -> LabelColumns:
    return replace(columns, **fields)
