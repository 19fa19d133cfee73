"""Writes results as tables that astronomers' programs read: ECSV, VOTable, FITS, CSV, by the ending of the name."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.results import Column, Kind
from stellarview.io.atomic import writable_target, write_atomically

# Ending: astropy's name of the format, and what such a file begins with.
TABLE_ENDINGS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".ecsv": ("ascii.ecsv", (b"# %ECSV",)),
    ".vot": ("votable", (b"<?xml", b"<VOTABLE")),
    ".fits": ("fits", (b"SIMPLE  =",)),
    ".csv": ("ascii.csv", ()),
}
_NOTHING: dict[Kind, Any] = {"text": "", "whole": -1, "number": np.nan}
_TYPES: dict[Kind, type] = {"text": str, "whole": np.int64, "number": np.float64}


def check_table(path: Path) -> None:
    """An error where no table can be written: better before a long run than after it."""
    if path.suffix.lower() not in TABLE_ENDINGS:
        raise StellarViewError(
            f"Cannot write a table as {path.suffix or 'a file without ending'}.",
            f"The formats are {', '.join(TABLE_ENDINGS)}.",
            f"Name the file {path.stem}.ecsv, for example.",
        )
    target = writable_target(path, TABLE_ENDINGS[path.suffix.lower()][1])
    if not target.parent.is_dir():
        raise StellarViewError(f"Cannot write {path.name}.", "Its folder does not exist.", "Choose another folder.")


def write_results(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
    """One row a spectrum; what a row does not know is masked, lists are joined by semicolons."""
    check_table(path)
    format_, magic = TABLE_ENDINGS[path.suffix.lower()]
    write_atomically(path, _encoded(rows, columns, format_), magic)


def _encoded(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], format_: str) -> bytes:
    from astropy.io.votable.exceptions import W50
    from astropy.table import Table

    if format_ == "fits":
        return _fits(rows, columns)
    table = Table([_column(rows, column) for column in columns])
    if format_.startswith("ascii"):
        text = io.StringIO()
        table.write(text, format=format_)
        return text.getvalue().encode()
    binary = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", W50)  # dex stands in no standard of units, and in every table of abundances
        table.write(binary, format=format_)
    return binary.getvalue()


def _fits(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> bytes:
    """Texts as UTF-8; units and descriptions as cards that every program shows, which astropy would hide or drop."""
    from astropy.io import fits
    from astropy.table import Table

    table = Table([_column(rows, replace(column, unit="", description="")) for column in columns])
    for column in columns:
        if column.kind == "text":
            table[column.name] = np.char.encode(table[column.name].filled(""), "utf-8")
    hdu = fits.table_to_hdu(table)
    for place, column in enumerate(columns, start=1):
        hdu.header[f"TCOMM{place}"] = column.description
        if column.unit:
            hdu.header[f"TUNIT{place}"] = column.unit
    binary = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(binary)
    return binary.getvalue()


def _column(rows: Sequence[Mapping[str, Any]], column: Column) -> Any:
    from astropy.table import MaskedColumn

    values = [row.get(column.name) for row in rows]
    filled = [_NOTHING[column.kind] if value is None else _cell(value, column.kind) for value in values]
    return MaskedColumn(
        np.array(filled, dtype=_TYPES[column.kind]),
        name=column.name,
        mask=[value is None for value in values],
        fill_value=None if column.kind == "text" else _NOTHING[column.kind],
        unit=column.unit or None,
        description=column.description or None,
    )


def _cell(value: Any, kind: Kind) -> Any:
    if kind != "text":
        return value
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values())
    return "; ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
