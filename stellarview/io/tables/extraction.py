"""From the columns of a table to keys, labels, uncertainties and velocities, in our units, NaN for the unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from stellarview.domain.arrays import FloatArray, read_only
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S
from stellarview.io.names import file_key
from stellarview.io.tables.columns import Guess, guess_keys, guess_sigma
from stellarview.io.tables.formats import RawTable, TableDamage
from stellarview.io.tables.values import as_kelvin, as_numbers, as_obsids, as_sigmas, kelvin_sigmas

KeyKind = Literal["obsid", "file"]

_SIGMA = "_sigma"
_SCALES_TO_KM_S = {"rv": 1.0, "redshift": SPEED_OF_LIGHT_KM_S}
_MOST_NAMES_TOLD = 60


@dataclass
class Extract:
    """What the chosen columns say."""

    labels: dict[str, FloatArray] = field(default_factory=dict)
    sigmas: dict[str, FloatArray] = field(default_factory=dict)
    velocity_km_s: FloatArray | None = None
    velocity_sigma_km_s: FloatArray | None = None
    notes: list[str] = field(default_factory=list)


def choose(table: RawTable, guesses: Mapping[str, tuple[Guess, ...]], overrides: Mapping[str, str]) -> dict[str, str]:
    """Quantity -> column: what the caller says, else the best guess; uncertainties go with their quantity."""
    for column in overrides.values():
        _check_column(table, column)
    quantities = {key: found[0].column for key, found in guesses.items()}
    quantities |= {key: column for key, column in overrides.items() if not key.endswith(_SIGMA)}
    quantities = {key: column for key, column in quantities.items() if column}
    if "rv" in quantities and "redshift" not in overrides:
        quantities.pop("redshift", None)
    if not quantities:
        raise TableDamage(f"has no column that looks like a stellar label: {_listed(table)}")
    sigmas = {
        key + _SIGMA: overrides.get(key + _SIGMA, guess_sigma(table.names, column, key))
        for key, column in quantities.items()
    }
    return quantities | {key: column for key, column in sigmas.items() if column}


def _check_column(table: RawTable, column: str) -> None:
    if column and column not in table.names:
        raise TableDamage(f"has no column {column!r}: {_listed(table)}")


def _listed(table: RawTable) -> str:
    more = ", ..." if len(table.names) > _MOST_NAMES_TOLD else ""
    return f"its columns are {', '.join(name[:40] for name in table.names[:_MOST_NAMES_TOLD]) or 'none'}{more}"


def keys_of(table: RawTable, key_column: str | None) -> tuple[KeyKind, str, tuple[int | str, ...]]:
    """What kind of key the table has, in which column, and the key of each row."""
    if key_column:
        _check_column(table, key_column)
    candidates = [("obsid", key_column), ("file", key_column)] if key_column else guess_keys(table.names)
    for kind, column in candidates:
        cells = table.read([column])[column]
        if cells.size == 0:
            raise TableDamage("has no rows")
        if kind == "file":
            return "file", column, tuple(file_key(str(cell)) for cell in cells.tolist())
        obsids = as_obsids(cells)
        if obsids is not None:
            return "obsid", column, obsids
    raise TableDamage(f"has no column that tells which star a row belongs to (obsid or file): {_listed(table)}")


def extract(table: RawTable, chosen: Mapping[str, str]) -> Extract:
    """Read the chosen columns and bring them to our units."""
    cells = table.read(list(dict.fromkeys(chosen.values())))
    result = Extract()
    for key, column in chosen.items():
        if key.endswith(_SIGMA):
            continue
        numbers, sigma = as_numbers(cells[column], column), None
        if (sigma_column := chosen.get(key + _SIGMA)) is not None:
            sigma = as_sigmas(cells[sigma_column], sigma_column)
        if key == "teff":
            numbers, sigma = _temperatures(table, chosen, numbers, sigma, result.notes)
        if key in _SCALES_TO_KM_S:
            _keep_velocity(result, key, numbers, sigma)
        else:
            result.labels[key] = read_only(numbers, np.float64)
            if sigma is not None:
                result.sigmas[key] = read_only(sigma, np.float64)
    return result


def _temperatures(
    table: RawTable, chosen: Mapping[str, str], numbers: FloatArray, sigma: FloatArray | None, notes: list[str]
) -> tuple[FloatArray, FloatArray | None]:
    column, sigma_column = chosen["teff"], chosen.get("teff" + _SIGMA, "")
    kelvin, was_logarithm = as_kelvin(numbers, column, table.units.get(column, ""))
    if was_logarithm:
        notes.append(f"Teff: the column {column!r} holds logarithms, converted to K")
    if sigma is not None:
        sigma = kelvin_sigmas(sigma, kelvin, sigma_column, table.units.get(sigma_column, ""))
    return kelvin, sigma


def _keep_velocity(result: Extract, key: str, numbers: FloatArray, sigma: FloatArray | None) -> None:
    """Velocities in km/s; a column of velocities goes before one of redshifts."""
    if result.velocity_km_s is None:
        scale = _SCALES_TO_KM_S[key]
        result.velocity_km_s = read_only(scale * numbers, np.float64)
        result.velocity_sigma_km_s = None if sigma is None else read_only(scale * sigma, np.float64)
