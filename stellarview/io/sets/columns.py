"""The facts of a spectrum as columns of a spectrum set, and back: one table of names for the writer and the readers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.spectrum import (
    HeaderFacts,
    RadialVelocity,
    SignalToNoise,
    Source,
    Spectrum,
    VelocitySource,
)
from stellarview.io.names import display_name
from stellarview.io.planes import ABSENT_BELOW
from stellarview.io.sets.hdf5_rows import Hdf5Refused, StoredRows

_NUMBER_FACTS = ("ra_deg", "dec_deg", "redshift", "redshift_sigma")
_TEXT_FACTS = (
    *("designation", "object_name", "object_class", "subclass"),
    *("plan_id", "observed_at", "release", "pipeline"),
)
_SNR_BANDS = tuple(band.name for band in fields(SignalToNoise))

WHOLE_NUMBER_COLUMNS = ("obsid", "is_foreign")
NUMBER_COLUMNS = (*_NUMBER_FACTS, *(f"snr_{band}" for band in _SNR_BANDS), "rv", "rv_sigma", "rv_quality")
TEXT_COLUMNS = (
    *_TEXT_FACTS,
    *("rv_source", "rv_template", "file_name", "sha256", "layout", "exposure", "notes"),
)
COLUMNS = (*WHOLE_NUMBER_COLUMNS, *NUMBER_COLUMNS, *TEXT_COLUMNS)

_VELOCITY_SOURCES: tuple[VelocitySource, ...] = get_args(VelocitySource)

Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class RowFacts:
    """What a set's columns say of one spectrum, ready to be passed on to `Spectrum`."""

    header: HeaderFacts
    source: Source
    exposure: str
    velocity: RadialVelocity | None
    is_foreign: bool
    notes: tuple[str, ...]


def columns_of(spectra: Sequence[Spectrum]) -> dict[str, NDArray[Any]]:
    """One array per column; absent facts are NaN, '' or -1."""
    rows = [_row_of(spectrum) for spectrum in spectra]
    columns: dict[str, NDArray[Any]] = {}
    for name in WHOLE_NUMBER_COLUMNS:
        columns[name] = np.array([-1 if row[name] is None else row[name] for row in rows], dtype=np.int64)
    for name in NUMBER_COLUMNS:
        columns[name] = np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)
    for name in TEXT_COLUMNS:
        columns[name] = np.array([_storable(row[name]) for row in rows], dtype=object)
    return columns


def _row_of(spectrum: Spectrum) -> dict[str, Any]:
    header, velocity, source = spectrum.header, spectrum.velocity, spectrum.source
    return {
        "obsid": header.obsid,
        "is_foreign": int(spectrum.is_foreign),
        **{name: getattr(header, name) for name in (*_NUMBER_FACTS, *_TEXT_FACTS)},
        **{f"snr_{band}": getattr(header.snr, band) for band in _SNR_BANDS},
        "rv": velocity and velocity.value_km_s,
        "rv_sigma": velocity and velocity.sigma_km_s,
        "rv_quality": velocity and velocity.quality,
        "rv_source": velocity and velocity.source,
        "rv_template": velocity and velocity.template,
        "file_name": source.file_name,
        "sha256": source.sha256,
        "layout": source.layout,
        "exposure": spectrum.exposure,
        "notes": json.dumps(spectrum.notes, ensure_ascii=False) if spectrum.notes else "",
    }


def _storable(text: str | None) -> str:
    """HDF5 texts end at a NUL, and file names that are no UTF-8 reach Python as lone surrogates."""
    return (text or "").replace("\0", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def read_column(rows: StoredRows, name: str, start: int, stop: int) -> NDArray[Any]:
    """One column of facts in the type that its name asks for."""
    if name in TEXT_COLUMNS:
        return np.array(rows.read_text(start, stop), dtype=object)
    if name not in WHOLE_NUMBER_COLUMNS:
        return _known_numbers(rows.read(start, stop, np.float64))
    if not rows.is_text:
        return rows.read(start, stop, np.int64)
    texts = (text.strip() for text in rows.read_text(start, stop))
    numbers = (int(text) if text.isdecimal() and len(text) < 19 else -1 for text in texts)
    return np.fromiter(numbers, dtype=np.int64, count=stop - start)


def absent_column(name: str, count: int) -> NDArray[Any]:
    """A column of facts that nobody knows; a set that does not say so holds no foreign spectra."""
    if name in TEXT_COLUMNS:
        return np.full(count, "", dtype=object)
    if name in WHOLE_NUMBER_COLUMNS:
        return np.full(count, 0 if name == "is_foreign" else -1, dtype=np.int64)
    return np.full(count, np.nan)


def _known_numbers(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN for what is no number and for the survey's sentinels (-9999)."""
    with np.errstate(invalid="ignore"):
        numbers[~np.isfinite(numbers) | (numbers <= ABSENT_BELOW)] = np.nan
    return numbers


def kinds_of(name: str) -> str:
    """The kinds of numpy type that a column of this name may be stored in; obsid is a text in some sets."""
    return "S" if name in TEXT_COLUMNS else "iuS" if name in WHOLE_NUMBER_COLUMNS else "iuf"


def facts_of(columns: Columns, count: int, set_path: Path, first_row: int, default_layout: str) -> list[RowFacts]:
    """The facts of `count` rows; columns that a set lacks are facts that nobody knows."""
    known = {name: _known(values) for name, values in columns.items()}
    results = []
    for place in range(count):
        row = {name: values[place] for name, values in known.items()}
        results.append(_facts_of_row(row, set_path, f"#{first_row + place}", default_layout))
    return results


def _facts_of_row(row: Mapping[str, Any], set_path: Path, anchor: str, default_layout: str) -> RowFacts:
    snr = SignalToNoise(**{band: row.get(f"snr_{band}") for band in _SNR_BANDS})
    known = {name: row.get(name) for name in ("obsid", *_NUMBER_FACTS, *_TEXT_FACTS)}
    source = Source(
        row.get("file_name") or f"{display_name(set_path)}{anchor}",
        f"{set_path}{anchor}",
        row.get("sha256") or "",
        row.get("layout") or default_layout,
    )
    return RowFacts(
        HeaderFacts(snr=snr, **known),
        source,
        row.get("exposure") or "coadd",
        _velocity(row),
        bool(row.get("is_foreign")),
        _notes(row.get("notes")),
    )


def _known(values: NDArray[Any]) -> list[Any]:
    """None for what stands for an absent fact: '' among texts, -1 among whole numbers, NaN among numbers."""
    absent = np.isnan(values) if values.dtype.kind == "f" else values == (-1 if values.dtype.kind == "i" else "")
    return [None if is_absent else value for value, is_absent in zip(values.tolist(), absent.tolist(), strict=True)]


def _velocity(row: Mapping[str, Any]) -> RadialVelocity | None:
    value, word = row.get("rv"), row.get("rv_source")
    if value is None:
        return None
    source = next((known for known in _VELOCITY_SOURCES if known == word), None)
    if source is None:
        raise Hdf5Refused(f"It gives a radial velocity from {word!r}, a source that StellarView does not know.")
    return RadialVelocity(value, row.get("rv_sigma"), source, row.get("rv_quality"), row.get("rv_template"))


def _notes(text: str | None) -> tuple[str, ...]:
    """Notes are a JSON list; anything else is one note."""
    if not text:
        return ()
    try:
        notes = json.loads(text)
    except (ValueError, RecursionError):
        return (text,)
    return tuple(map(str, notes)) if isinstance(notes, list) else (text,)
