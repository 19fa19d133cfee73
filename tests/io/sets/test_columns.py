"""Facts as columns of a set: what nobody knows is never a number."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Arm, HeaderFacts, RadialVelocity, SignalToNoise, Source, Spectrum
from stellarview.io.sets import open_spectrum_set, write_spectrum_set

SPECTRUM = Spectrum(
    (Arm("LRS", 4000.0 + np.arange(20), np.ones(20), np.ones(20), np.zeros(20, np.uint16)),),
    "vacuum",
    "observed",
    Source("a.fits", "a.fits", "", "made"),
    HeaderFacts(obsid=7, ra_deg=1.0, dec_deg=2.0, redshift=1e-4, subclass="G2", snr=SignalToNoise(g=2.0, r=3.0)),
    velocity=RadialVelocity(30.0, 1.0, "header"),
)


def test_that_facts_which_a_set_lacks_are_unknown_for_all(tmp_path: Path) -> None:
    write_spectrum_set(tmp_path / "set.h5", [SPECTRUM, SPECTRUM])
    with h5py.File(tmp_path / "set.h5", "r+") as file:
        for name in list(file["header"]):
            del file["header"][name]
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        assert stored.columns == ()
        assert np.isnan(stored.header_column("redshift")).tolist() == [True, True]
        assert stored.header_column("obsid", 1).tolist() == [-1]
        assert stored.header_column("is_foreign").tolist() == [0, 0]
        assert stored.header_column("subclass").tolist() == ["", ""]
        assert np.isnan(stored.stack(0, 2).velocity_km_s_B).all()
        with pytest.raises(StellarViewError, match="has no column 'colour'"):
            stored.header_column("colour")


def test_that_sentinels_in_a_set_are_absent_facts(tmp_path: Path) -> None:
    write_spectrum_set(tmp_path / "set.h5", [SPECTRUM])
    names = ("ra_deg", "dec_deg", "redshift", "snr_g", "rv")
    with h5py.File(tmp_path / "set.h5", "r+") as file:
        for name, value in zip(names, (-9999.0, -999.0, np.inf, -9999.0, -9999.0), strict=True):
            file["header"][name][:] = value
    with open_spectrum_set(tmp_path / "set.h5") as stored:
        spectrum = stored[0]
        assert all(np.isnan(stored.header_column(name)).all() for name in names)
        assert np.isnan(stored.stack(0, 1).velocity_km_s_B).all()
    assert (spectrum.header.ra_deg, spectrum.header.dec_deg, spectrum.header.redshift) == (None, None, None)
    assert (spectrum.header.snr.g, spectrum.header.snr.r, spectrum.velocity) == (None, 3.0, None)
