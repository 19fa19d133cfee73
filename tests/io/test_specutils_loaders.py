"""LAMOST through specutils."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stellarview.io import read_spectrum


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
