"""Which column of a user's table is which label, in which unit, and what tells the star: guessed, then corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import FloatArray
from stellarview.domain.labels import LABELS, label_named
from stellarview.io.file_bytes import read_file_bytes
from stellarview.io.tables.catalogue import NAME_COLUMNS
from stellarview.io.tables.columns import guess_columns, guess_keys, guess_sigma, plain_name, says_logarithm
from stellarview.io.tables.formats import RawTable, TableDamage, parse_table
from stellarview.io.tables.label_table import LIMIT_BYTES, table_errors
from stellarview.io.tables.values import as_numbers, as_sigmas

MatchBy = Literal["obsid", "file", "name", "position"]
MATCH_BY: tuple[MatchBy, ...] = ("obsid", "file", "name", "position")
# What a temperature may be given in. Any other label is taken as it is.
TEMPERATURE_UNITS = ("K", "log K", "1000 K", "5040 K/Teff")

_RA_NAMES = ("ra", "raj2000", "radeg", "raobs", "rightascension", "alpha", "raicrs", "inputra")
_DEC_NAMES = ("dec", "dej2000", "decj2000", "decdeg", "decobs", "declination", "delta", "deicrs", "decicrs", "inputdec")
_THETA_NAMES = ("theta", "thetaeff")
_THETA_K = 5040.0
# No star's log Teff is below 3 (and few are above 4.8), no star's 5040 K / Teff is above 3, and none has 300 kK.
_LEAST_LOG_TEFF, _LARGEST_LOG_TEFF, _LARGEST_KILOKELVIN = 3.0, 4.8, 300.0
_SAMPLE_ROWS = 5


@dataclass(frozen=True)
class LabelColumn:
    """One label: its key (a new one makes a new output), its columns, and the unit that they are in."""

    key: str
    column: str
    sigma_column: str = ""
    unit: str = ""


@dataclass(frozen=True)
class LabelColumns:
    """How a table is read. `key_column` tells the star, by position `ra_column` and `dec_column` (degrees) do."""

    match_by: MatchBy
    labels: tuple[LabelColumn, ...]
    key_column: str = ""
    ra_column: str = ""
    dec_column: str = ""
    velocity_column: str = ""

    def with_label(self, label: LabelColumn) -> LabelColumns:
        """With this label added, or in the place of the one of its key."""
        others = tuple(one for one in self.labels if one.key != label.key)
        return replace(self, labels=(*others, label))


@dataclass(frozen=True)
class TableGuess:
    """What a table looks like: the likeliest reading, all columns with their units, and the first rows as texts.

    `ways` are all that may tell the star, best first: (what by, column).
    """

    columns: LabelColumns
    ways: tuple[tuple[MatchBy, str], ...]
    column_names: tuple[str, ...]
    numeric_names: tuple[str, ...]
    units: Mapping[str, str]
    sample: tuple[tuple[str, ...], ...]
    n_rows: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class StarRows:
    """A table's stars: what each row is called or where it is, and its labels in our units (NaN: unknown)."""

    keys: tuple[str, ...]
    ra_deg: FloatArray
    dec_deg: FloatArray
    labels: Mapping[str, FloatArray]
    sigmas: Mapping[str, FloatArray]
    velocity_km_s: FloatArray | None
    n_bad: Mapping[str, int]


def guess_label_columns(path: Path) -> TableGuess:
    """Read a table's names and guess; the caller shows the guess and may correct it."""
    with table_errors(path):
        table = parse_table(read_file_bytes(path, LIMIT_BYTES).data)
        cells = table.read(table.names)
        numeric = tuple(name for name in table.names if _is_numeric(cells[name]))
        labels, notes = _guess_labels(table, cells, numeric)
        ra, dec = _guess_place(numeric)
        ways = _guess_ways(table.names, has_place=bool(ra and dec))
        velocity = next((g.column for g in guess_columns(numeric).get("rv", ())), "")
    n_rows = len(next(iter(cells.values()))) if cells else 0
    shown = [[str(cell)[:40] for cell in cells[name][:_SAMPLE_ROWS].tolist()] for name in table.names]
    sample = tuple(zip(*shown, strict=True))
    columns = LabelColumns(ways[0][0], labels, ways[0][1], ra, dec, velocity)
    return TableGuess(columns, ways, table.names, numeric, dict(table.units), sample, n_rows, notes)


def read_stars(path: Path, columns: LabelColumns) -> StarRows:
    """The stars and labels of a table, read as `columns` says."""
    wanted = [columns.key_column, columns.ra_column, columns.dec_column, columns.velocity_column]
    wanted += [name for label in columns.labels for name in (label.column, label.sigma_column)]
    names = list(dict.fromkeys(name for name in wanted if name))
    with table_errors(path):
        table = parse_table(read_file_bytes(path, LIMIT_BYTES).data)
        missing = [name for name in names if name not in table.names]
        if missing:
            raise TableDamage(f"has no column {missing[0]!r}: its columns are {', '.join(table.names)}")
        if not columns.labels:
            raise TableDamage(_why_no_label(table))
        cells = table.read(names)
        return _stars(cells, columns)


def _why_no_label(table: RawTable) -> str:
    cells = table.read(table.names)
    if not len(next(iter(cells.values()), ())):
        return "has the names of columns, but no rows"
    if sum(map(_looks_like_number, table.names)) > len(table.names) / 2:
        return f"has no names of columns: its first line is {', '.join(table.names[:6])}"
    numeric = ", ".join(name for name in table.names if _is_numeric(cells[name]))
    return f"has no label that was chosen: numbers stand in {numeric or 'none'} of its columns {', '.join(table.names)}"


def _looks_like_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _stars(cells: Mapping[str, NDArray[Any]], columns: LabelColumns) -> StarRows:
    labels: dict[str, FloatArray] = {}
    sigmas: dict[str, FloatArray] = {}
    bad: dict[str, int] = {}
    for one in columns.labels:
        labels[one.key], bad[one.key] = _known(one, as_numbers(cells[one.column], one.column))
        if one.sigma_column:
            sigma = as_sigmas(cells[one.sigma_column], one.sigma_column)
            sigmas[one.key] = _sigma_in_our_unit(one, labels[one.key], sigma)
    count = len(next(iter(cells.values())))
    nowhere = np.full(count, np.nan)
    by_place = columns.match_by == "position"
    return StarRows(
        keys=tuple(_text(cell) for cell in cells[columns.key_column].tolist()) if columns.key_column else ("",) * count,
        ra_deg=as_numbers(cells[columns.ra_column], columns.ra_column) if by_place else nowhere,
        dec_deg=as_numbers(cells[columns.dec_column], columns.dec_column) if by_place else nowhere,
        labels=labels,
        sigmas=sigmas,
        velocity_km_s=_velocity(cells, columns.velocity_column),
        n_bad=bad,
    )


def _velocity(cells: Mapping[str, NDArray[Any]], column: str) -> FloatArray | None:
    return as_numbers(cells[column], column) if column else None


def _known(one: LabelColumn, numbers: FloatArray) -> tuple[FloatArray, int]:
    """The label in our unit, with NaN for what no star can have; and how many cells held no number."""
    ours = _in_our_unit(one, numbers)
    if one.key == "teff":
        ours = np.where((ours > 0) & (ours < 1e6), ours, np.nan)
    elif one.key in LABELS:  # 99 and 999 stand for the unknown, too; no label in dex is as large
        ours = np.where(np.abs(ours) < 90, ours, np.nan)
    return ours, int((~np.isfinite(ours)).sum())


def _in_our_unit(one: LabelColumn, numbers: FloatArray) -> FloatArray:
    with np.errstate(all="ignore"):  # a wrong unit gives numbers that nobody believes, and the caller sees them
        if one.unit == "log K":
            return np.asarray(10.0**numbers)
        if one.unit == "1000 K":
            return np.asarray(1000.0 * numbers)
        return np.asarray(_THETA_K / numbers) if one.unit == "5040 K/Teff" else numbers


def _sigma_in_our_unit(one: LabelColumn, ours: FloatArray, sigma: FloatArray) -> FloatArray:
    if one.unit == "log K":
        return np.asarray(np.log(10.0) * ours * sigma)
    if one.unit == "1000 K":
        return np.asarray(1000.0 * sigma)
    return np.asarray(ours**2 / _THETA_K * sigma) if one.unit == "5040 K/Teff" else sigma


def _guess_labels(
    table: RawTable, cells: Mapping[str, NDArray[Any]], numeric: Sequence[str]
) -> tuple[tuple[LabelColumn, ...], tuple[str, ...]]:
    found, notes = [], []
    guesses = {key: some for key, some in guess_columns(numeric).items() if key in LABELS}
    for key, some in guesses.items():
        column = some[0].column
        unit = label_named(key).unit
        if key == "teff":
            unit = _temperature_unit(column, table.units.get(column, ""), as_numbers(cells[column], column))
            if unit != "K":
                notes.append(f"The column {column} looks like a temperature in {unit}.")
        if len(some) > 1 and some[0].kind == some[1].kind:
            others = ", ".join(other.column for other in some[1:])
            notes.append(f"{label_named(key).text} may be {column} or {others}; {column} was taken.")
        found.append(LabelColumn(key, column, guess_sigma(numeric, column, key) or "", unit))
    if "teff" not in guesses:
        theta = next((name for name in numeric if plain_name(name) in _THETA_NAMES), None)
        if theta is not None:
            found.insert(0, LabelColumn("teff", theta, guess_sigma(numeric, theta, "teff") or "", "5040 K/Teff"))
    return tuple(found), tuple(notes)


def _temperature_unit(column: str, unit: str, numbers: FloatArray) -> str:
    known = numbers[np.isfinite(numbers)]
    middle = float(np.median(known)) if known.size else np.nan
    if says_logarithm(column, unit) or _LEAST_LOG_TEFF <= middle <= _LARGEST_LOG_TEFF:
        return "log K"
    if _LARGEST_LOG_TEFF < middle < _LARGEST_KILOKELVIN:
        return "1000 K"
    return "5040 K/Teff" if 0 < middle < _LEAST_LOG_TEFF else "K"


def _guess_place(numeric: Sequence[str]) -> tuple[str, str]:
    ra, dec = (next((name for name in numeric if plain_name(name) in known), "") for known in (_RA_NAMES, _DEC_NAMES))
    return ra, dec


def _guess_ways(names: Sequence[str], *, has_place: bool) -> tuple[tuple[MatchBy, str], ...]:
    """What may tell the star: the observation number, the file, the position, a name, in this order."""
    ways: list[tuple[MatchBy, str]] = [
        ("obsid" if kind == "obsid" else "file", name) for kind, name in guess_keys(names)
    ]
    ways += [("position", "")] if has_place else []
    ways += [("name", name) for name in names if plain_name(name) in NAME_COLUMNS]
    return tuple(ways) or (("name", names[0]),)


def _is_numeric(cells: NDArray[Any]) -> bool:
    try:
        return bool(np.isfinite(as_numbers(cells, "")).any())
    except (TableDamage, ValueError, TypeError):
        return False


def _text(cell: Any) -> str:
    """12, 12.0 and `12` are one number."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return text.removesuffix(".0") if text.removesuffix(".0").isdecimal() else text
