"""Spectra of files, folders and sets one after the other, with a label where a set tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Spectrum
from stellarview.io.sets import is_spectrum_set, open_spectrum_set
from stellarview.io.spectra import read_spectrum
from stellarview.io.spectrum_files import spectrum_files

_ROWS_AT_ONCE = 64

Labelled = tuple[Spectrum, float | None]


def labelled_spectra(
    paths: Sequence[Path],
    label: str,
    is_wanted: Callable[[float | None], bool] = lambda value: True,
    failed: Callable[[Path, StellarViewError], None] = lambda path, error: None,
) -> Iterator[Labelled]:
    """Every spectrum with the value of this label; sets are read where `is_wanted` says so, and nowhere else.

    What cannot be read is told to `failed`, and the others go on.
    """
    for path in spectrum_files(paths):
        try:
            if is_spectrum_set(path):
                yield from _of_set(path, label, is_wanted)
            elif is_wanted(None):
                yield read_spectrum(path), None
        except StellarViewError as error:
            failed(path, error)


def _of_set(path: Path, label: str, is_wanted: Callable[[float | None], bool]) -> Iterator[Labelled]:
    with open_spectrum_set(path) as spectra:
        values = spectra.labels.get(label, np.full(len(spectra), np.nan))
        known = [float(value) if np.isfinite(value) else None for value in values]
        for start in range(0, len(known), _ROWS_AT_ONCE):  # stored chunks are read once, or not at all
            block = known[start : start + _ROWS_AT_ONCE]
            if any(is_wanted(value) for value in block):
                read = spectra.read(start, start + len(block))
                yield from ((one, value) for one, value in zip(read, block, strict=True) if is_wanted(value))
