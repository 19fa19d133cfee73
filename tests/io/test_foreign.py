"""Spectra of other instruments."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from stellarview.domain.errors import StellarViewError
from stellarview.io import foreign
from stellarview.io.file_bytes import FileBytes
from stellarview.io.fits_blocks import FitsHeader, Hdu
from stellarview.io.spectra import read_spectra, read_spectra_of, read_spectrum


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
    ("content", "why", "what_to_do"),
    [
        (b"Teff,logg\n5777,4.4\n", "text file", "where these are asked for"),
        (b"\x89HDF\r\n\x1a\n\0\0", "HDF5", "Sets of spectra"),
        (b"\0\1\2\3" * 99, "not a FITS", "file that you meant"),
    ],
    ids=["text", "hdf5", "noise"],
)
def test_that_what_is_no_fits_is_told_what_it_is(tmp_path: Path, content: bytes, why: str, what_to_do: str) -> None:
    path = tmp_path / "thing.fits"
    path.write_bytes(content)
    with pytest.raises(StellarViewError, match=why) as caught:
        read_spectra(path)
    assert what_to_do in caught.value.what_to_do


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


def test_that_a_file_that_specutils_cannot_load_says_so_plainly(tmp_path: Path) -> None:
    fits.PrimaryHDU(np.zeros((30, 30))).writeto(tmp_path / "image.fits")
    with pytest.raises(StellarViewError) as caught:
        read_spectra(tmp_path / "image.fits")
    error = caught.value
    assert error.what == "Cannot read image.fits as one spectrum."
    assert error.why.startswith("It is a sound FITS file, but not of LAMOST, and specutils cannot load it: ")
    assert "argument" not in error.why
    assert "IORegistryError" not in error.why
    assert len(error.why) < 220
    assert "wavelength and flux columns" in error.what_to_do


def header_of(**cards: object) -> Hdu:
    text = "".join(f"{key.replace('_OBS', '-OBS'):<8}= {value!s}".ljust(80) for key, value in cards.items())
    return Hdu(FitsHeader(text), memoryview(b""))


@pytest.mark.parametrize(
    ("cards", "position"),
    [
        ({"RA": 1.0, "DEC": 2.0}, (1.0, 2.0)),
        ({"RA": 1.0, "DEC": 2.0, "PLUG_RA": 3.0, "PLUG_DEC": 4.0}, (3.0, 4.0)),
        ({"TARG_RA": 5.0, "TARG_DEC": -6.0}, (5.0, -6.0)),
        ({"RA": 1.0}, (None, None)),
        ({"PLUG_RA": 3.0, "RA": 1.0, "DEC": 2.0}, (1.0, 2.0)),
        ({"RA": 1.0, "DECDEG": 2.0}, (None, None)),
    ],
)
def test_that_half_a_position_is_none(cards: dict[str, float], position: tuple[float | None, float | None]) -> None:
    assert foreign._position([header_of(**cards)]) == position
    assert foreign._position([header_of(), header_of(**cards)]) == position


@pytest.mark.parametrize(
    ("cards", "is_stated"),
    [({}, False), ({"HELIO": "F"}, False), ({"HELIO": "T"}, True), ({"HELIO_RV": 4.9}, True),
     ({"SPECSYS": "'BARYCENT'"}, True), ({"SPECSYS": "'TOPOCENT'"}, False)],
)  # fmt: skip
def test_that_a_heliocentric_correction_must_be_stated(cards: dict[str, object], is_stated: bool) -> None:
    assert foreign._states_heliocentric(header_of(**cards)) is is_stated


def an_answer(**changes: Any) -> bytes:
    n = 200
    values = {"wavelength_angstrom": 5000.0 + np.arange(n), "flux": np.full(n, 4.0), "sigma": np.empty(0)}
    values |= {"factor": np.ones(1), "mask": np.empty(0), "facts": '{"unit": "Jy"}'}
    stream = io.BytesIO()
    np.savez(stream, **{name: value for name, value in (values | changes).items() if value is not None})
    return stream.getvalue()


def answering(content: bytes) -> Callable[..., Any]:
    """A child process that says this."""

    def run(command: list[str], stdout: Any, **keywords: Any) -> subprocess.CompletedProcess[bytes]:
        stdout.write(content)
        return subprocess.CompletedProcess(command, 0, b"", b"")

    return run


def read_answer(
    monkeypatch: pytest.MonkeyPatch, content: bytes, *hdus: fits.ImageHDU, primary: int = 200
) -> Any:  # the one spectrum
    monkeypatch.setattr(subprocess, "run", answering(content))
    stream = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(np.full(primary, 4.0)), *hdus]).writeto(stream)
    return read_spectra_of(FileBytes(Path("a.fits"), stream.getvalue(), ""))[0]


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", an_answer()[:300], an_answer(flux=None), an_answer(facts="{"), an_answer(facts="3")],
    ids=["nothing", "no zip", "cut", "no flux", "no JSON", "a number"],
)
def test_that_an_answer_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    with pytest.raises(StellarViewError, match="no usable answer"):
        read_answer(monkeypatch, content)


def test_that_an_answer_beyond_all_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "ANSWER_LIMIT_BYTES", 1000)
    with pytest.raises(StellarViewError, match="MB of it"):
        read_answer(monkeypatch, an_answer())


@pytest.mark.parametrize("broken", ["subprocess.Popen", "tempfile.TemporaryDirectory"])
def test_that_a_system_without_room_says_so(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail(*arguments: object, **keywords: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(broken, fail)
    stream = io.BytesIO()
    fits.PrimaryHDU(np.ones(200)).writeto(stream)
    with pytest.raises(StellarViewError, match="No space left") as caught:
        read_spectra_of(FileBytes(Path("a.fits"), stream.getvalue(), ""))
    assert "Free some space" in caught.value.what_to_do


def test_that_zeros_do_not_count_for_the_scale_of_a_flux(monkeypatch: pytest.MonkeyPatch) -> None:
    flux = np.where(np.arange(200) < 150, 0.0, 4.0) + np.where(np.arange(200) == 3, np.nan, 0.0)
    arm = read_answer(monkeypatch, an_answer(flux=flux, sigma=np.ones(200))).arms[0]
    assert np.unique(arm.flux).tolist() == [0.0, 1.0]
    assert arm.sigma[-1] == pytest.approx(0.25)


def test_that_uncertainties_in_an_extension_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    errors, wrong = fits.ImageHDU(np.full(200, 0.4), name="ERRS"), fits.ImageHDU(np.full(20, 9.0), name="SIGMA")
    flux = np.linspace(3.9, 4.1, 200)
    spectrum = read_answer(monkeypatch, an_answer(flux=flux, factor=np.full(200, 2.0)), wrong, errors)
    assert np.median(spectrum.arms[0].sigma) == pytest.approx(0.2)
    assert any("extension ERRS" in note for note in spectrum.notes)
    spectrum = read_answer(monkeypatch, an_answer(flux=flux, sigma=np.ones(200)), errors)
    assert np.median(spectrum.arms[0].sigma) == pytest.approx(0.25)


def test_that_real_foreign_facts_are_those_of_the_target(shared_data: Path) -> None:
    folder = shared_data / "foreign"
    sdss = read_spectrum(folder / "spec-0266-51602-0013.fits")
    assert (sdss.header.ra_deg, sdss.header.dec_deg) == pytest.approx((146.9341, -0.67040397))
    assert not any("heliocentric" in note for note in sdss.notes)
    xshooter = read_spectrum(folder / "XSHOOTER_esoreflex_1D.fits.gz")
    assert any("heliocentric" in note for note in xshooter.notes)
    assert any("extension ERRS" in note for note in xshooter.notes)
    with fits.open(folder / "XSHOOTER_esoreflex_1D.fits.gz") as hdus:
        errors, flux = hdus["ERRS"].data.astype(float), hdus[0].data.astype(float)
    good = xshooter.arms[0].is_good
    assert np.allclose(xshooter.arms[0].sigma[good], errors[good] / np.median(np.abs(flux[flux != 0])), rtol=1e-3)
    jwst = read_spectrum(folder / "jw02736-o007_s06355_nirspec_f290lp-g395m_x1d.fits")
    assert jwst.header.ra_deg is not None
    assert jwst.header.dec_deg is not None
