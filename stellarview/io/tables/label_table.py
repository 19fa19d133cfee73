"""Label tables: what a catalogue says of the stars, matched to spectra by observation number or file name."""

from __future__ import annotations

import csv
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.parsers.expat import ExpatError

import numpy as np

from stellarview.domain.arrays import FloatArray, IntArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import HeaderFacts, RadialVelocity, Spectrum
from stellarview.io.file_bytes import read_file_bytes
from stellarview.io.fits_blocks import FitsDamage
from stellarview.io.names import display_name, file_key
from stellarview.io.tables.columns import Guess, guess_columns
from stellarview.io.tables.extraction import KeyKind, choose, extract, keys_of
from stellarview.io.tables.formats import TableDamage, parse_table
from stellarview.io.tables.votable_guard import VotableRefused

LIMIT_BYTES = 256 << 20
# What csv, expat, astropy and yaml raise on damaged tables, each met while mutating files.
_DECODER_ERRORS = (
    *(ValueError, TypeError, LookupError, AttributeError, OSError, RuntimeError, ArithmeticError, AssertionError),
    *(MemoryError, EOFError, SyntaxError, struct.error, csv.Error, ExpatError),
)


@dataclass(frozen=True, eq=False)
class LabelTable:
    """A catalogue's labels, row by row; NaN where it has none.

    `columns` says which column was taken for which label (`teff`), uncertainty (`teff_sigma`) or velocity (`rv` or
    `redshift`), `guesses` which others might have been. A row without a key has the key -1 or ''.
    """

    path: Path
    sha256: str
    key_kind: KeyKind
    key_column: str
    keys: tuple[int | str, ...]
    labels: Mapping[str, FloatArray]
    sigmas: Mapping[str, FloatArray]
    velocity_km_s: FloatArray | None
    velocity_sigma_km_s: FloatArray | None
    columns: Mapping[str, str]
    guesses: Mapping[str, tuple[Guess, ...]]
    column_names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def ambiguous(self) -> tuple[str, ...]:
        """Quantities for which two columns fit equally well and the first was taken."""
        return tuple(
            key
            for key, found in self.guesses.items()
            if len(found) > 1 and found[0].kind == found[1].kind and self.columns.get(key) == found[0].column
        )

    @cached_property
    def duplicate_keys(self) -> tuple[int | str, ...]:
        """Keys that stand in several rows; the first row counts."""
        return tuple(key for key, count in Counter(self.keys).items() if count > 1 and key not in (-1, ""))

    @cached_property
    def _rows(self) -> dict[int | str, int]:
        return {key: row for row, key in reversed(list(enumerate(self.keys))) if key not in (-1, "")}

    def row_for(self, header: HeaderFacts, file_name: str) -> int | None:
        """The row of a star, or None where the table does not have it."""
        key = header.obsid if self.key_kind == "obsid" else file_key(file_name)
        return None if key is None else self._rows.get(key)

    def match(self, spectra: Iterable[Spectrum]) -> IntArray:
        """The row of each spectrum, -1 where the table does not have it."""
        rows = (self.row_for(spectrum.header, spectrum.source.file_name) for spectrum in spectra)
        return np.array([-1 if row is None else row for row in rows], dtype=np.int64)

    def velocity(self, row: int) -> RadialVelocity | None:
        """The catalogue's velocity of a row, or None where it has none."""
        if self.velocity_km_s is None or np.isnan(self.velocity_km_s[row]):
            return None
        sigma = np.nan if self.velocity_sigma_km_s is None else float(self.velocity_sigma_km_s[row])
        return RadialVelocity(float(self.velocity_km_s[row]), None if np.isnan(sigma) else sigma, "catalogue")


def read_label_table(
    path: Path | str, columns: Mapping[str, str] | None = None, key_column: str | None = None
) -> LabelTable:
    """Read a table, guessing its columns; `columns` overrides guesses ('' leaves a label out).

    A temperature that its name or unit calls a logarithm is converted to K, and a note says so; one that looks like a
    logarithm without saying so is refused.
    """
    file = read_file_bytes(Path(path), LIMIT_BYTES)
    with table_errors(file.path):
        table = parse_table(file.data)
        guesses = guess_columns(table.names)
        chosen = choose(table, guesses, dict(columns or {}))
        kind, key_name, keys = keys_of(table, key_column)
        found = extract(table, chosen)
    return LabelTable(
        path=file.path,
        sha256=file.sha256,
        key_kind=kind,
        key_column=key_name,
        keys=keys,
        labels=found.labels,
        sigmas=found.sigmas,
        velocity_km_s=found.velocity_km_s,
        velocity_sigma_km_s=found.velocity_sigma_km_s,
        columns=chosen,
        guesses=guesses,
        column_names=table.names,
        notes=tuple(found.notes),
    )


@contextmanager
def table_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (TableDamage, VotableRefused) as error:
        raise _unreadable(path, f"It {error}.", "Correct the table, or name other columns.") from error
    except FitsDamage as error:
        raise _unreadable(path, f"{str(error)[:1].upper()}{str(error)[1:]}.", "Download it again.") from error
    except _DECODER_ERRORS as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise _unreadable(path, f"Its content is damaged ({said}).", "Check it, or download it again.") from error


def _unreadable(path: Path, why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError(f"Cannot read {display_name(path)} as a table of labels.", why, what_to_do)
