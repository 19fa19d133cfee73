"""Writes HDF5 spectrum sets chunk by chunk; the file takes its name only when it is complete and on the disk."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from stellarview import __version__
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.stack import kind_of
from stellarview.io.atomic import writable_target
from stellarview.io.names import display_name
from stellarview.io.sets.arm_writer import ArmWriter, NarrowArm
from stellarview.io.sets.column_writer import append_column
from stellarview.io.sets.columns import columns_of
from stellarview.io.sets.disk_file import DiskFile
from stellarview.io.sets.hdf5_guard import HDF5_ERRORS, HDF5_MAGIC
from stellarview.io.sets.layouts import SET_VERSION, stored_name

# Dirty chunks wait in this cache, so that appending one spectrum at a time does not deflate a chunk 64 times.
_CHUNK_CACHE_BYTES = 4 * 2**20
_ROWS_AT_ONCE = 256
_LONGEST_RECIPE_BYTES = 60_000  # HDF5 attributes end at 64 kB


class SpectrumSetWriter:
    """A spectrum set in the making; `with` completes it, an exception leaves an older file as it was."""

    def __init__(self, path: Path | str, recipe_json: str = "") -> None:
        self.path = Path(path)
        self._recipe_json = recipe_json
        self._target = self._temporary = self.path
        self._file: Any = None
        self._disk: DiskFile | None = None
        self._kind: tuple[str, ...] | None = None
        self._arms: list[ArmWriter] = []
        self._n_rows = 0
        self._is_broken = False

    def __len__(self) -> int:
        return self._n_rows

    def __enter__(self) -> Self:
        self._target = writable_target(self.path, (HDF5_MAGIC,))
        # A short name: a long one with something added might be too long for the file system.
        self._temporary = self._target.with_name(f".{secrets.token_hex(8)}.part")
        if not _is_json_or_empty(self._recipe_json):
            raise self._cannot_write("Its recipe is no JSON text.", "Give a recipe as the program writes it, or ''.")
        if len(self._recipe_json.encode()) > _LONGEST_RECIPE_BYTES:
            raise self._cannot_write("Its recipe is longer than 60 kB.", "Give a shorter recipe.")
        try:
            self._open()
        except StellarViewError:
            self._discard()
            raise
        return self

    def _open(self) -> None:
        with self._write_errors():
            self._disk = DiskFile(self._temporary)
            self._file = h5py.File(self._disk, "w", rdcc_nbytes=_CHUNK_CACHE_BYTES)
            self._check_disk()

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        try:
            if kind is None:
                self._complete()
        finally:
            self._discard()

    def append(self, spectra: Sequence[Spectrum], labels: Mapping[str, ArrayLike] | None = None) -> None:
        """Add spectra with their labels; hundreds at a time are fastest. Checked first, then written."""
        columns = self.checked_labels(labels or {}, len(spectra))
        for start in range(0, len(spectra), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            self._append(spectra[rows], {key: values[rows] for key, values in columns.items()})

    def _append(self, spectra: Sequence[Spectrum], labels: Mapping[str, NDArray[Any]]) -> None:
        self._check_kind(spectra)
        narrow = [NarrowArm.of([s.arms[place] for s in spectra]) for place in range(len(spectra[0].arms))]
        with self._write_errors():
            columns = columns_of(spectra)
            self._is_broken = True  # until all of it is written
            self._begin(spectra[0])
            for writer, arm in zip(self._arms, narrow, strict=True):
                writer.append(arm)
            for name, values in columns.items():
                append_column(self._file["header"], name, values, self._n_rows)
            for key, values in labels.items():
                append_column(self._file["labels"], stored_name(key), values, self._n_rows)
            self._check_disk()
            self._n_rows += len(spectra)
            self._is_broken = False

    def _begin(self, first: Spectrum) -> None:
        if self._kind is not None:
            return
        for place, arm in enumerate(first.arms):
            group = self._file.create_group(f"arms/{stored_name(arm.name)}")
            group.attrs["position"] = place
            self._arms.append(ArmWriter(group, len(arm)))
        self._file.create_group("header")
        self._file.create_group("labels")
        self._write_text(medium=first.medium, frame=first.frame)
        self._kind = kind_of(first)

    def _check_kind(self, spectra: Sequence[Spectrum]) -> None:
        kinds = {kind_of(spectrum) for spectrum in spectra} | ({self._kind} if self._kind else set())
        if len(kinds) > 1:
            said = "; ".join(", ".join(kind) for kind in sorted(kinds))
            raise self._cannot_write(
                f"These spectra differ in arms, medium or frame: {said}.", "Write each kind into a set of its own."
            )

    def checked_labels(self, labels: Mapping[str, ArrayLike], count: int) -> dict[str, NDArray[np.float64]]:
        """Labels as columns of numbers, if there is one number for each of `count` spectra."""
        columns = {}
        for key, values in labels.items():
            try:
                columns[key] = np.asarray(values, dtype=np.float64)
            except (ValueError, TypeError) as error:
                raise self._bad_label(key, f"is no column of numbers ({error})") from error
            if columns[key].shape != (count,) or not key:
                raise self._bad_label(key, f"has the shape {columns[key].shape} for {count} spectra")
        return columns

    def _bad_label(self, key: str, why: str) -> StellarViewError:
        return self._cannot_write(
            f"The label {key!r} {why}.", "Give one number for each spectrum, NaN where it is unknown."
        )

    def _complete(self) -> None:
        if self._is_broken:
            raise self._cannot_write("Some of its spectra could not be written.", "See the first error.")
        if self._n_rows == 0:
            raise self._cannot_write("There is no spectrum to write.", "Choose at least one.")
        with self._write_errors():
            for arm in self._arms:
                arm.complete()
            self._append_missing_labels()
            self._write_text(recipe=self._recipe_json, creator=f"StellarView {__version__}")
            self._file.attrs["stellarview_set"] = SET_VERSION
            self._file.close()
            self._check_disk()
            self._close_disk()
            self._temporary.replace(self._target)

    def _write_text(self, **attributes: str) -> None:
        for name, text in attributes.items():
            data = text.encode()
            self._file.attrs.create(name, data, dtype=h5py.string_dtype("utf-8", max(1, len(data))))

    def _append_missing_labels(self) -> None:
        """A label that the last spectra lack goes on with NaN."""
        for dataset in self._file["labels"].values():
            dataset.resize((self._n_rows,))

    def _discard(self) -> None:
        with contextlib.suppress(*HDF5_ERRORS):
            self._file.close()
        with contextlib.suppress(OSError):
            self._close_disk()
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def _check_disk(self) -> None:
        if self._disk is not None and self._disk.error is not None:
            raise self._disk.error

    def _close_disk(self) -> None:
        disk, self._disk = self._disk, None
        if disk is not None:
            with contextlib.closing(disk):
                disk.sync()

    @contextlib.contextmanager
    def _write_errors(self) -> Iterator[None]:
        try:
            yield
        except HDF5_ERRORS as error:
            said = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
            why = f"The system says: {said.replace(str(self._temporary), display_name(self.path))}."
            raise self._cannot_write(why, "Check that the folder exists, may be written to and has space.") from error

    def _cannot_write(self, why: str, what_to_do: str) -> StellarViewError:
        return StellarViewError(f"Cannot write the spectrum set {display_name(self.path)}.", why, what_to_do)


def _is_json_or_empty(text: str) -> bool:
    try:
        return not text or json.loads(text) is not None
    except (ValueError, RecursionError):
        return False
