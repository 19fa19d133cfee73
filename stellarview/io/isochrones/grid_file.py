"""Grids of isochrones as HDF5: written whole and atomically, read as a stranger's file is, found by name."""

from __future__ import annotations

import io
import os
from functools import lru_cache
from pathlib import Path

import h5py
import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.isochrones import COLUMNS, IsochroneGrid
from stellarview.io.atomic import write_atomically
from stellarview.io.names import display_name
from stellarview.io.resources import resource_path
from stellarview.io.sets.hdf5_guard import HDF5_MAGIC, GuardedFile, hdf5_errors
from stellarview.io.sets.hdf5_rows import Hdf5Refused

EMBEDDED = "embedded"
_VERSION = 1
_AXES = ("log10_age_yr", "feh", "eep")
_MOST_POINTS = 50_000_000


def isochrones_folder() -> Path:
    """Where the user's own grids lie."""
    own = os.environ.get("STELLARVIEW_ISOCHRONES")
    data_home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return Path(own) if own else data_home / "stellarview" / "isochrones"


def list_grids() -> dict[str, Path]:
    """All grids by name: the user's own first, then the one that came with the program."""
    own = {path.stem: path for path in sorted(isochrones_folder().glob("*.h5")) if not path.name.startswith(".")}
    return own | {EMBEDDED: resource_path("isochrones.h5")}


def load_grid(name: str | None = None) -> IsochroneGrid:
    """A grid by its name or path; without one the user's first, else the embedded one."""
    grids = list_grids()
    if name is None:
        name = next(iter(grids))
    path = grids.get(name, Path(name))
    if path.is_file():
        state = path.stat()
        return _read_once(path, name if name in grids else path.stem, (state.st_mtime_ns, state.st_size))
    raise StellarViewError(
        f"There is no grid {name!r} of isochrones.", f"The grids here are {', '.join(grids)}.", "Choose one of these."
    )


@lru_cache(maxsize=2)
def _read_once(path: Path, name: str, state: tuple[int, int]) -> IsochroneGrid:
    """A grid of a hundred megabytes is read again only when its file has changed."""
    return read_grid(path, name)


def write_grid(path: Path, grid: IsochroneGrid) -> None:
    """The file at `path`, replaced only when it is complete."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        _write_text(file, "about", grid.about)
        file.attrs["stellarview_isochrones"] = _VERSION
        axes = (grid.log10_age_yr_A, grid.feh_F, grid.eep_E)
        for name, values in zip(_AXES, axes, strict=True):
            file.create_dataset(name, data=values)
        rows = (-1, grid.shape[2])
        for column in (*COLUMNS, "phase"):
            values = np.asarray(getattr(grid, f"{column}_AFE")).reshape(rows)
            file.create_dataset(column, data=values, chunks=True, compression="gzip", compression_opts=4, shuffle=True)
    write_atomically(path, buffer.getvalue(), (HDF5_MAGIC,))


def _write_text(file: h5py.File, name: str, text: str) -> None:
    file.attrs.create(name, text.encode(), dtype=h5py.string_dtype("utf-8", max(1, len(text.encode()))))


def read_grid(path: Path, name: str) -> IsochroneGrid:
    """A grid, refused unless its arrays have the shape of its axes."""
    try:
        with GuardedFile(path) as file, hdf5_errors(path):
            return _read(file, name)
    except StellarViewError as error:
        what_to_do = "Import the grid again: `stellarview isochrones import` or `fetch`."
        raise StellarViewError(
            f"{display_name(path)} cannot be read as a grid of isochrones.", error.why, what_to_do
        ) from error


def _read(file: GuardedFile, name: str) -> IsochroneGrid:
    if file.whole_number_attribute("/", "stellarview_isochrones", -1) != _VERSION:
        raise Hdf5Refused("It is not a grid of isochrones, or one of another version of StellarView.")
    sizes = [file.shape(name) for name in _AXES]
    if any(len(size) != 1 for size in sizes) or np.prod([size[0] for size in sizes], dtype=float) > _MOST_POINTS:
        raise Hdf5Refused("Its axes are missing or far too long.")
    ages, fehs, eeps = (file.rows(name, size[0]).read(0, size[0]) for name, size in zip(_AXES, sizes, strict=True))
    if any(axis.size == 0 or not np.isfinite(axis).all() or (np.diff(axis) <= 0).any() for axis in (ages, fehs, eeps)):
        raise Hdf5Refused("Its axes do not rise.")
    shape = (ages.size, fehs.size, eeps.size)
    columns = {}
    for column in (*COLUMNS, "phase"):
        file.rows(column)  # refuses a dataset that claims more than the file can hold
        rows = file.rows(column, ages.size * fehs.size, eeps.size)
        columns[f"{column}_AFE"] = rows.read(0, ages.size * fehs.size).reshape(shape)
    about = file.text_attribute("about")
    return IsochroneGrid(name, about, ages, fehs, eeps, **columns)
