"""Files, folders and sets one after the other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.io.many_spectra import labelled_spectra
from stellarview.io.sets.spectrum_set import write_spectrum_set
from stellarview.io.spectra import read_spectrum


@pytest.fixture
def folder(tmp_path: Path, example_lrs: Path) -> Path:
    """A file, a file that is none, and a set of two spectra of which one has a label."""
    shutil.copy(example_lrs, tmp_path / "a.fits.gz")
    (tmp_path / "b.fits").write_bytes(b"no FITS at all")
    (tmp_path / "notes.txt").write_text("not a spectrum", encoding="utf-8")
    star = read_spectrum(example_lrs)
    write_spectrum_set(tmp_path / "c.h5", [star, star], {"teff": [5800.0, float("nan")]})
    return tmp_path


def test_that_a_folder_gives_its_files_and_sets_and_tells_what_failed(folder: Path) -> None:
    failures: list[tuple[str, StellarViewError]] = []
    found = list(labelled_spectra([folder], "teff", failed=lambda path, error: failures.append((path.name, error))))
    assert [label for _, label in found] == [None, 5800.0, None]
    assert [name for name, _ in failures] == ["b.fits"]


def test_that_only_what_is_wanted_is_read(folder: Path) -> None:
    wanted = labelled_spectra([folder / "c.h5"], "teff", lambda teff_k: teff_k is not None)
    assert [label for _, label in wanted] == [5800.0]


def test_that_a_set_without_the_label_knows_none(folder: Path) -> None:
    assert [label for _, label in labelled_spectra([folder / "c.h5"], "mgh")] == [None, None]
