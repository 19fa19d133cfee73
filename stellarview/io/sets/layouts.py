"""The layouts of HDF5 spectrum sets that can be read: our own, and the LAMOST LRS training set. A new one is a row."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, unquote

import numpy as np

from stellarview.domain.arrays import FloatArray, IntArray, MaskArray
from stellarview.domain.spectrum import Frame, Medium
from stellarview.io.lamost import LRS_RESOLUTION
from stellarview.io.planes import clean_planes, mask_planes
from stellarview.io.sets.arms import ArmRows, WavelengthRows
from stellarview.io.sets.columns import COLUMNS, kinds_of
from stellarview.io.sets.hdf5_guard import GuardedFile
from stellarview.io.sets.hdf5_rows import MAX_READ_BYTES, Hdf5Refused, StoredRows

SET_VERSION = 1
_LRS_LOG10_STEP = 1e-4
_MOST_ROWS = MAX_READ_BYTES // 8  # columns are read whole
_MEDIA: Mapping[str, Medium] = {"air": "air", "vacuum": "vacuum"}
_FRAMES: Mapping[str, Frame] = {"observed": "observed", "rest": "rest"}
Word = TypeVar("Word")


@dataclass(frozen=True, eq=False)
class SetContents:
    """What a set holds and where it lies in the file."""

    n_rows: int
    medium: Medium
    frame: Frame
    arms: tuple[ArmRows, ...]
    columns: Mapping[str, StoredRows]
    labels: Mapping[str, StoredRows]
    recipe_json: str = ""
    creator: str = ""


@dataclass(frozen=True)
class SetLayout:
    """A layout: its name, how it is recognised by its content, and how its parts are found."""

    name: str
    about: str
    recognises: Callable[[GuardedFile], bool]
    describe: Callable[[GuardedFile], SetContents]


def stored_name(text: str) -> str:
    """Any arm or label name as the name of an HDF5 object: `/` and `.` mean something else there."""
    return quote(text, safe=" []()+-", errors="replace").replace(".", "%2E")


def _is_own(file: GuardedFile) -> bool:
    return file.whole_number_attribute("/", "stellarview_set") > 0


def _own(file: GuardedFile) -> SetContents:
    version = file.whole_number_attribute("/", "stellarview_set")
    if version > SET_VERSION:
        raise Hdf5Refused(f"It was written by a newer StellarView (layout {version}; this one knows {SET_VERSION}).")
    groups = [f"arms/{name}" for name in file.names("arms")]
    groups.sort(key=lambda group: file.whole_number_attribute(group, "position"))
    arms = tuple(_own_arm(file, group) for group in groups)
    n_rows = _agreed_rows(arms)
    columns = {name: f"header/{name}" for name in COLUMNS if f"header/{name}" in file}
    labels = {unquote(name): f"labels/{name}" for name in file.names("labels")}
    return SetContents(
        n_rows,
        _one_of(_MEDIA, file.text_attribute("medium")),
        _one_of(_FRAMES, file.text_attribute("frame")),
        arms,
        _columns(file, n_rows, columns),
        {key: file.rows(name, n_rows) for key, name in labels.items()},
        file.text_attribute("recipe"),
        file.text_attribute("creator"),
    )


def _own_arm(file: GuardedFile, group: str) -> ArmRows:
    flux = file.rows(f"{group}/flux", kinds="f")
    n_rows, n = _rows_and_pixels(flux)
    continuum = file.rows(f"{group}/continuum", n_rows, n, kinds="f") if f"{group}/continuum" in file else None
    optional = {
        name: file.rows(f"{group}/{name}", n_rows) if f"{group}/{name}" in file else None
        for name in ("n_pixels", "snr", "resolution")
    }
    n_pixels = _pixel_counts(optional["n_pixels"], n_rows, n)
    return ArmRows(
        unquote(group.partition("/")[2]),
        _own_wavelengths(file, f"{group}/wavelength", n_rows, n),
        flux,
        file.rows(f"{group}/ivar", n_rows, n, kinds="f"),
        file.rows(f"{group}/mask", n_rows, n, kinds="iu"),
        _own_mask,
        n_pixels,
        continuum,
        optional["snr"],
        optional["resolution"],
    )


def _own_wavelengths(file: GuardedFile, name: str, n_rows: int, n: int) -> WavelengthRows:
    """One grid for all spectra, or one row for each."""
    if len(file.shape(name)) == 1:
        grid = _frozen(file.rows(name, n).read(0, n, np.float64))
        return lambda start, stop: np.broadcast_to(grid, (stop - start, n))
    rows = file.rows(name, n_rows, n)
    return lambda start, stop: rows.read(start, stop, np.float64)


def _own_mask(stored: MaskArray, flux: FloatArray, ivar: FloatArray) -> MaskArray:
    """Our own bits are kept: they were right when the set was written."""
    clean_planes(flux, ivar, stored)
    return stored


def _is_lamost_lrs(file: GuardedFile) -> bool:
    return all(name in file for name in ("flux", "ivar", "mask", "log10_wavelength0"))


# Our name of a fact -> the training set's name of the column.
_LRS_COLUMNS = {
    **{"obsid": "obsid", "designation": "designation", "ra_deg": "ra", "dec_deg": "dec", "redshift": "z"},
    **{"object_class": "class", "subclass": "subclass", "snr_g": "snrg", "plan_id": "plan", "file_name": "file"},
}


def _lamost_lrs(file: GuardedFile) -> SetContents:
    flux = file.rows("flux")
    n_rows, n = _rows_and_pixels(flux)
    starts = file.rows("log10_wavelength0", n_rows, kinds="f").read(0, n_rows, np.float64)
    if not ((starts > 2.0) & (starts + _LRS_LOG10_STEP * n < 6.0)).all():
        raise Hdf5Refused("Its column log10_wavelength0 gives no wavelengths of a spectrum.")
    arm = ArmRows(
        "LRS",
        lambda start, stop: _log_grids(starts[start:stop], n),
        flux,
        file.rows("ivar", n_rows, n),
        file.rows("mask", n_rows, n, kinds="iu"),
        _lrs_mask,
        _pixel_counts(file.rows("npix", n_rows) if "npix" in file else None, n_rows, n),
        resolution=LRS_RESOLUTION,
    )
    columns = {ours: theirs for ours, theirs in _LRS_COLUMNS.items() if theirs in file}
    labels = {key: file.rows(key, n_rows) for key in ("teff", "logg", "feh") if key in file}
    return SetContents(n_rows, "vacuum", "observed", (arm,), _columns(file, n_rows, columns), labels)


def _lrs_mask(stored: MaskArray, flux: FloatArray, ivar: FloatArray) -> MaskArray:
    """Bits 0 and 1 of the training set mean ANDMASK and ORMASK; the rest is as in the survey's own files."""
    return mask_planes(flux, ivar, [stored & np.uint16(1), stored & np.uint16(2)])


def _log_grids(starts: FloatArray, n: int) -> FloatArray:
    different, place = np.unique(starts, return_inverse=True)
    if different.size == 1:
        return np.broadcast_to(_log_grid(float(different[0]), n), (starts.size, n))
    return np.stack([_log_grid(float(start), n) for start in different])[place]


@functools.lru_cache(maxsize=16)
def _log_grid(log10_start: float, n: int) -> FloatArray:
    return _frozen(10.0 ** (log10_start + _LRS_LOG10_STEP * np.arange(n)))


# The first layout that recognises a file reads it.
SET_LAYOUTS: tuple[SetLayout, ...] = (
    SetLayout("stellarview-set", "StellarView spectrum set", _is_own, _own),
    SetLayout("lamost-lrs-set", "LAMOST LRS training set with LASP labels", _is_lamost_lrs, _lamost_lrs),
)


def _columns(file: GuardedFile, n_rows: int, names: Mapping[str, str]) -> dict[str, StoredRows]:
    return {ours: file.rows(theirs, n_rows, kinds=kinds_of(ours)) for ours, theirs in names.items()}


def _rows_and_pixels(flux: StoredRows) -> tuple[int, int]:
    if len(flux.shape) != 2 or flux.shape[0] < 1 or flux.shape[1] < 2:
        raise Hdf5Refused(f"Its flux has the shape {flux.shape}: that is no row of spectra.")
    if max(flux.shape) > _MOST_ROWS:
        raise Hdf5Refused(f"It claims {flux.shape[0]} spectra of {flux.shape[1]} pixels.")
    return flux.shape[0], flux.shape[1]


def _pixel_counts(column: StoredRows | None, n_rows: int, n: int) -> IntArray:
    counts = np.full(n_rows, n) if column is None else column.read(0, n_rows, np.int64)
    if not ((counts >= 2) & (counts <= n)).all():
        raise Hdf5Refused(f"Its numbers of pixels are not between 2 and {n}.")
    return counts


def _agreed_rows(arms: tuple[ArmRows, ...]) -> int:
    counts = {arm.flux.shape[0] for arm in arms}
    if len(counts) != 1:
        raise Hdf5Refused(f"Its arms hold different numbers of spectra: {sorted(counts) or 'there is no arm'}.")
    return counts.pop()


def _one_of(allowed: Mapping[str, Word], word: str) -> Word:
    if word not in allowed:
        raise Hdf5Refused(f"It says {word!r} where {' or '.join(allowed)} is due.")
    return allowed[word]


def _frozen(values: FloatArray) -> FloatArray:
    values.flags.writeable = False
    return values
