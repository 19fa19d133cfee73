"""HDF5 spectrum sets for reading: thousands to millions of spectra in one file, chunk by chunk."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Frame, Medium, Spectrum
from stellarview.domain.stack import Stack
from stellarview.io.names import display_name, printable
from stellarview.io.sets.arms import ArmBlock
from stellarview.io.sets.columns import COLUMNS, RowFacts, absent_column, facts_of, read_column
from stellarview.io.sets.hdf5_guard import HDF5_MAGIC, GuardedFile, hdf5_errors
from stellarview.io.sets.hdf5_rows import MAX_READ_BYTES, Hdf5Refused
from stellarview.io.sets.layouts import SET_LAYOUTS, SetContents, SetLayout
from stellarview.io.sets.writer import SpectrumSetWriter

_ROWS_AT_ONCE = 256


class SpectrumSet:
    """A spectrum set open for reading. Rows count from 0; use it in a `with` block."""

    def __init__(self, file: GuardedFile, layout: SetLayout, contents: SetContents) -> None:
        self._file = file
        self._contents = contents
        self.path: Path = file.path
        self.layout: str = layout.name
        self.medium: Medium = contents.medium
        self.frame: Frame = contents.frame
        self.recipe_json: str = contents.recipe_json
        self.creator: str = contents.creator
        self.arm_names: tuple[str, ...] = tuple(arm.name for arm in contents.arms)
        self.columns: tuple[str, ...] = tuple(contents.columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was read stays valid."""
        self._file.close()

    def __len__(self) -> int:
        return self._contents.n_rows

    def __getitem__(self, row: int) -> Spectrum:
        if not -len(self) <= row < len(self):
            raise self._no_such_row(row)
        return self._spectra(row % len(self), row % len(self) + 1)[0]

    def __iter__(self) -> Iterator[Spectrum]:
        for spectra in self.iter_chunks():
            yield from spectra

    def read(self, start: int, stop: int) -> list[Spectrum]:
        """Spectra `start` to `stop`, with the meaning of a slice."""
        rows = range(len(self))[start:stop]
        size = self._rows_at_once(_ROWS_AT_ONCE)
        return [s for a in rows[::size] for s in self._spectra(a, min(a + size, rows.stop))]

    def iter_chunks(self, size: int = _ROWS_AT_ONCE) -> Iterator[list[Spectrum]]:
        """All spectra, `size` at a time (fewer where they are so long that memory would run short)."""
        size = self._rows_at_once(size)
        for start in range(0, len(self), size):
            yield self._spectra(start, min(start + size, len(self)))

    def stacks(self, size: int = _ROWS_AT_ONCE) -> Iterator[Stack]:
        """What `stack_spectra` makes of `iter_chunks`, without the detour over single spectra."""
        size = self._rows_at_once(size)
        for start in range(0, len(self), size):
            yield self.stack(start, min(start + size, len(self)))

    def stack(self, start: int, stop: int) -> Stack:
        """Spectra `start` to `stop` side by side."""
        start, stop = self._rows(start, stop)
        with hdf5_errors(self.path):
            arms = tuple(block.stack() for block in self._blocks(start, stop, np.float32))
            return Stack(arms, self.medium, self.frame, self._velocity(start, stop))

    def refuse_prepared(self) -> None:
        """For who needs spectra as they were observed: what was prepared already would be prepared twice."""
        if self.recipe_json:
            raise StellarViewError(
                f"The spectra of {self._name} were prepared already{self._recipe_words()}.",
                "That was for one model alone; here each model prepares them in its own way.",
                "Give the files that it was made of. `stellarview predict --model NAME` takes it as it is.",
            )

    def _recipe_words(self) -> str:
        try:
            recipe = json.loads(self.recipe_json)
        except (ValueError, RecursionError):
            return ""
        name = recipe.get("name") if isinstance(recipe, dict) else None
        return f" with the recipe {printable(name)}" if isinstance(name, str) and name else ""

    @property
    def labels(self) -> dict[str, FloatArray]:
        """Label key -> one value per spectrum, NaN where unknown."""
        with hdf5_errors(self.path):
            self._check_open()
            return {key: rows.read(0, len(self), np.float64) for key, rows in self._contents.labels.items()}

    def header_column(self, name: str, start: int = 0, stop: int | None = None) -> NDArray[Any]:
        """One fact of many spectra: numbers (NaN is unknown), obsid (-1 is unknown) or texts ('' is unknown).

        A fact that the set does not hold is unknown for all of them.
        """
        if name not in COLUMNS:
            raise StellarViewError(
                f"The spectrum set {self._name} has no column {name!r}.",
                f"The facts that a set may hold are {', '.join(COLUMNS)}.",
                "Choose one of these columns.",
            )
        start, stop = self._rows(start, stop)
        with hdf5_errors(self.path):
            self._check_open()
            return self._column(name, start, stop)

    def _spectra(self, start: int, stop: int) -> list[Spectrum]:
        with hdf5_errors(self.path):
            blocks = self._blocks(start, stop)
            facts = self._facts(start, stop)
            return [self._spectrum([block.arm(row) for block in blocks], facts[row]) for row in range(stop - start)]

    def _spectrum(self, arms: Sequence[Any], facts: RowFacts) -> Spectrum:
        return Spectrum(
            tuple(arms),
            self.medium,
            self.frame,
            facts.source,
            facts.header,
            facts.exposure,
            facts.velocity,
            facts.is_foreign,
            facts.notes,
        )

    def _blocks(self, start: int, stop: int, dtype: DTypeLike | None = None) -> list[ArmBlock]:
        self._check_open()
        if (stop - start) * self._row_bytes > MAX_READ_BYTES:
            raise Hdf5Refused(f"Rows {start} to {stop} do not fit into memory at once: read fewer at a time.")
        return [arm.block(start, stop, dtype) for arm in self._contents.arms]

    def _facts(self, start: int, stop: int) -> list[RowFacts]:
        columns = {name: read_column(rows, name, start, stop) for name, rows in self._contents.columns.items()}
        return facts_of(columns, stop - start, self.path, start, self.layout)

    def _velocity(self, start: int, stop: int) -> FloatArray:
        velocity: FloatArray = self._column("rv", start, stop)
        return velocity

    def _column(self, name: str, start: int, stop: int) -> NDArray[Any]:
        rows = self._contents.columns.get(name)
        return absent_column(name, stop - start) if rows is None else read_column(rows, name, start, stop)

    @property
    def _name(self) -> str:
        return display_name(self.path)

    @property
    def _row_bytes(self) -> int:
        return sum(arm.row_bytes for arm in self._contents.arms)

    def _rows_at_once(self, size: int) -> int:
        return max(1, min(size, MAX_READ_BYTES // self._row_bytes))

    def _rows(self, start: int, stop: int | None) -> tuple[int, int]:
        rows = range(len(self))[start:stop]
        if not rows:
            raise self._no_such_row(start)
        return rows.start, rows.stop

    def _no_such_row(self, row: int) -> StellarViewError:
        return StellarViewError(
            f"The spectrum set {self._name} has no spectrum {row}.",
            f"It holds {len(self)} spectra, counted from 0.",
            "Choose one of them.",
        )

    def _check_open(self) -> None:
        if not self._file.is_open:
            raise StellarViewError(
                f"The spectrum set {self._name} was closed.", "It was read after its end.", "Open it again."
            )


def is_spectrum_set(path: Path) -> bool:
    """True where the file begins as HDF5 does, whatever it is called; opening it tells the rest."""
    try:
        with path.open("rb") as file:
            return file.read(len(HDF5_MAGIC)) == HDF5_MAGIC
    except (OSError, ValueError):
        return False


def open_spectrum_set(path: Path | str) -> SpectrumSet:
    """Open a set in any layout of `SET_LAYOUTS`; a file that is none of them ends in a StellarViewError."""
    file = GuardedFile(Path(path))
    try:
        with hdf5_errors(file.path):
            layout = next((layout for layout in SET_LAYOUTS if layout.recognises(file)), None)
            if layout is None:
                known = "; ".join(layout.about for layout in SET_LAYOUTS)
                raise Hdf5Refused(f"It is HDF5, but none of the layouts that StellarView reads: {known}.")
            return SpectrumSet(file, layout, layout.describe(file))
    except StellarViewError:
        file.close()
        raise


def write_spectrum_set(
    path: Path | str,
    spectra: Iterable[Spectrum],
    labels: Mapping[str, ArrayLike] | None = None,
    recipe_json: str = "",
) -> None:
    """Write all spectra, with one label value for each of them; the file appears when it is complete."""
    labels, remaining = labels or {}, iter(spectra)
    with SpectrumSetWriter(path, recipe_json) as writer:
        while chunk := list(itertools.islice(remaining, _ROWS_AT_ONCE)):
            rows = slice(len(writer), len(writer) + len(chunk))
            writer.append(chunk, {key: np.atleast_1d(values)[rows] for key, values in labels.items()})
        writer.checked_labels(labels, len(writer))
