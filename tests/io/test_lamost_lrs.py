"""Low-resolution spectra in their three layouts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from lamost_files import COUNT, START, STEP, planes, write_lrs_image, write_lrs_table

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import MaskReason
from stellarview.io.fits_blocks import parse_fits
from stellarview.io.spectra import READERS, read_spectra, read_spectrum

RULE = 10 ** (START + STEP * np.arange(COUNT))


@pytest.mark.parametrize("write", [write_lrs_image, write_lrs_table], ids=["image", "table"])
def test_that_every_fact_of_the_file_is_read(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    spectrum = read_spectrum(write(tmp_path / "spec.fits"))
    header, arm = spectrum.header, spectrum.arms[0]
    assert (header.obsid, header.object_class, header.subclass) == (939701176, "STAR", "G2")
    assert (header.ra_deg, header.dec_deg, header.redshift) == (112.3, 3.07, 1e-4)
    assert header.snr.known() == {"u": 5.0, "g": 24.54, "r": 30.0, "i": 31.0, "z": 20.0}
    assert (spectrum.medium, spectrum.frame, spectrum.is_foreign) == ("vacuum", "observed", False)
    assert len(spectrum.source.sha256) == 64
    assert np.allclose(arm.wavelength_angstrom, RULE, atol=1e-6)
    assert np.allclose(arm.flux, planes()["FLUX"], rtol=1e-6)
    assert np.flatnonzero(~arm.is_good).tolist() == [10, 11]
    assert arm.mask[20] == MaskReason.ORMASK


def test_that_the_sub_continuum_of_v26_is_not_taken_for_wavelengths(tmp_path: Path) -> None:
    path = write_lrs_image(
        tmp_path / "old.fits",
        third_row=np.linspace(0.9, 1.1, COUNT),
        SNRG=None,
        SN_G=6.19,
        OBSID=None,
        VERSPIPE="v2.6.4",
    )
    spectrum = read_spectrum(path)
    assert spectrum.source.layout == "lrs-image-v2.6"
    assert np.allclose(spectrum.arms[0].wavelength_angstrom, RULE)
    assert spectrum.header.snr.g == 6.19
    assert spectrum.header.obsid is None


def test_that_v26_without_its_wavelength_rule_is_refused(tmp_path: Path) -> None:
    path = write_lrs_image(tmp_path / "old.fits", third_row=np.ones(COUNT), COEFF1=None)
    with pytest.raises(StellarViewError, match="COEFF"):
        read_spectra(path)


@pytest.mark.parametrize(
    ("cards", "field"),
    [({"Z": -9999.0}, "redshift"), ({"Z": "NaN"}, "redshift"), ({"Z_ERR": -9999.0}, "redshift_sigma"),
     ({"RA": -9999.0}, "ra_deg"), ({"SUBCLASS": "Non"}, "subclass"), ({"OBSID": None}, "obsid")],
)  # fmt: skip
def test_that_absent_facts_are_none_and_not_numbers(tmp_path: Path, cards: dict[str, object], field: str) -> None:
    assert getattr(read_spectrum(write_lrs_table(tmp_path / "a.fits", **cards)).header, field) is None


def test_that_both_layouts_of_the_same_star_agree(tmp_path: Path) -> None:
    one, other = (read_spectrum(w(tmp_path / f"{w.__name__}.fits")).arms[0] for w in (write_lrs_image, write_lrs_table))
    assert np.array_equal(one.wavelength_angstrom, other.wavelength_angstrom)
    assert np.array_equal(one.flux, other.flux)
    assert np.array_equal(one.mask, other.mask)


def test_that_stored_wavelengths_win_where_the_rule_disagrees(tmp_path: Path) -> None:
    spectrum = read_spectrum(write_lrs_table(tmp_path / "a.fits", COEFF0=3.6))
    assert np.allclose(spectrum.arms[0].wavelength_angstrom, RULE, atol=0.01)


def test_that_air_wavelengths_are_believed_where_the_header_says_so(tmp_path: Path) -> None:
    assert read_spectrum(write_lrs_table(tmp_path / "a.fits", VACUUM=False)).medium == "air"


def test_that_a_missing_heliocentric_correction_is_noted(tmp_path: Path) -> None:
    assert any(
        "heliocentric" in note for note in read_spectrum(write_lrs_table(tmp_path / "a.fits", HELIO=False)).notes
    )


def broken_planes(**changes: np.ndarray) -> dict[str, np.ndarray]:
    return planes() | changes


_UNUSABLE = {
    "every flux NaN": broken_planes(FLUX=np.full(COUNT, np.nan)),
    "every ivar zero": broken_planes(IVAR=np.zeros(COUNT)),
    "no IVAR column": {key: value for key, value in planes().items() if key != "IVAR"},
    "planes of different length": broken_planes(FLUX=np.ones(COUNT - 1)),
    "wavelengths that turn back": broken_planes(WAVELENGTH=np.where(np.arange(COUNT) == 300, 3000.0, RULE)),
    "wavelengths in nanometres": broken_planes(WAVELENGTH=RULE / 10),
}


@pytest.mark.parametrize("name", _UNUSABLE)
def test_that_an_unusable_spectrum_is_refused_with_reason_and_advice(tmp_path: Path, name: str) -> None:
    with pytest.raises(StellarViewError) as caught:
        read_spectra(write_lrs_table(tmp_path / "a.fits", _UNUSABLE[name], COEFF0=None))
    assert all(caught.value.as_dict().values())


def test_that_pixels_that_are_no_numbers_are_masked_and_hold_no_information(tmp_path: Path) -> None:
    flux, ivar = planes()["FLUX"], planes()["IVAR"]
    flux[5], ivar[6], ivar[7], flux[8] = np.nan, np.inf, -1.0, 0.0
    arm = read_spectrum(write_lrs_table(tmp_path / "a.fits", broken_planes(FLUX=flux, IVAR=ivar))).arms[0]
    reasons = [MaskReason(int(value)) for value in arm.mask[5:9]]
    assert reasons == [MaskReason.NON_FINITE, MaskReason.NON_FINITE, MaskReason.NO_IVAR, MaskReason.NO_DATA]
    assert np.isfinite(arm.flux).all()
    assert (arm.ivar[5:8] == 0).all()


@pytest.mark.parametrize("cards", [{"TELESCOP": None}, {"TELESCOP": "Guoshoujing Telescope (LAMOST)"}])
def test_that_an_image_of_five_rows_without_another_telescope_is_ours(tmp_path: Path, cards: dict[str, object]) -> None:
    path = write_lrs_image(tmp_path / "a.fits", **cards)
    with fits.open(path, mode="update") as hdus:
        del hdus[0].header["EXTEN0"]
    assert read_spectrum(path).source.layout == "lrs-image"


def test_that_five_rows_of_another_telescope_are_not_taken_for_lamost(tmp_path: Path) -> None:
    cards = {"TELESCOP": "SDSS 2.5-M", "DATA_V": None, "DESIG": None}
    path = write_lrs_image(tmp_path / "spSpec.fits", **cards)
    with fits.open(path, mode="update") as hdus:
        del hdus[0].header["EXTEN0"]
    hdus = parse_fits(path.read_bytes())
    assert [reader.layout for reader in READERS if reader.recognises(hdus)] == ["foreign"]


def test_that_a_name_that_is_no_utf8_can_be_printed_and_its_path_opened(tmp_path: Path) -> None:
    source = read_spectrum(write_lrs_table(tmp_path / "good.fits").rename(tmp_path / "bad\udcff.fits")).source
    assert source.file_name.encode().startswith(b"bad")
    assert read_spectrum(source.path).source == source
    (tmp_path / "bad\udcff.fits").write_bytes(b"SIMPLE  = nonsense")
    with pytest.raises(StellarViewError) as caught:
        read_spectra(source.path)
    assert str(caught.value).encode()
