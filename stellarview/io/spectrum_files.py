"""Finds the files of spectra, and the sets of them, that a user means by a list of files and folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import SPECTRUM_ENDINGS, display_name
from stellarview.io.sets import is_spectrum_set, open_spectrum_set


def spectrum_files(paths: Sequence[Path | str]) -> list[Path]:
    """Files as they are given, whatever they are called; of folders, all that end like spectra, by name."""
    return [file for path in map(Path, paths) for file in (_files_in(path) if path.is_dir() else [path])]


def count_spectra(files: Sequence[Path]) -> int:
    """How many spectra, or reasons why there are none, these files will give."""
    return sum(_count(path) if is_spectrum_set(path) else 1 for path in files)


def _files_in(folder: Path) -> list[Path]:
    entries = folder.rglob("*")
    found = sorted(entry for entry in entries if entry.name.lower().endswith(SPECTRUM_ENDINGS) and entry.is_file())
    if not found:
        raise StellarViewError(
            f"The folder {display_name(folder)} holds no spectra.",
            f"No file in it ends in {', '.join(SPECTRUM_ENDINGS)}.",
            "Choose another folder, or name the files.",
        )
    return found


def _count(path: Path) -> int:
    try:
        with open_spectrum_set(path) as spectrum_set:
            return len(spectrum_set)
    except StellarViewError:
        return 1
