"""Tables of stars as users drop them: which spectra they name, what else each star is called, what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.io.file_bytes import read_file_bytes
from stellarview.io.names import file_key
from stellarview.io.tables.columns import guess_columns, guess_keys, plain_name
from stellarview.io.tables.extraction import Extract, choose, extract
from stellarview.io.tables.formats import RawTable, TableDamage, parse_table
from stellarview.io.tables.label_table import LIMIT_BYTES, table_errors
from stellarview.io.tables.values import as_obsids

# What a column of names may be called, beside those of observation numbers and files.
NAME_COLUMNS = (
    *("designation", "desig", "name", "star", "starname", "object", "objectname", "target", "id", "starid", "sourceid"),
    *("gaiaid", "gaiasourceid", "gaiadr3", "gaiadr2", "twomass", "apogeeid", "kic", "tic", "epic", "hip", "hd"),
)
_CATALOGUES_OF_NUMBERS = ("kic", "tic", "epic", "hip", "hd")
_SHORTEST_NUMBER = 5  # shorter ones count rows
# How the survey calls the file of an observation: spec-55862-B6212_sp06-114.fits.
_PARTS_OF_A_NAME = ("lmjd", "planid", "spid", "fiberid")
_VELOCITY = "rv"


@dataclass(frozen=True, eq=False)
class Catalogue:
    """A table of stars, row by row. `files` are as the table has them, () where it has no such column.

    `numbers` and `sigmas` are by label key, NaN where unknown; `rv` is a velocity in km/s. `names` are what each row's
    star is called, observation number first.
    """

    path: Path
    files: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    numbers: Mapping[str, FloatArray]
    sigmas: Mapping[str, FloatArray]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return max(len(self.files), len(self.names), *(column.size for column in self.numbers.values()), 0)

    def values(self, row: int) -> list[tuple[str, float, float]]:
        """(label key, value, sigma) of what a row knows; a sigma of 0 is not known."""
        return [
            (key, float(column[row]), _known(self.sigmas.get(key), row))
            for key, column in self.numbers.items()
            if not np.isnan(column[row])
        ]

    def row_of(self, names: Iterable[str]) -> int | None:
        """The row of a star that is called so; of two rows of a name the first counts."""
        return next((self._rows[name] for name in map(plain_star_name, names) if name in self._rows), None)

    @cached_property
    def _rows(self) -> dict[str, int]:
        """Worked out once: stars are asked for one by one, as their headers are read."""
        rows: dict[str, int] = {}
        for row, called in enumerate(self.names):
            for name in called:
                rows.setdefault(plain_star_name(name), row)
        for row, file in enumerate(self.files):
            rows.setdefault(plain_star_name(file_key(file)), row)
        rows.pop("", None)
        return rows


def read_catalogue(path: Path) -> Catalogue:
    """Read a table; one that names no stars, or says nothing of those that it names, ends in a StellarViewError."""
    file = read_file_bytes(path, LIMIT_BYTES)
    with table_errors(file.path):
        table = parse_table(file.data)
        files, names = _files(table), _names(table)
        guesses = guess_columns(table.names)
        if not guesses and not files:
            raise TableDamage("has neither a column of file names nor one that looks like a stellar label")
        found = extract(table, choose(table, guesses, {})) if guesses else Extract()
        if not files and not any(names):
            raise TableDamage("has no column that tells which star a row belongs to (obsid, file or name)")
    numbers, sigmas = dict(found.labels), dict(found.sigmas)
    if found.velocity_km_s is not None:
        numbers[_VELOCITY] = found.velocity_km_s
        if found.velocity_sigma_km_s is not None:
            sigmas[_VELOCITY] = found.velocity_sigma_km_s
    return Catalogue(file.path, files, names, numbers, sigmas, tuple(found.notes))


def _files(table: RawTable) -> tuple[str, ...]:
    """The first column of texts that may be files; else the survey's names, where the table has their parts."""
    for kind, column in guess_keys(table.names):
        if kind == "file":
            cells = table.read([column])[column]
            if cells.dtype.kind in "OU":
                return tuple(str(cell).strip() for cell in cells.tolist())
    by_name = {plain_name(name): name for name in reversed(table.names)}
    if not all(part in by_name for part in _PARTS_OF_A_NAME):
        return ()
    parts = [_texts(table, by_name[part]) for part in _PARTS_OF_A_NAME]
    return tuple(_survey_name(*row) for row in zip(*parts, strict=True))


def _survey_name(lmjd: str, plan: str, spectrograph: str, fibre: str) -> str:
    if not (lmjd and plan and spectrograph.isdecimal() and fibre.isdecimal()):
        return ""
    return f"spec-{lmjd}-{plan}_sp{int(spectrograph):02d}-{int(fibre):03d}.fits.gz"


def _names(table: RawTable) -> tuple[tuple[str, ...], ...]:
    """What each row's star is called; numbers that are no names are left out."""
    numbers = [column for kind, column in guess_keys(table.names) if kind == "obsid"]
    columns = [_texts(table, column) for column in numbers]
    columns += [
        [_name(cell, plain_name(column)) for cell in _texts(table, column)]
        for column in table.names
        if plain_name(column) in NAME_COLUMNS
    ]
    return tuple(tuple(cell for cell in row if cell) for row in zip(*columns, strict=True))


def _name(cell: str, column: str) -> str:
    """A number is a star's name only together with its catalogue, or where it is a long one."""
    if not cell.isdecimal():
        return cell
    if column in _CATALOGUES_OF_NUMBERS:
        return f"{column} {cell}"
    return cell if len(cell) >= _SHORTEST_NUMBER else ""


def _texts(table: RawTable, column: str) -> list[str]:
    cells = table.read([column])[column]
    whole = as_obsids(cells) if cells.dtype.kind in "iuf" else None
    if whole is not None:
        return ["" if number < 0 else str(number) for number in whole]
    return [str(cell).strip() for cell in cells.tolist()]


def _known(sigmas: FloatArray | None, row: int) -> float:
    return 0.0 if sigmas is None or np.isnan(sigmas[row]) else float(sigmas[row])


def may_be_catalogue(column_names: tuple[str, ...]) -> bool:
    """True for the columns of a table of stars, False for those of a spectrum in a table."""
    plain = {plain_name(name) for name in column_names}
    is_spectrum = plain & {"flux", "wavelength", "loglam", "wave", "lambda", "ivar", "fluxdensity"}
    named = bool(guess_keys(column_names)) or bool(plain & set(NAME_COLUMNS))
    return not is_spectrum and named


def plain_star_name(name: str) -> str:
    """`LAMOST J01+02` and `j01+02`, `Gaia DR3 12` and `12`, `alf Tau` and `alfTau` are one star each."""
    plain = "".join(name.casefold().split())
    for survey in ("lamost", "gaiaedr3", "gaiadr3", "gaiadr2"):
        plain = plain.removeprefix(survey)
    return plain
