"""What was it that was dropped? Files, folders, lists, tables, sets and sessions become rows, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.io.file_bytes import head_of_file
from stellarview.io.folder_walk import walk_spectra
from stellarview.io.names import display_name, file_key, printable
from stellarview.io.path_lists import it_is, listed_paths, path_meant
from stellarview.io.sets import is_spectrum_set, open_spectrum_set
from stellarview.io.tables.catalogue import may_be_catalogue, read_catalogue
from stellarview.io.tables.fits_head import fits_table_columns
from stellarview.io.tables.formats import looks_like_text
from stellarview.session.arrivals import Intake, NewLabels, NewStars, Notice, OpenSession, values_of
from stellarview.session.session import CatalogueValue, StarEntry
from stellarview.session.store import is_session

_FIRST_PIECE, _LARGEST_PIECE = 64, 16_384
_MOST_ROWS = 2_000
_TABLE_ENDINGS = (".csv", ".tsv", ".ecsv", ".vot", ".votable", ".xml")
_SET_ENDINGS = (".h5", ".hdf5")
_SURVEY_NAMES = ("spec-", "med-")


def take_in(paths: Sequence[Path | str]) -> Iterator[Intake]:
    """What these paths and addresses mean. Rows come in pieces, small ones first; nothing here reads a spectrum."""
    pieces = _Pieces()
    for path in paths:
        for one in _taken(path):
            if isinstance(one, StarEntry):
                yield from pieces.with_one(one)
            else:
                yield from pieces.rest()
                yield one
    yield from pieces.rest()


class _Pieces:
    """Collects rows; each piece is twice as large as the one before, so that a million rows are some dozens."""

    def __init__(self) -> None:
        self._waiting: list[StarEntry] = []
        self._seen: set[tuple[str, int]] = set()
        self._size = _FIRST_PIECE

    def with_one(self, star: StarEntry) -> Iterator[NewStars]:
        place = (star.path, star.row)
        if place in self._seen and not star.catalogue:
            return
        self._seen.add(place)
        self._waiting.append(star)
        if len(self._waiting) >= self._size:
            yield from self.rest()
            self._size = min(2 * self._size, _LARGEST_PIECE)

    def rest(self) -> Iterator[NewStars]:
        if self._waiting:
            yield NewStars(tuple(self._waiting))
            self._waiting = []


_Found = Iterator[StarEntry | OpenSession | NewLabels | Notice]


def _taken(given: Path | str, folder: Path | None = None) -> _Found:
    """`folder` is that of the list that names it: lists in lists are not followed."""
    path = path_meant(given, folder)
    if not str(given):
        return
    if path is None:
        yield Notice(f"{printable(str(given))} is on another machine: download it first.")
    elif it_is(Path.is_dir, path):
        yield from _of_folder(path)
    elif is_session(path):
        yield OpenSession(path)
    elif it_is(Path.is_file, path) and is_spectrum_set(path):
        yield from _of_set(path)
    else:
        yield from _of_file(path, is_listed=folder is not None)


def _of_folder(folder: Path) -> _Found:
    is_empty, refused = True, list[Path]()
    for path in walk_spectra(folder, refused):
        is_empty = False
        name = path.name.lower()
        if name.startswith(_SURVEY_NAMES):
            yield _entry(path)
        elif name.endswith(_SET_ENDINGS):
            yield from _of_set(path)
        else:
            yield from _of_file(path, is_listed=True)
    for closed in refused:
        yield Notice(f"The folder {display_name(closed)} cannot be read.")
    if is_empty and not refused:
        yield Notice(f"The folder {display_name(folder)} holds no spectra.")


def _of_set(path: Path) -> _Found:
    try:
        with open_spectrum_set(path) as spectra:
            count, labels = len(spectra), spectra.labels
            count = 1 if spectra.recipe_json else count  # it is refused as a whole, in one row that tells why
    except StellarViewError:
        yield _entry(path)  # reading it tells why
        return
    shown = min(count, _MOST_ROWS)
    sigmas = {key: labels.get(f"{key}_sigma") for key in labels}
    numbers = {key: column for key, column in labels.items() if not key.endswith("_sigma")}
    for row in range(shown):
        values = tuple(_value(path, key, float(column[row]), sigmas[key], row) for key, column in numbers.items())
        yield _entry(path, row, tuple(value for value in values if np.isfinite(value.value)))
    if count > shown:
        yield Notice(f"{display_name(path)} holds {count:,} spectra; the first {shown:,} are shown.")


def _value(path: Path, key: str, number: float, sigmas: FloatArray | None, row: int) -> CatalogueValue:
    sigma = 0.0 if sigmas is None or not np.isfinite(sigmas[row]) else float(sigmas[row])
    return CatalogueValue(key, number, sigma, printable(path.name))


def _of_file(path: Path, *, is_listed: bool) -> _Found:
    head = head_of_file(path, 4096)
    if head.startswith(b"SIMPLE"):
        is_table = may_be_catalogue(fits_table_columns(path))
    else:
        is_table = not is_listed and looks_like_text(head)
        listed: list[str] = []
        with suppress(StellarViewError):
            listed = listed_paths(path) if is_table else []
        for line in listed:
            yield from _taken(line, path.parent)
        if listed:
            return
    if is_table:
        yield from _of_table(path)
    else:
        yield _entry(path)


def _of_table(path: Path) -> _Found:
    try:
        catalogue = read_catalogue(path)
    except StellarViewError as error:
        is_meant = path.name.lower().removesuffix(".gz").endswith((*_TABLE_ENDINGS, ".fits", ".fit"))
        yield Notice(" ".join(error.as_dict().values())) if is_meant else _entry(path)
        return
    for note in catalogue.notes:
        yield Notice(f"{display_name(path)}: {note}.")
    found = 0
    for row, name in enumerate(catalogue.files):
        spectrum = _named_by_table(path.parent, name)
        if spectrum is not None:
            found += 1
            yield _entry(spectrum, catalogue=values_of(catalogue, row))
    if found < len(catalogue):
        if found:
            missing = len(catalogue) - found
            yield Notice(f"{missing:,} of {len(catalogue):,} spectra that {display_name(path)} names are not here.")
        yield NewLabels(path, catalogue)


def _named_by_table(folder: Path, name: str) -> Path | None:
    """The file that a row means: where it says, or beside the table, packed or not, LRS or MRS."""
    meant = path_meant(name, folder) if name else None
    if meant is None:
        return None
    last = file_key(name)
    others = (f"{stem}{ending}" for stem in _survey_twins(last) for ending in ("", ".fits.gz", ".fits", ".fit"))
    candidates = (meant, *(place / other for other in others for place in dict.fromkeys((meant.parent, folder))))
    return next((path for path in candidates if it_is(Path.is_file, path)), None)


def _survey_twins(stem: str) -> tuple[str, ...]:
    return (stem, f"med-{stem.removeprefix('spec-')}") if stem.startswith("spec-") else (stem,)


def _entry(path: Path, row: int = -1, catalogue: tuple[CatalogueValue, ...] = ()) -> StarEntry:
    return StarEntry("", str(path), row, catalogue=catalogue)
