"""A training set from a user's own spectra and labels: read, matched, counted by star, and written as HDF5 sets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import RadialVelocity, Spectrum
from stellarview.domain.stack import kind_of
from stellarview.domain.typed_json import dataclass_from
from stellarview.io.atomic import write_atomically
from stellarview.io.names import display_name, file_key, printable
from stellarview.io.sets import SpectrumSetWriter, is_spectrum_set, open_spectrum_set
from stellarview.io.spectra import read_spectrum
from stellarview.io.spectrum_files import count_spectra, spectrum_files
from stellarview.io.tables.catalogue import plain_star_name
from stellarview.training.label_columns import LabelColumns, StarRows, read_stars
from stellarview.training.prepared import Tell, say_nothing
from stellarview.training.stars import Sky, StarNumbers

LABEL_SET_FILE = "label-set.json"
# The column of a set that says which spectra are of one star: splits go by it.
STAR_COLUMN = "star"
_SIGMA = "_sigma"
_MOST_NAMES = 200
_ROWS_AT_ONCE = 64


@dataclass(frozen=True)
class Unread:
    """A file that could not be used, and why."""

    file: str
    why: str


@dataclass(frozen=True)
class LabelSet:
    """What came of spectra and labels. Counts are complete, lists of names hold the first two hundred."""

    sets: tuple[str, ...]
    labels: tuple[str, ...]
    n_read: int = 0
    n_matched: int = 0
    n_stars: int = 0
    n_unmatched: int = 0
    n_without_labels: int = 0
    n_unread: int = 0
    n_rows: int = 0
    n_rows_without_spectrum: int = 0
    n_rows_repeated: int = 0
    unmatched: tuple[str, ...] = ()
    without_labels: tuple[str, ...] = ()
    rows_without_spectrum: tuple[str, ...] = ()
    rows_repeated: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    n_bad: Mapping[str, Any] = field(default_factory=dict)


def build_label_set(
    sources: Sequence[Path], table: Path | None, columns: LabelColumns | None, folder: Path,
    tell: Tell = say_nothing,
) -> LabelSet:  # fmt: skip
    """Read files, folders and sets, match them with the table, and write what has a label into the folder.

    Without a table the labels are those of the sets. What was built before in this folder is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stars = _of_table(table, columns)
    files = spectrum_files(sources)
    with _Builder(folder, stars, columns) as builder:
        total = count_spectra(files)
        for path in files:
            builder.take(path)
            tell(min(builder.n_seen, total), total)
    label_set = builder.result()
    write_atomically(folder / LABEL_SET_FILE, f"{json.dumps(asdict(label_set), indent=1)}\n".encode())
    return label_set


def read_label_set(folder: Path) -> LabelSet:
    """What `build_label_set` left in a folder."""
    try:
        return dataclass_from(LabelSet, json.loads((folder / LABEL_SET_FILE).read_bytes()), "label set")
    except (OSError, ValueError, TypeError) as error:
        raise StellarViewError(
            f"There is no training set in {display_name(folder)}.", f"{error}.", "Choose spectra and labels again."
        ) from error


def _of_table(table: Path | None, columns: LabelColumns | None) -> StarRows | None:
    if table is None:
        return None
    if columns is None:
        raise StellarViewError(
            f"Nobody said how {display_name(table)} is to be read.", "Its columns were not chosen.", "Choose them."
        )
    return read_stars(table, columns)


class _Finder:
    """The row of the table that a spectrum belongs to; of two rows of one star the first counts."""

    def __init__(self, stars: StarRows, columns: LabelColumns) -> None:
        self._match_by = columns.match_by
        self._rows: dict[str, int] = {}
        self._sky = Sky()
        self.repeated: list[int] = []
        self._asked = ""
        if columns.match_by == "position":
            for row, (ra, dec) in enumerate(zip(stars.ra_deg.tolist(), stars.dec_deg.tolist(), strict=True)):
                if np.isfinite(ra) and np.isfinite(dec):
                    self._add_place(row, ra, dec)
            return
        for row, key in enumerate(stars.keys):
            if (name := self._plain(key)) and self._rows.setdefault(name, row) != row:
                self.repeated.append(row)

    def _add_place(self, row: int, ra_deg: float, dec_deg: float) -> None:
        if self._sky.near(ra_deg, dec_deg) is None:
            self._sky.add(ra_deg, dec_deg, row)
        else:
            self.repeated.append(row)

    def _plain(self, key: str) -> str:
        if self._match_by == "file":
            return file_key(key).casefold()
        return plain_star_name(key) if self._match_by == "name" else key

    def row_of(self, spectrum: Spectrum) -> int | None:
        """The row, or None where the table does not have this star."""
        header = spectrum.header
        if self._match_by == "position":
            known = header.ra_deg is not None and header.dec_deg is not None
            return self._sky.near(header.ra_deg, header.dec_deg) if known else None  # type: ignore[arg-type]
        names: tuple[str, ...] = (spectrum.source.file_name,)
        if self._match_by == "obsid":
            names = ("" if header.obsid is None else str(header.obsid),)
        if self._match_by == "name":
            names = (header.designation or "", header.object_name or "", file_key(spectrum.source.file_name))
        self._asked = self._asked or next(filter(None, names), "none")
        return next((self._rows[plain] for plain in map(self._plain, names) if plain and plain in self._rows), None)

    @property
    def example(self) -> str:
        """How the table and the spectra call their stars, for whoever wonders why they do not meet."""
        first = next(iter(self._rows), "")
        return f" By {self._match_by}, the table begins with {first}, the spectra with {self._asked}." if first else ""


class _Builder:
    """Takes one file after the other; each kind of spectrum (arms, medium, frame) goes into a set of its own."""

    def __init__(self, folder: Path, stars: StarRows | None, columns: LabelColumns | None) -> None:
        self._folder, self._stars = folder, stars
        self._finder = _Finder(stars, columns) if stars is not None and columns is not None else None
        self._stack = ExitStack()
        self._writers: dict[tuple[str, ...], SpectrumSetWriter] = {}
        self._numbers, self._rows_seen = StarNumbers(), set[int]()
        self._star_numbers = set[int]()
        self._found = LabelSet((), tuple(stars.labels) if stars else (), n_rows=len(stars.keys) if stars else 0)
        self.n_seen = 0

    def __enter__(self) -> _Builder:
        self._stack.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._stack.__exit__(*exception)

    def take(self, path: Path) -> None:
        """One file, or all spectra of a set."""
        try:
            for spectra, own in _opened(path):
                self.n_seen += len(spectra)
                self._count(n_read=len(spectra))
                self._append(spectra, own)
        except StellarViewError as error:
            self.n_seen += 1
            unread = Unread(printable(path.name), f"{error.what} {error.why}")
            self._count(n_unread=1)
            self._found = replace(self._found, unread=(*self._found.unread, unread)[:_MOST_NAMES])

    def _append(self, spectra: list[Spectrum], own: Sequence[Mapping[str, float]]) -> None:
        kept: dict[tuple[str, ...], list[tuple[Spectrum, dict[str, float]]]] = {}
        for spectrum, values in zip(spectra, own, strict=True):
            taken = self._labelled(spectrum, values)
            if taken is not None:
                kept.setdefault(kind_of(spectrum), []).append(taken)
        for kind, pairs in kept.items():
            names = dict.fromkeys(key for _, values in pairs for key in values)
            columns = {key: [values.get(key, np.nan) for _, values in pairs] for key in names}
            self._writer(kind).append([spectrum for spectrum, _ in pairs], columns)
            self._count(n_matched=len(pairs))

    def _labelled(self, spectrum: Spectrum, own: Mapping[str, float]) -> tuple[Spectrum, dict[str, float]] | None:
        """The spectrum with its labels and the number of its star; None where it has no label."""
        row = None
        values = dict(own)
        if self._finder is not None and self._stars is not None:
            row = self._finder.row_of(spectrum)
            if row is None:
                self._name("unmatched", spectrum)
                return None
            self._rows_seen.add(row)
            values = _values(self._stars, row)
            spectrum = _with_velocity(self._stars, row, spectrum)
        keys = [key for key in values if not key.endswith(_SIGMA)]
        if not any(np.isfinite(values[key]) for key in keys):
            self._name("without_labels", spectrum)
            return None
        star = self._numbers.number_of(spectrum.header, row)
        self._star_numbers.add(star)
        if self._stars is None:
            labels = tuple(dict.fromkeys((*self._found.labels, *keys)))
            self._found = replace(self._found, labels=labels)
        return spectrum, values | {STAR_COLUMN: float(star)}

    def _writer(self, kind: tuple[str, ...]) -> SpectrumSetWriter:
        if kind not in self._writers:
            number = f"-{len(self._writers) + 1}" if self._writers else ""
            path = self._folder / f"spectra{number}.h5"
            self._writers[kind] = self._stack.enter_context(SpectrumSetWriter(path))
        return self._writers[kind]

    def _count(self, **more: int) -> None:
        self._found = replace(self._found, **{name: getattr(self._found, name) + n for name, n in more.items()})

    def _name(self, what: str, spectrum: Spectrum) -> None:
        self._count(**{f"n_{what}": 1})
        if len(names := getattr(self._found, what)) < _MOST_NAMES:
            more: dict[str, Any] = {what: (*names, spectrum.source.file_name)}
            self._found = replace(self._found, **more)

    def result(self) -> LabelSet:
        """Everything told; StellarViewError where nothing is left to train on."""
        if not self._writers:
            raise _nothing(self._found, self._finder.example if self._finder is not None else "")
        found = replace(
            self._found,
            sets=tuple(writer.path.name for writer in self._writers.values()),
            n_stars=len(self._star_numbers),
        )
        if self._stars is None:
            return found
        repeated = self._finder.repeated if self._finder is not None else []
        seen = self._rows_seen | set(repeated)
        unused = [row for row in range(len(self._stars.keys)) if row not in seen]
        return replace(
            found,
            n_rows_without_spectrum=len(unused),
            rows_without_spectrum=self._called(unused),
            n_rows_repeated=len(repeated),
            rows_repeated=self._called(repeated),
            n_bad=dict(self._stars.n_bad),
        )

    def _called(self, rows: Sequence[int]) -> tuple[str, ...]:
        keys = self._stars.keys if self._stars is not None else ()
        return tuple(keys[row] or f"row {row + 1}" for row in rows[:_MOST_NAMES])


def _opened(path: Path) -> Iterator[tuple[list[Spectrum], list[dict[str, float]]]]:
    """The spectra of a file, some at a time, with the labels that a set has of its own."""
    if not is_spectrum_set(path):
        yield [read_spectrum(path)], [{}]
        return
    with open_spectrum_set(path) as spectra:
        spectra.refuse_prepared()
        labels = {key: values for key, values in spectra.labels.items() if key != STAR_COLUMN}
        for start in range(0, len(spectra), _ROWS_AT_ONCE):
            read = spectra.read(start, start + _ROWS_AT_ONCE)
            rows = range(start, start + len(read))
            yield read, [{key: float(values[row]) for key, values in labels.items()} for row in rows]


def _values(stars: StarRows, row: int) -> dict[str, float]:
    labels = {key: float(values[row]) for key, values in stars.labels.items()}
    return labels | {f"{key}{_SIGMA}": float(values[row]) for key, values in stars.sigmas.items()}


def _with_velocity(stars: StarRows, row: int, spectrum: Spectrum) -> Spectrum:
    if stars.velocity_km_s is None or not np.isfinite(stars.velocity_km_s[row]) or spectrum.frame == "rest":
        return spectrum
    return spectrum.with_velocity(RadialVelocity(float(stars.velocity_km_s[row]), None, "catalogue"))


def _nothing(found: LabelSet, example: str) -> StellarViewError:
    if found.unread and not found.n_read:
        return StellarViewError("No spectrum has a label.", found.unread[0].why, "Choose other files of spectra.")
    counts = (
        (found.n_unmatched, "are not in the table"),
        (found.n_without_labels, "have no label"),
        (found.n_unread, "could not be read"),
    )
    of_these = ", ".join(f"{count} {words}" for count, words in counts if count)
    why = f"Of {found.n_read + found.n_unread} spectra {of_these}.{example if found.n_unmatched else ''}"
    advice = "Choose another column that tells the star, or other spectra."
    if not found.n_unmatched:
        advice = "Choose columns that hold labels of these stars, or give a table of labels."
    return StellarViewError("No spectrum has a label.", why, advice)
