"""Medium-resolution spectra: arms, coadds, exposures, and what may be missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from lamost_files import write_mrs

from stellarview.domain.errors import StellarViewError
from stellarview.io.file_bytes import read_file_bytes
from stellarview.io.fits_blocks import parse_fits
from stellarview.io.lamost_mrs import _start_of
from stellarview.io.spectra import read_spectra, read_spectrum

ALL = ("COADD_B", "COADD_R", "B-83555758", "B-83555772", "R-83555758", "R-83555772")


@pytest.mark.parametrize("one_row", [False, True], ids=["one row a pixel", "one row of arrays"])
@pytest.mark.parametrize("wavelength_column", ["LOGLAM", "WAVELENGTH"])
def test_that_every_form_of_table_gives_the_same_spectrum(
    tmp_path: Path, wavelength_column: str, one_row: bool
) -> None:
    path = write_mrs(tmp_path / "med.fits", ALL, wavelength_column=wavelength_column, one_row=one_row)
    blue, red = read_spectrum(path).arms
    assert (blue.name, red.name) == ("B", "R")
    assert blue.wavelength_angstrom[0] == pytest.approx(4950.0, abs=1e-6)
    assert blue.flux[:3].tolist() == [500, 501, 502]
    assert (blue.snr, blue.resolution) == (50.0, 7500.0)


def test_that_the_coadd_comes_first_and_then_every_exposure_with_both_arms(tmp_path: Path) -> None:
    spectra = read_spectra(write_mrs(tmp_path / "med.fits", ALL))
    assert [spectrum.exposure for spectrum in spectra] == ["coadd", "83555758", "83555772"]
    assert all([arm.name for arm in spectrum.arms] == ["B", "R"] for spectrum in spectra)


def test_that_red_exposures_which_run_from_red_to_blue_are_turned_round(tmp_path: Path) -> None:
    coadd, exposure = read_spectra(write_mrs(tmp_path / "med.fits", ("COADD_R", "R-83555758")))
    assert np.allclose(coadd.arms[0].wavelength_angstrom, exposure.arms[0].wavelength_angstrom)
    assert np.array_equal(coadd.arms[0].flux - 500, exposure.arms[0].flux - exposure.arms[0].flux[0])


@pytest.mark.parametrize(
    ("names", "exposures", "arms"),
    [(("COADD_B",), ["coadd"], ["B"]), (("COADD_R", "B-83555758"), ["coadd", "83555758"], ["R"]),
     (("B-83555772", "R-83555758"), ["83555758", "83555772"], ["R"])],
    ids=["blue coadd alone", "one arm each", "no coadds"],
)  # fmt: skip
def test_that_missing_arms_and_coadds_are_no_obstacle(
    tmp_path: Path, names: tuple[str, ...], exposures: list[str], arms: list[str]
) -> None:
    spectra = read_spectra(write_mrs(tmp_path / "med.fits", names))
    assert [spectrum.exposure for spectrum in spectra] == exposures
    assert [arm.name for arm in spectra[0].arms] == arms


def test_that_a_dead_arm_is_left_out_and_noted(tmp_path: Path) -> None:
    path = write_mrs(tmp_path / "med.fits", ("COADD_B", "COADD_R"))
    with fits.open(path, mode="update") as hdus:
        hdus["COADD_R"].data["IVAR"][:] = 0
    spectrum = read_spectrum(path)
    assert [arm.name for arm in spectrum.arms] == ["B"]
    assert any("arm R" in note for note in spectrum.notes)


def test_that_a_file_of_dead_arms_is_refused(tmp_path: Path) -> None:
    path = write_mrs(tmp_path / "med.fits", ("COADD_B",))
    with fits.open(path, mode="update") as hdus:
        hdus["COADD_B"].data["FLUX"][:] = np.nan
    with pytest.raises(StellarViewError, match="No exposure"):
        read_spectra(path)


def test_that_the_signal_to_noise_of_each_arm_is_its_own(tmp_path: Path) -> None:
    path = write_mrs(tmp_path / "med.fits", ("COADD_B", "COADD_R"))
    with fits.open(path, mode="update") as hdus:
        hdus["COADD_R"].header["SNR"] = 162.4
    assert read_spectrum(path).header.snr.known() == {"blue": 50.0, "red": 162.4}


def test_that_exposures_without_a_date_tell_when_they_began(tmp_path: Path) -> None:
    spectra = read_spectra(write_mrs(tmp_path / "med.fits", ("COADD_B", "B-83555758", "B-1"), **{"DATE-OBS": "2017"}))
    assert {s.exposure: s.header.observed_at for s in spectra} == {
        "coadd": "2017",
        "83555758": "2017-09-28T11:58:00",
        "1": "2017",  # no time at which LAMOST stood
    }


def test_that_the_starts_of_real_exposures_are_those_of_their_headers(shared_data: Path) -> None:
    path = shared_data / "lamost_mrs" / "med-58025-HIP9645901_sp02-051.fits.gz"
    hdus = [hdu for hdu in parse_fits(read_file_bytes(path).data) if hdu.name.startswith("B-")]
    assert len(hdus) == 4
    for hdu in hdus:
        local = datetime.fromisoformat(str(hdu.header.get("DATE-BEG"))).replace(second=0)
        start = _start_of(hdu.name.removeprefix("B-"))
        assert start is not None
        assert abs(datetime.fromisoformat(start) - (local - timedelta(hours=8))) <= timedelta(minutes=1)


def test_that_real_exposures_have_times_of_their_own(shared_data: Path) -> None:
    spectra = read_spectra(shared_data / "lamost_mrs" / "med-58268-HIP95119KP01_sp12-076.fits.gz")
    times = [spectrum.header.observed_at for spectrum in spectra]
    assert len(set(times)) == len(times)
    assert times[1:] == sorted(str(time) for time in times[1:])
