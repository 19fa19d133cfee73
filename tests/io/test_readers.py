"""The table of readers, and every real file of the survey that is at hand."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from stellarview.io.spectra import READERS, read_spectra, read_spectrum

FOLDERS = {  # folder: files, layouts
    "lamost_lrs": (64, {"lrs-table"}),
    "lamost_lrs_old": (24, {"lrs-image-v2.6"}),
    "lamost_lrs_other": (68, {"lrs-image"}),
    "lamost_lrs_two_releases": (2, {"lrs-image", "lrs-table"}),
    "lamost_lrs_misnamed": (2, {"lrs-image"}),
    "lamost_mrs": (3, {"mrs"}),
    "benchmark": (3, {"mrs"}),
}


def test_that_layouts_are_named_once_and_the_last_resort_is_last() -> None:
    names = [reader.layout for reader in READERS]
    assert len(names) == len(set(names))
    assert names[-1] == "foreign"


@pytest.mark.parametrize("name", ["spec-synthetic-G2V.fits.gz", "med-synthetic-K1III.fits.gz"])
def test_that_the_bundled_examples_are_read(example_lrs: Path, name: str) -> None:
    assert read_spectrum(example_lrs.parent / name).header.release == "synthetic"


@pytest.mark.parametrize("folder", FOLDERS)
def test_that_every_real_file_is_read_in_its_layout_as_vacuum(shared_data: Path, folder: str) -> None:
    count, layouts = FOLDERS[folder]
    files = sorted((shared_data / folder).glob("*.fits*"))
    spectra = [read_spectrum(path) for path in files]
    assert len(files) == count
    assert {spectrum.source.layout for spectrum in spectra} == layouts
    assert {(spectrum.medium, spectrum.frame) for spectrum in spectra} == {("vacuum", "observed")}


def test_that_facts_of_real_files_agree_with_the_catalogue(shared_data: Path) -> None:
    with (shared_data / "lamost_lrs" / "labels.csv").open() as table:
        for row in csv.DictReader(table):
            header = read_spectrum(shared_data / "lamost_lrs" / row["file"]).header
            assert header.obsid == int(row["obsid"])
            assert header.subclass == row["subclass"]
            assert header.snr.g == pytest.approx(float(row["snrg"]))
            assert header.redshift == pytest.approx(float(row["z"]), abs=1e-9)


def test_that_one_star_reads_the_same_through_two_releases(shared_data: Path) -> None:
    folder = shared_data / "lamost_lrs_two_releases"
    image, table = (read_spectrum(folder / f"spec-55859-F5902_sp01-001_dr{dr}.fits.gz").arms[0] for dr in (7, 9))
    assert np.abs(image.wavelength_angstrom - table.wavelength_angstrom).max() < 0.01
    assert np.array_equal(image.flux, table.flux)
    assert np.array_equal(image.ivar, table.ivar)


def test_that_real_mrs_exposures_have_both_arms(shared_data: Path) -> None:
    spectra = read_spectra(shared_data / "lamost_mrs" / "med-58025-HIP9645901_sp02-051.fits.gz")
    assert [spectrum.exposure for spectrum in spectra] == ["coadd", "83555758", "83555772", "83555785", "83555799"]
    assert all(len(spectrum.arms) == 2 for spectrum in spectra)
    assert [len(arm) for arm in spectra[0].arms] == [3771, 3806]
