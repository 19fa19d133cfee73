"""HDF5 from strangers: no link leaves the file, and nothing is allocated that they only claim."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import h5py
import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name
from stellarview.io.sets.hdf5_rows import DEFLATE, Hdf5Refused, StoredRows

# A deflate stream cannot expand more than 1032 times; rows that grew while a set was written may be four times sparser.
_MAX_EXPANSION = 4 * 1032
_MAX_OBJECTS = 10_000
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"

# What h5py, numpy and zlib raise when the bytes of a file make no sense (each was met while mutating files).
HDF5_ERRORS = (
    *(OSError, RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(OverflowError, MemoryError, SystemError, zlib.error),
)


@contextlib.contextmanager
def hdf5_errors(path: Path) -> Iterator[None]:
    """Turns whatever a file makes h5py raise into the one error that users see."""
    try:
        yield
    except StellarViewError as error:
        if display_name(path) in error.what:
            raise
        raise StellarViewError(
            f"Cannot read {display_name(path)}: {error.what}", error.why, error.what_to_do
        ) from error
    except Hdf5Refused as error:
        raise _unreadable(path, str(error), "Ask where the file came from, or write the set again.") from error
    except HDF5_ERRORS as error:
        why = f"The HDF5 data is damaged or cut short ({' '.join(str(error).split()) or type(error).__name__})."
        raise _unreadable(path, why, "Copy or download the file again.") from error


def _unreadable(path: Path, why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError(f"Cannot read {display_name(path)} as a spectrum set.", why, what_to_do)


class GuardedFile:
    """An HDF5 file open for reading whose links and datasets all lie inside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _check_is_hdf5(path)
        with hdf5_errors(path):
            self.size_bytes = path.stat().st_size
            # Without locking, sets on read-only and network disks open too; our writer replaces files whole.
            self._file = h5py.File(path, "r", locking=False)
        try:
            with hdf5_errors(path):
                _refuse_what_leads_outside(self._file)
        except StellarViewError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        with contextlib.suppress(*HDF5_ERRORS):
            self._file.close()

    @property
    def is_open(self) -> bool:
        """False after `close`."""
        return bool(self._file)

    def __contains__(self, name: str) -> bool:
        return name in self._file

    def names(self, group: str) -> list[str]:
        """The names in a group; none where there is no such group."""
        found = self._file.get(group)
        return list(found) if isinstance(found, h5py.Group) else []

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a dataset; () where there is none."""
        found = self._file.get(name)
        return (found.shape or ()) if isinstance(found, h5py.Dataset) else ()

    def text_attribute(self, name: str) -> str:
        """A text among the file's attributes, '' where there is none."""
        if name not in self._file.attrs:
            return ""
        return str(self._attribute("/", name, "S").decode("utf-8", "replace"))

    def whole_number_attribute(self, group: str, name: str, absent: int = 0) -> int:
        """A whole number among the attributes of a group."""
        if name not in self._file[group].attrs:
            return absent
        return int(self._attribute(group, name, "iu"))

    def _attribute(self, group: str, name: str, kinds: str) -> Any:
        """One value of a plain type: texts of any length are refused as they are in datasets."""
        attribute = self._file[group].attrs.get_id(name)
        if attribute.shape != () or attribute.dtype.kind not in kinds:
            raise Hdf5Refused(f"Its attribute {name!r} is not one value of a plain type.")
        value = np.empty((), dtype=attribute.dtype)
        attribute.read(value)
        return value[()]

    def rows(self, name: str, *shape: int, kinds: str = "iuf") -> StoredRows:
        """The rows of a dataset; with a shape, only if it has exactly this one."""
        dataset = self._file.get(name)
        if not isinstance(dataset, h5py.Dataset):
            raise Hdf5Refused(f"It has no dataset {name!r}.")
        rows = StoredRows(dataset, kinds)
        if not shape:
            self._check_claim(rows, dataset)
        elif rows.shape != shape:
            raise Hdf5Refused(f"Its dataset {name!r} has the shape {rows.shape} where {shape} is due.")
        return rows

    def _check_claim(self, rows: StoredRows, dataset: h5py.Dataset) -> None:
        stored = dataset.id.get_storage_size()
        expansion = _MAX_EXPANSION if DEFLATE in rows.filters else 1
        if stored > self.size_bytes or dataset.nbytes > stored * expansion:
            raise Hdf5Refused(
                f"Its dataset {dataset.name!r} claims {dataset.nbytes:.3g} bytes; the file has {self.size_bytes:.3g}."
            )


def _check_is_hdf5(path: Path) -> None:
    try:
        if not path.is_file():
            why = (
                "It is a folder." if path.is_dir() else "It is a device." if path.exists() else "There is no such file."
            )
            raise _unreadable(path, why, "Check the path and its spelling.")
        with path.open("rb") as stream:
            is_empty = not stream.read(1)
        is_hdf5 = bool(h5py.is_hdf5(path))
    except PermissionError as error:
        raise _unreadable(path, "You have no permission to read it.", "Ask its owner (chmod u+r).") from error
    except (OSError, ValueError) as error:
        raise _unreadable(
            path, f"The system says: {getattr(error, 'strerror', None) or error}.", "Check the disk and the path."
        ) from error
    if is_empty:
        raise _unreadable(path, "It is empty (0 bytes).", "Copy or download it again: the transfer was cut off.")
    if not is_hdf5:
        raise _unreadable(path, "It is not an HDF5 file.", "Give a spectrum set; single spectra open as files.")


def _refuse_what_leads_outside(file: h5py.File) -> None:
    """Walks all groups once. Soft links are refused too: nothing that writes sets makes them."""
    groups, seen = [file["/"]], 0
    visited = {h5py.h5o.get_info(file.id).addr}
    while groups:
        group = groups.pop()
        for name in group:
            seen += 1
            if seen > _MAX_OBJECTS:
                raise Hdf5Refused("It holds far more objects than a spectrum set has.")
            _refuse_soft_link(group, name)
            child = group[name]
            address = h5py.h5o.get_info(child.id).addr
            if isinstance(child, h5py.Group) and address not in visited:
                groups.append(child)
            elif isinstance(child, h5py.Dataset):
                _refuse_outside_data(child)
            visited.add(address)


def _refuse_soft_link(group: h5py.Group, name: str) -> None:
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise Hdf5Refused(f"It refers to data elsewhere ({name!r} is an external or symbolic link).")


def _refuse_outside_data(dataset: h5py.Dataset) -> None:
    if dataset.external or dataset.is_virtual:
        raise Hdf5Refused(f"It refers to data elsewhere (the dataset {dataset.name!r} lies in other files).")
