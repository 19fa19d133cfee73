"""Writes results as tables that astronomers' programs read: ECSV, VOTable, FITS, CSV, by the ending of the name."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.labels import LABELS
from stellarview.io.atomic import write_atomically

# Ending: astropy's name of the format, and what such a file begins with.
TABLE_ENDINGS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".ecsv": ("ascii.ecsv", (b"# %ECSV",)),
    ".vot": ("votable", (b"<?xml", b"<VOTABLE")),
    ".fits": ("fits", (b"SIMPLE  =",)),
    ".csv": ("ascii.csv", ()),
}
_UNITS = {"rv": "km / s", "rv_sigma": "km / s", "novelty": "percent"}
_PARTS = ("_sigma", "_aleatoric", "_epistemic")


def write_results(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """One row a spectrum; what a row does not know is NaN or empty, lists are joined by semicolons."""
    if path.suffix.lower() not in TABLE_ENDINGS:
        raise StellarViewError(
            f"Cannot write a table as {path.suffix or 'a file without ending'}.",
            f"The formats are {', '.join(TABLE_ENDINGS)}.",
            f"Name the file {path.stem}.ecsv, for example.",
        )
    format_, magic = TABLE_ENDINGS[path.suffix.lower()]
    write_atomically(path, _encoded(rows, format_), magic)


def _encoded(rows: Sequence[Mapping[str, Any]], format_: str) -> bytes:
    from astropy.table import Column, Table

    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [Column(_values([row.get(name) for row in rows]), name=name, unit=_unit(name)) for name in names]
    table = Table(columns)
    if format_ == "fits":  # whose text is bytes: file names in Chinese go in as UTF-8
        for name in [name for name in names if table[name].dtype.kind == "U"]:
            table[name] = np.char.encode(table[name], "utf-8")
    if format_.startswith("ascii"):
        text = io.StringIO()
        table.write(text, format=format_)
        return text.getvalue().encode()
    binary = io.BytesIO()
    table.write(binary, format=format_)
    return binary.getvalue()


def _values(values: Sequence[Any]) -> Any:
    """Numbers as numbers (NaN where there is none), everything else as text."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        return np.array([-1 if value is None else value for value in values], dtype=np.int64)
    if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.array([_text(value) for value in values], dtype=str)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values())
    return "; ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)


def _unit(name: str) -> str | None:
    for part in _PARTS:
        name = name.removesuffix(part) if name != "rv_sigma" else name
    if name in LABELS:
        return {"K": "K", "dex": "dex"}[LABELS[name].unit]
    return _UNITS.get(name)
