"""Reads lists of spectral lines with the csv module: astropy.table takes a second to import."""

from __future__ import annotations

import csv
import math
import re
from functools import cache
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.domain.lines import Line, LineKind
from stellarview.io.names import display_name
from stellarview.io.resources import resource_path

_COLUMNS = ("species", "wavelength_vacuum", "name", "kind", "reference")
_KINDS: dict[str, LineKind] = {"line": "line", "band": "band"}
_UNIT = re.compile(r"name: wavelength_vacuum, unit: (?!Angstrom\b)(\w+)")


def read_lines(path: Path | None = None) -> tuple[Line, ...]:
    """The lines of an ECSV table, in its order; without a path, the program's own list."""
    return _bundled_lines() if path is None else _read_table(path)


@cache
def _bundled_lines() -> tuple[Line, ...]:
    return _read_table(resource_path("lines.ecsv"))


def _read_table(path: Path) -> tuple[Line, ...]:
    try:
        return _parse_table(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _refusal(path, f"{error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise _refusal(path, "It is not a text file.") from error
    except ValueError as error:
        raise _refusal(path, f"{error}.") from error


def _refusal(path: Path, why: str) -> StellarViewError:
    what_to_do = f"Compare it with the program's own lines.ecsv: it needs the columns {', '.join(_COLUMNS)}."
    return StellarViewError(f"Cannot read the line list {display_name(path)}.", why, what_to_do)


def _parse_table(text: str) -> tuple[Line, ...]:
    if unit := _UNIT.search(text):
        raise ValueError(f"Its wavelengths are in {unit[1]}, not in Angstrom")
    # Line numbers are those of the file, so that a user finds the row: comments count.
    rows = [(number, row) for number, row in enumerate(text.splitlines(), start=1) if row.strip() and row[0] != "#"]
    if not rows:
        raise ValueError("It holds no table")
    delimiter = "," if "," in rows[0][1] else " "
    (_, columns), *table = ((number, _split(number, row, delimiter)) for number, row in rows)
    if missing := [name for name in _COLUMNS if name not in columns]:
        raise ValueError(f"It has no column {missing[0]}")
    return tuple(_parse_row(number, columns, cells) for number, cells in table)


def _split(number: int, row: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([row], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ValueError(f"Line {number} is broken: {error}") from error


def _parse_row(number: int, header: list[str], cells: list[str]) -> Line:
    if len(cells) != len(header):
        raise ValueError(f"Line {number} has {len(cells)} cells for {len(header)} columns")
    row = dict(zip(header, cells, strict=True))
    species, wavelength, name, kind, reference = (row[column] for column in _COLUMNS)
    if not species.strip():
        raise ValueError(f"Line {number} has no species")
    if kind not in _KINDS:
        raise ValueError(f"Line {number} is of the kind {kind!r}, neither line nor band")
    return Line(species, _parse_wavelength(number, wavelength), name, _KINDS[kind], reference)


def _parse_wavelength(number: int, text: str) -> float:
    try:
        angstrom = float(text)
    except ValueError:
        angstrom = math.nan
    if not 0 < angstrom < math.inf:
        raise ValueError(f"Line {number} has the wavelength {text!r}")
    return angstrom
