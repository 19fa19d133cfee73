"""Spectra of other instruments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from stellarview.domain.errors import StellarViewError
from stellarview.io import read_spectra, read_spectrum


def write_linear(
    path: Path, *, unit: str | None = "nm", start: float = 500.0, step: float = 0.1, **cards: object
) -> Path:
    flux = 10 + np.random.default_rng(1).normal(0, 0.5, 800)
    hdu = fits.PrimaryHDU(flux)
    hdu.header.update({"CRVAL1": start, "CDELT1": step, "CRPIX1": 1, "CTYPE1": "AWAV", "OBJECT": "HD 1"} | cards)
    if unit:
        hdu.header["CUNIT1"] = unit
    hdu.writeto(path)
    return path


def test_that_a_foreign_spectrum_is_read_with_its_units_converted(tmp_path: Path) -> None:
    spectrum = read_spectrum(write_linear(tmp_path / "foreign.fits"))
    arm = spectrum.arms[0]
    assert spectrum.is_foreign
    assert (spectrum.source.layout, spectrum.header.object_name) == ("foreign", "HD 1")
    assert arm.wavelength_angstrom[[0, -1]] == pytest.approx([5000.0, 5799.0])
    assert spectrum.medium == "air"
    assert np.median(arm.flux) == pytest.approx(1.0)
    assert np.median(arm.sigma) == pytest.approx(0.05, rel=0.15)
    assert any("no uncertainties" in note for note in spectrum.notes)


def test_that_fluxes_in_physical_units_keep_their_errors(tmp_path: Path) -> None:
    path = write_linear(tmp_path / "tiny.fits")
    with fits.open(path, mode="update") as hdus:
        hdus[0].data = hdus[0].data * 1e-19
    sigma = read_spectrum(path).arms[0].sigma
    assert np.median(sigma) == pytest.approx(0.05, rel=0.15)


def test_that_pixel_numbers_are_not_taken_for_wavelengths(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="pixel numbers"):
        read_spectra(write_linear(tmp_path / "pixels.fits", unit="Angstrom", start=1.0, step=1.0, CTYPE1="WAVE"))


def test_that_an_image_is_refused(tmp_path: Path) -> None:
    fits.PrimaryHDU(np.zeros((30, 30))).writeto(tmp_path / "image.fits")
    with pytest.raises(StellarViewError):
        read_spectra(tmp_path / "image.fits")


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"Teff,logg\n5777,4.4\n", "text file"), (b"\x89HDF\r\n\x1a\n\0\0", "HDF5"), (b"\0\1\2\3" * 99, "not a FITS")],
    ids=["text", "hdf5", "noise"],
)
def test_that_what_is_no_fits_is_told_what_it_is(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "thing.fits"
    path.write_bytes(content)
    with pytest.raises(StellarViewError, match=why):
        read_spectra(path)


def test_that_a_damaged_lamost_file_is_never_guessed_at_by_other_loaders(tmp_path: Path) -> None:
    hdu = fits.PrimaryHDU(np.zeros(900))
    hdu.header["TELESCOP"] = "LAMOST"
    hdu.writeto(tmp_path / "a.fits")
    with pytest.raises(StellarViewError, match="none of the layouts"):
        read_spectra(tmp_path / "a.fits")


_FOREIGN = {  # file: what becomes of it (the first and last Angstrom, or None where it is no single spectrum)
    "K0III__107418.fits": (3465.0, 9469.0),
    "XSHOOTER_esoreflex_1D.fits.gz": (2989.2, 5559.8),
    "jw02736-o007_s06355_nirspec_f290lp-g395m_x1d.fits": (28486.4, 52864.7),
    "spec-0266-51602-0013.fits": (3803.6, 9202.4),
    "spec-0266-51602-0031.fits": (3800.1, 9202.4),
    "FORS_1D.fits": None,
    "SDSSJ220248.31+123656.3.fits": None,
    "dartmouth_wrong_model.iso.gz": None,
    "image.fits": None,
    "marz_galaxies_multiple.fits": None,
    "specexample1.fits": None,
}


@pytest.mark.parametrize("name", _FOREIGN)
def test_that_real_foreign_files_are_read_rightly_or_refused(shared_data: Path, name: str) -> None:
    expected = _FOREIGN[name]
    if expected is None:
        with pytest.raises(StellarViewError):
            read_spectra(shared_data / "foreign" / name)
    else:
        spectrum = read_spectrum(shared_data / "foreign" / name)
        assert spectrum.is_foreign
        assert spectrum.arms[0].wavelength_angstrom[[0, -1]] == pytest.approx(expected, abs=0.1)
