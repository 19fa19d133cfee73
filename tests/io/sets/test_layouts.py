"""The LAMOST LRS training set reads like the survey's own files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import HeaderFacts, MaskReason, SignalToNoise
from stellarview.domain.stack import stack_spectra
from stellarview.io.sets import open_spectrum_set, write_spectrum_set
from stellarview.io.spectra import read_spectrum

N_ROWS, N_PIXELS = 70, 30


def lrs_columns() -> dict[str, Any]:
    """What the training set holds, for a few short spectra."""
    rng = np.random.default_rng(3)
    shape = (N_ROWS, N_PIXELS)
    return {
        "flux": rng.normal(1000, 10, shape).astype(np.float32),
        "ivar": rng.uniform(0.1, 1, shape).astype(np.float32),
        "mask": rng.choice([0, 1, 2, 3], shape).astype(np.uint8),
        "log10_wavelength0": np.where(np.arange(N_ROWS) == 66, 3.56820178, 3.56820011),
        "npix": np.where(np.arange(N_ROWS) % 5 == 0, N_PIXELS - 4, N_PIXELS).astype(np.int16),
        "obsid": np.array([f"{1017011234 + row}" if row else "" for row in range(N_ROWS)], dtype="S10"),
        "plan": np.array(["HD170956N262719V01"] * N_ROWS, dtype="S19"),
        "z": np.linspace(-1e-4, 1e-4, N_ROWS),
        "snrg": np.linspace(10, 200, N_ROWS),
        "subclass": np.array(["F5"] * N_ROWS, dtype="S2"),
        "class": np.array(["STAR"] * N_ROWS, dtype="S4"),
        "designation": np.array(["LAMOST J171008.26+281524.8"] * N_ROWS, dtype="S26"),
        "ra": np.full(N_ROWS, 257.5),
        "dec": np.full(N_ROWS, -28.25),
        "file": np.array([f"spec-{row}.fits.gz" for row in range(N_ROWS)], dtype="S47"),
        **{"teff": np.full(N_ROWS, 5772.0), "logg": np.full(N_ROWS, 4.44), "feh": np.zeros(N_ROWS)},
    }


def write_lrs(path: Path, columns: dict[str, Any]) -> Path:
    with h5py.File(path, "w") as file:
        for name, values in columns.items():
            packed = {"compression": "gzip", "shuffle": True, "chunks": (64, 13)} if values.ndim == 2 else {}
            file.create_dataset(name, data=values, **packed)
    return path


@pytest.fixture
def lrs(tmp_path: Path) -> Path:
    return write_lrs(tmp_path / "lrs.h5", lrs_columns())


def test_that_the_training_set_is_recognised_by_its_content(lrs: Path) -> None:
    with open_spectrum_set(lrs) as stored:
        assert stored.layout == "lamost-lrs-set"
        assert (len(stored), stored.medium, stored.frame, stored.arm_names) == (N_ROWS, "vacuum", "observed", ("LRS",))
        assert {key: values[0] for key, values in stored.labels.items()} == {"teff": 5772.0, "logg": 4.44, "feh": 0.0}


def test_that_its_columns_become_header_facts(lrs: Path) -> None:
    with open_spectrum_set(lrs) as stored:
        spectrum, first = stored[69], stored[0]
    assert spectrum.header == HeaderFacts(
        obsid=1017011303,
        designation="LAMOST J171008.26+281524.8",
        ra_deg=257.5,
        dec_deg=-28.25,
        object_class="STAR",
        subclass="F5",
        redshift=1e-4,
        snr=SignalToNoise(g=200.0),
        plan_id="HD170956N262719V01",
    )
    assert spectrum.source.file_name == "spec-69.fits.gz"
    assert spectrum.source.path == f"{lrs}#69"
    assert (spectrum.source.sha256, spectrum.source.layout) == ("", "lamost-lrs-set")
    assert first.header.obsid is None


def test_that_its_pixels_keep_their_wavelength_and_their_reasons(lrs: Path) -> None:
    columns = lrs_columns()
    with open_spectrum_set(lrs) as stored:
        spectra = stored.read(0, N_ROWS)
    for row in (0, 1, 66):
        arm, n = spectra[row].arms[0], int(columns["npix"][row])
        assert (len(arm), arm.resolution) == (n, 1800.0)
        rule = 10.0 ** (columns["log10_wavelength0"][row] + 1e-4 * np.arange(n))
        np.testing.assert_array_equal(arm.wavelength_angstrom, rule)
        np.testing.assert_array_equal(arm.flux, columns["flux"][row, :n])
        np.testing.assert_array_equal(arm.ivar, columns["ivar"][row, :n])
        np.testing.assert_array_equal(arm.mask, columns["mask"][row, :n])  # its bits happen to be ours


def test_that_pixels_without_information_say_so(tmp_path: Path) -> None:
    columns = lrs_columns()
    columns["mask"][:] = 0
    columns["ivar"][0, :3] = [0.0, -1.0, np.nan]
    columns["flux"][0, 3:5] = [np.inf, 0.0]
    with open_spectrum_set(write_lrs(tmp_path / "lrs.h5", columns)) as stored:
        arm = stored[0].arms[0]
    none, damaged = MaskReason.NO_IVAR, MaskReason.NON_FINITE
    assert arm.mask[:5].tolist() == [none, none, damaged, damaged, MaskReason.NO_DATA]
    assert arm.ivar[:4].tolist() == [0.0] * 4
    assert arm.flux[3] == 0.0


def test_that_a_star_is_the_same_in_its_file_and_in_the_training_set(shared_data: Path) -> None:
    with open_spectrum_set(shared_data / "train" / "lamost_dr10_lrs.h5") as stored:
        rows = {obsid: row for row, obsid in enumerate(stored.header_column("obsid").tolist())}
        compared = 0
        for path in sorted((shared_data / "lamost_lrs").glob("*.fits.gz"))[:12]:
            spectrum = read_spectrum(path)
            arm, row = spectrum.arms[0], rows.get(spectrum.header.obsid or 0)
            if row is None:
                continue
            compared += 1
            one, stack = stored[row].arms[0], stored.stack(row, row + 1).arms[0]
            for mask, flux, ivar in (
                (one.mask, one.flux, one.ivar),
                (stack.mask_BN[0], stack.flux_BN[0], stack.ivar_BN[0]),
            ):
                np.testing.assert_array_equal(mask, arm.mask)
                np.testing.assert_array_equal(flux, arm.flux)
                np.testing.assert_array_equal(ivar == 0, arm.ivar == 0)
                np.testing.assert_allclose(ivar, arm.ivar, rtol=2e-3)  # the set keeps nine bits of them
    assert compared >= 10


def test_that_an_unknown_redshift_of_the_training_set_is_none(tmp_path: Path) -> None:
    columns = lrs_columns()
    columns["z"][0], columns["snrg"][0] = -9999.0, -9999.0
    with open_spectrum_set(write_lrs(tmp_path / "lrs.h5", columns)) as stored:
        assert (stored[0].header.redshift, stored[0].header.snr.g) == (None, None)
        assert np.isnan(stored.header_column("redshift")[:2]).tolist() == [True, False]


def test_that_its_stacks_are_those_of_its_spectra(lrs: Path) -> None:
    with open_spectrum_set(lrs) as stored:
        for stack, chunk in zip(stored.stacks(32), stored.iter_chunks(32), strict=True):
            expected = stack_spectra(chunk).arms[0]
            for plane in ("wavelength_BN", "flux_BN", "ivar_BN", "mask_BN", "n_pixels_B"):
                np.testing.assert_array_equal(getattr(stack.arms[0], plane), getattr(expected, plane), err_msg=plane)
            assert np.isnan(stack.velocity_km_s_B).all()


def test_that_it_can_be_rewritten_in_our_layout(lrs: Path, tmp_path: Path) -> None:
    with open_spectrum_set(lrs) as old:
        write_spectrum_set(tmp_path / "own.h5", old, old.labels)
        with open_spectrum_set(tmp_path / "own.h5") as new:
            assert [s.header for s in new] == [s.header for s in old]
            assert new[3].source.layout == "lamost-lrs-set"
            np.testing.assert_array_equal(new[0].arms[0].flux, old[0].arms[0].flux)


def a_short_column(columns: dict[str, Any]) -> None:
    columns["teff"] = columns["teff"][:-1]


def an_empty_row(columns: dict[str, Any]) -> None:
    columns["npix"][3] = 1


def too_many_pixels(columns: dict[str, Any]) -> None:
    columns["npix"][3] = N_PIXELS + 1


def no_wavelength(columns: dict[str, Any]) -> None:
    columns["log10_wavelength0"][3] = np.nan


def far_infrared(columns: dict[str, Any]) -> None:
    columns["log10_wavelength0"][3] = 300.0


def one_long_spectrum(columns: dict[str, Any]) -> None:
    columns["flux"] = columns["flux"].ravel()


def texts_for_labels(columns: dict[str, Any]) -> None:
    columns["teff"] = columns["plan"]


def complex_flux(columns: dict[str, Any]) -> None:
    columns["flux"] = columns["flux"].astype(np.complex64)


@pytest.mark.parametrize(
    "spoil",
    [
        *(a_short_column, an_empty_row, too_many_pixels, no_wavelength, far_infrared),
        *(one_long_spectrum, texts_for_labels, complex_flux),
    ],
)
def test_that_columns_which_contradict_each_other_are_refused(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    columns = lrs_columns()
    spoil(columns)
    with h5py.File(tmp_path / "lrs.h5", "w") as file:
        for name, values in columns.items():
            file.create_dataset(name, data=values)
    with pytest.raises(StellarViewError, match=r"Cannot read lrs\.h5"):
        open_spectrum_set(tmp_path / "lrs.h5")


def test_that_the_real_training_set_reads_in_both_ways(shared_data: Path) -> None:
    with open_spectrum_set(shared_data / "train" / "lamost_dr10_lrs.h5") as stored:
        assert len(stored) == 2300
        assert stored.header_column("plan_id", 0, 1).tolist() == ["HD170956N262719V01"]
        assert stored[0].header.obsid == 1017011234
        assert stored.labels["teff"][0] == pytest.approx(6291.55, abs=0.01)
        stack, spectra = stored.stack(1024, 1280), stored.read(1024, 1280)
    expected = stack_spectra(spectra)
    for plane in ("wavelength_BN", "flux_BN", "ivar_BN", "mask_BN", "n_pixels_B"):
        np.testing.assert_array_equal(getattr(stack.arms[0], plane), getattr(expected.arms[0], plane), err_msg=plane)
