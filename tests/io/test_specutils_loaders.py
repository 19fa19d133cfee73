"""LAMOST through specutils."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from stellarview.io.spectra import read_spectrum


@pytest.fixture(scope="module")
def specutils():  # type: ignore[no-untyped-def]
    import specutils

    import stellarview.io.specutils_loaders  # noqa: F401

    return specutils


def test_that_specutils_reads_lrs_by_name_of_the_format(specutils, example_lrs: Path) -> None:  # type: ignore[no-untyped-def]
    there, here = specutils.Spectrum.read(str(example_lrs), format="LAMOST LRS"), read_spectrum(example_lrs).arms[0]
    assert str(there.spectral_axis.unit) == "Angstrom"
    assert np.array_equal(there.spectral_axis.value, here.wavelength_angstrom)
    assert np.array_equal(there.flux.value, here.flux)
    assert np.array_equal(there.mask, ~here.is_good)
    assert there.meta["medium"] == "vacuum"


def test_that_specutils_reads_either_arm_of_mrs_or_both(specutils, example_mrs: Path) -> None:  # type: ignore[no-untyped-def]
    red = specutils.Spectrum.read(str(example_mrs), format="LAMOST MRS", arm="R")
    both = specutils.SpectrumList.read(str(example_mrs), format="LAMOST MRS")
    assert len(both) == 2
    assert np.array_equal(both[1].flux.value, red.flux.value)


def test_that_specutils_recognises_the_formats_by_itself(specutils, example_lrs: Path) -> None:  # type: ignore[no-untyped-def]
    assert len(specutils.Spectrum.read(str(example_lrs)).flux) == 3909


def test_that_specutils_finds_both_arms_of_mrs_by_itself(specutils, example_mrs: Path) -> None:  # type: ignore[no-untyped-def]
    assert len(specutils.SpectrumList.read(str(example_mrs))) == 2
    assert len(specutils.SpectrumList.read(example_mrs)) == 2


def test_that_specutils_reads_a_stream(specutils, example_lrs: Path) -> None:  # type: ignore[no-untyped-def]
    for content in (example_lrs.read_bytes(), gzip.decompress(example_lrs.read_bytes())):
        assert len(specutils.Spectrum.read(io.BytesIO(content), format="LAMOST LRS").flux) == 3909
        assert len(specutils.Spectrum.read(io.BytesIO(content)).flux) == 3909


def test_that_another_instrument_is_declined_without_asking_specutils(  # type: ignore[no-untyped-def]
    specutils, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: object, **keywords: object) -> None:
        raise AssertionError("a child process was started")

    from stellarview.io import specutils_loaders as loaders

    monkeypatch.setattr("subprocess.run", never)
    path = tmp_path / "foreign.fits"
    fits.PrimaryHDU(np.ones(500)).writeto(path)
    (tmp_path / "text.fits").write_text("no FITS")
    sources = [(str(path), None), (str(tmp_path / "text.fits"), None), (str(tmp_path / "none.fits"), None)]
    for source, stream in [*sources, (None, io.BytesIO(path.read_bytes())), (None, io.StringIO("text")), (None, None)]:
        for kind in ("lrs", "mrs"):
            assert loaders._is_lamost(kind)("read", source, stream) is False
