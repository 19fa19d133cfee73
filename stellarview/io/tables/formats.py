"""Tables from CSV, ECSV, FITS and VOTable files, told apart by content; a column is decoded when it is asked for."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.io.fits_blocks import parse_fits
from stellarview.io.tables.votable_guard import refuse_outside_data

_DELIMITERS = ",\t;|"
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_PLAIN_KINDS = "iufSUO"
_BINARY_LOOK_BYTES = 4096
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")  # what Excel calls Unicode text


class TableDamage(Exception):
    """These bytes are no table that can be used; the message goes on after "it"."""


@dataclass(frozen=True, eq=False)
class RawTable:
    """The names and units of a table's columns of single values, and how to read some of them."""

    names: tuple[str, ...]
    units: Mapping[str, str]
    read: Callable[[Sequence[str]], dict[str, NDArray[Any]]]


@dataclass(frozen=True)
class TableFormat:
    """A file format: how its content looks and how it is read."""

    name: str
    looks_like: Callable[[bytes], bool]
    read: Callable[[bytes], RawTable]


def parse_table(data: bytes) -> RawTable:
    """The table in these bytes. Raises TableDamage, FitsDamage or what the decoders raise (see `table_errors`)."""
    if not looks_like_text(data) and not _is_fits(data):
        raise TableDamage("is neither a text nor a FITS file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy comments on headers and units that nothing here depends on
        return next(kind for kind in TABLE_FORMATS if kind.looks_like(data)).read(data)


def looks_like_text(data: bytes) -> bool:
    """True where the first bytes may be those of a text in any usual encoding."""
    return bool(data) and (b"\0" not in data[:_BINARY_LOOK_BYTES] or data.startswith(_UTF16_MARKS))


def _is_fits(data: bytes) -> bool:
    return data.startswith(b"SIMPLE  =")


def _is_votable(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"VOTABLE" in data[:_BINARY_LOOK_BYTES]


def _is_ecsv(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf").startswith(b"# %ECSV")


def _read_fits(data: bytes) -> RawTable:
    """The first table of a FITS file; that the file is whole is checked before astropy sees it."""
    parse_fits(data)
    from astropy.io import fits

    try:
        return _first_fits_table(data)
    except (fits.VerifyError, UnboundLocalError) as error:  # the latter: astropy 8 on formats that nobody knows
        raise TableDamage(f"has a damaged FITS header ({error})") from error


def _first_fits_table(data: bytes) -> RawTable:
    from astropy.io import fits

    with fits.open(io.BytesIO(data), memmap=False, disable_image_compression=True) as hdus:
        table = next((hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU | fits.TableHDU)), None)
        if table is None or table.data is None:
            raise TableDamage("is a FITS file without a table")
        columns = {column.name: np.asarray(table.data[column.name]) for column in table.columns}
        nulls = {column.name: column.null for column in table.columns}
        units = {column.name: str(column.unit or "") for column in table.columns}
    masked = {
        name: np.ma.masked_equal(values, nulls[name])
        if values.dtype.kind in "iu" and nulls[name] is not None
        else values
        for name, values in columns.items()
    }
    return _table_of(masked, units)


def _read_votable(data: bytes) -> RawTable:
    refuse_outside_data(data)
    from astropy.io import votable

    table = votable.parse(io.BytesIO(data), verify="ignore", invalid="mask").get_first_table()
    names = {str(field.ID): str(field.name or field.ID) for field in table.fields}
    units = {names[str(field.ID)]: str(field.unit or "") for field in table.fields}
    return _table_of({name: table.array[key] for key, name in names.items()}, units)


def _read_ecsv(data: bytes) -> RawTable:
    from astropy.table import Column, Table

    # As lines: a text of one line would be taken for a file name or an address.
    table = Table.read(text_of(data).splitlines(), format="ascii.ecsv")
    columns = {name: table[name] for name in table.colnames if isinstance(table[name], Column)}
    return _table_of(columns, {name: str(column.unit or "") for name, column in columns.items()})


def _table_of(columns: Mapping[str, Any], units: Mapping[str, str]) -> RawTable:
    """Columns of one number or text per row; vectors, times and truth values are no labels."""
    flat = {name: _without_unit_axis(values) for name, values in columns.items()}
    plain = {name: values for name, values in flat.items() if _is_plain(np.ma.getdata(values))}
    return RawTable(tuple(plain), units, lambda names: {name: _filled(plain[name]) for name in names})


def _without_unit_axis(values: Any) -> Any:
    """Some VOTables call a number a vector of length 1."""
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values


def _is_plain(values: NDArray[Any]) -> bool:
    """Objects are plain if they are texts: VOTable has texts of any length, and vectors of any length."""
    if values.ndim != 1 or values.dtype.kind not in _PLAIN_KINDS:
        return False
    return values.dtype.kind != "O" or all(isinstance(value, str) for value in values.tolist())


def _filled(values: Any) -> NDArray[Any]:
    """Masked numbers become NaN, masked whole numbers and texts empty texts."""
    masked = np.ma.asarray(values)
    mask, plain = np.ma.getmaskarray(masked), masked.data
    if plain.dtype.kind == "S":
        plain = np.array([text.decode("utf-8", "replace") for text in plain.tolist()], dtype=object)
    if plain.dtype.kind == "f":
        return np.where(mask, np.nan, plain)
    if plain.dtype.kind in "iu" and not mask.any():
        return np.asarray(plain)
    return np.array(
        ["" if gone else str(value) for value, gone in zip(plain.tolist(), mask, strict=True)], dtype=object
    )


def text_of(data: bytes) -> str:
    """A text in the encoding that it seems to have."""
    if data.startswith(_UTF16_MARKS):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _read_csv(data: bytes) -> RawTable:
    """Comma, tab, semicolon, bar or blank between the fields; `#` begins a comment, which may hold the header."""
    text = text_of(data)
    comment, start = _leading_comments(text)
    first = text[start:].partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count) if any(mark in first for mark in _DELIMITERS) else None
    names = next(_records(first, delimiter), [])
    commented = next(_records(comment, delimiter), [])
    if len(commented) == len(names) and any(map(_is_number, names)) and not any(map(_is_number, commented)):
        names = commented
    else:
        start += len(first) + 1
    if not any(names):
        raise TableDamage("holds no line with the names of columns")
    names = [name.strip() or f"column {place + 1}" for place, name in enumerate(names)]
    return RawTable(tuple(dict.fromkeys(names)), {}, lambda wanted: _pick(text[start:], delimiter, names, wanted))


def _pick(body: str, delimiter: str | None, names: Sequence[str], wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
    places = [names.index(name) for name in wanted]
    cells: list[list[str]] = [[] for _ in wanted]
    for number, record in enumerate(_records(body, delimiter), start=1):
        if len(record) < len(names) or any(record[len(names) :]):
            raise TableDamage(f"has {len(record)} fields in row {number} where its header has {len(names)}")
        for column, place in zip(cells, places, strict=True):
            column.append(_with_point(record[place]) if delimiter == ";" else record[place])
    return {name: np.array(column, dtype=object) for name, column in zip(wanted, cells, strict=True)}


def _with_point(cell: str) -> str:
    """Where semicolons part the fields, commas stand for points: so writes a spreadsheet in half of Europe."""
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell.strip()) else cell


def _records(text: str, delimiter: str | None) -> Iterator[list[str]]:
    """Rows of fields, without comments and empty lines."""
    if delimiter is None:
        rows: Iterator[list[str]] = (line.split() for line in io.StringIO(text))
    else:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    return (row for row in rows if any(row) and not row[0].startswith("#"))


def _leading_comments(text: str) -> tuple[str, int]:
    """The last comment above the table, and where the table begins."""
    comment, start = "", 0
    for line in io.StringIO(text, newline=""):
        if line.strip() and not line.startswith("#"):
            break
        comment = line.lstrip("#").strip() or comment
        start += len(line)
    return comment, start


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# The first that a file looks like reads it; a text is the last resort.
TABLE_FORMATS: tuple[TableFormat, ...] = (
    TableFormat("FITS", _is_fits, _read_fits),
    TableFormat("VOTable", _is_votable, _read_votable),
    TableFormat("ECSV", _is_ecsv, _read_ecsv),
    TableFormat("CSV", lambda _: True, _read_csv),
)
