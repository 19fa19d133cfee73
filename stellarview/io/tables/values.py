"""The cells of a label table as numbers: missing values, temperatures in logarithms, observation numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import FloatArray
from stellarview.io.planes import ABSENT_BELOW
from stellarview.io.tables.columns import says_logarithm
from stellarview.io.tables.formats import TableDamage

_ABSENT_WORDS = {"", "nan", "null", "none", "n/a", "na", "-", "--", "...", "inf", "-inf", "masked"}
_KELVIN_UNITS = {"", "k", "kelvin", "deg k", "degk"}
# No star is cooler than 10 K, and no logarithm of a temperature is larger.
_LARGEST_LOGARITHM = 10.0
_LARGEST_OBSID = 2**63 - 1


def as_numbers(values: NDArray[Any], column: str) -> FloatArray:
    """Numbers with NaN for what is missing; a cell that is no number ends in TableDamage."""
    with np.errstate(invalid="ignore"):  # damaged numbers may be signalling NaN
        numbers = values.astype(np.float64) if values.dtype.kind in "iuf" else _parsed(values, column)
        numbers[~np.isfinite(numbers) | (numbers <= ABSENT_BELOW)] = np.nan
    return numbers


def _parsed(texts: NDArray[Any], column: str) -> FloatArray:
    numbers = np.empty(texts.size)
    for row, text in enumerate(texts.tolist()):
        word = str(text).strip()
        try:
            numbers[row] = np.nan if word.lower() in _ABSENT_WORDS else float(word)
        except ValueError:
            raise TableDamage(
                f"has {word[:40]!r} in row {row + 1} of the column {column!r}, which is no number"
            ) from None
    return numbers


def as_sigmas(values: NDArray[Any], column: str) -> FloatArray:
    """Uncertainties: negative ones are missing."""
    numbers = as_numbers(values, column)
    return np.where(numbers >= 0, numbers, np.nan)


def as_kelvin(values: FloatArray, column: str, unit: str) -> tuple[FloatArray, bool]:
    """Temperatures in K, and whether they had to be raised from logarithms.

    Only a column that says so is converted: a wrong guess would spoil a training set without a sound.
    """
    known = values[~np.isnan(values)]
    looks_logarithmic = bool(known.size) and float(np.median(known)) < _LARGEST_LOGARITHM
    if says_logarithm(column, unit):
        if known.size and known.max() > _LARGEST_LOGARITHM:
            raise TableDamage(
                f"calls the column {column!r} a logarithm (unit {unit!r}), but it reaches {known.max():g}"
            )
        return 10.0**values, True
    if unit.strip().lower() not in _KELVIN_UNITS:
        raise TableDamage(f"gives the temperatures of the column {column!r} in {unit!r}, not in K")
    if looks_logarithmic:
        raise TableDamage(
            f"has temperatures of {np.median(known):.3g} in the column {column!r}: these look like logarithms, but "
            "neither its name (log_teff) nor its unit (dex) says so"
        )
    return values, False


def kelvin_sigmas(sigmas: FloatArray, teff: FloatArray, column: str, unit: str) -> FloatArray:
    """Uncertainties of temperatures in K, also where they are given in dex."""
    return np.log(10.0) * teff * sigmas if says_logarithm(column, unit) else sigmas


def as_obsids(values: NDArray[Any]) -> tuple[int, ...] | None:
    """Observation numbers, -1 where missing; None where these are something else."""
    if values.dtype.kind == "f":
        whole = np.isnan(values) | ((values == np.rint(values)) & (np.abs(values) < 2**53))
        return tuple(_obsid(0 if np.isnan(v) else v) for v in values.tolist()) if whole.all() else None
    numbers = [_whole_number(str(value).strip()) for value in values.tolist()]
    return None if None in numbers else tuple(number for number in numbers if number is not None)


def _whole_number(text: str) -> int | None:
    """906114 and 906114.0 are numbers, an empty cell is -1, anything else is no observation number."""
    if text.lower() in _ABSENT_WORDS:
        return -1
    digits = text.removesuffix(".0").removeprefix("-")
    return _obsid(int(text.removesuffix(".0"))) if digits.isdecimal() and len(digits) < 20 else None


def _obsid(number: float) -> int:
    return int(number) if 0 < number <= _LARGEST_OBSID else -1
