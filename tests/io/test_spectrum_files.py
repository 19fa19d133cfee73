"""Files and folders as a user gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
from spectra import spectrum

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import SPECTRUM_ENDINGS
from stellarview.io.sets import is_spectrum_set, write_spectrum_set
from stellarview.io.spectrum_files import count_spectra, spectrum_files


def test_that_folders_give_their_spectra_by_name_and_files_come_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    names = [f"deep/{place}{ending}" for place, ending in enumerate(SPECTRUM_ENDINGS)]
    for name in (*names, "notes.txt", "deep/table.csv"):
        (tmp_path / name).touch()
    (tmp_path / "a.fits").mkdir()
    odd = tmp_path / "notes.txt"
    found = spectrum_files([odd, str(tmp_path), tmp_path / "missing.fits"])
    assert found == [odd, *(tmp_path / name for name in names), tmp_path / "missing.fits"]


def test_that_a_folder_without_spectra_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="holds no spectra"):
        spectrum_files([tmp_path])


def test_that_a_set_counts_its_rows_and_everything_else_one(tmp_path: Path) -> None:
    write_spectrum_set(tmp_path / "five", [spectrum()] * 5)
    (tmp_path / "broken.h5").write_bytes(b"\x89HDF\r\n\x1a\n...")
    files = [tmp_path / "five", tmp_path / "broken.h5", tmp_path / "missing.h5"]
    assert [is_spectrum_set(path) for path in files] == [True, True, False]
    assert count_spectra(files) == 7
