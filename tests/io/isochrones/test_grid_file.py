"""Grids on the disk."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from synthetic_isochrones import grid

from stellarview.domain.errors import StellarViewError
from stellarview.domain.isochrones import COLUMNS
from stellarview.io.isochrones.grid_file import EMBEDDED, list_grids, load_grid, read_grid, write_grid


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_ISOCHRONES", str(tmp_path))
    return tmp_path


def test_that_a_grid_comes_back_as_it_was_written(folder: Path) -> None:
    written = grid(np.array([9.0, 9.5]), np.array([-0.5, 0.0]))
    write_grid(folder / "mine.h5", written)
    read = load_grid("mine")
    assert (read.name, read.about, read.shape) == ("mine", written.about, written.shape)
    for column in (*COLUMNS, "phase"):
        np.testing.assert_array_equal(getattr(read, f"{column}_AFE"), getattr(written, f"{column}_AFE"))
    # Masses of neighbouring giants differ in the seventh digit: single precision would lose them.
    assert read.initial_mass_AFE.dtype == np.float64


def test_that_the_embedded_curves_are_what_the_documents_say() -> None:
    embedded = load_grid(EMBEDDED)
    known = {(round(one.age_gyr, 3), one.feh): bool(np.isfinite(one.mass_E).all()) for one in embedded.curves()}
    with_masses = {(1.0, 0.0), (5.0, 0.0), (10.0, 0.0), (12.0, -1.35)}
    without = {(7.0, -0.5), (7.0, 0.0), (7.0, 0.5)}
    assert {key for key, masses in known.items() if masses} == with_masses
    assert {key for key, masses in known.items() if not masses} == without
    assert "Dotter" in embedded.about
    assert "Choi" in embedded.about


def test_that_embedded_curves_are_those_of_the_official_files(shared_data: Path) -> None:
    from stellarview.io.file_bytes import read_file_bytes
    from stellarview.io.isochrones.mist import parse_mist

    path = shared_data / "mist" / "mist_feh+0.00_5gyr.iso.cmd.gz"
    (official,) = parse_mist(read_file_bytes(path).data, path).curves
    (ours,) = [one for one in load_grid(EMBEDDED).curves() if (round(one.age_gyr, 3), one.feh) == (5.0, 0.0)]
    _, mine, its = np.intersect1d(ours.eep_E, official.eep_E, return_indices=True)
    assert len(mine) == len(ours) > 600
    for column in COLUMNS:
        np.testing.assert_array_equal(getattr(ours, f"{column}_E")[mine], getattr(official, f"{column}_E")[its])


def test_that_the_users_own_grid_comes_before_the_embedded_one(folder: Path) -> None:
    assert list(list_grids()) == [EMBEDDED]
    assert load_grid().name == EMBEDDED
    write_grid(folder / "own.h5", grid(np.array([9.0, 9.5]), np.array([0.0])))
    assert list(list_grids()) == ["own", EMBEDDED]
    assert load_grid().name == "own"
    assert load_grid(str(folder / "own.h5")).name == "own"


def test_that_an_unknown_grid_is_answered_with_those_that_are_here(folder: Path) -> None:
    with pytest.raises(StellarViewError, match="embedded"):
        load_grid("parsec")


def test_that_a_file_that_is_no_grid_is_refused(folder: Path) -> None:
    (folder / "text.h5").write_bytes(b"no HDF5")
    with h5py.File(folder / "other.h5", "w") as file:
        file["flux"] = np.ones(3)
    for name in ("text", "other"):
        with pytest.raises(StellarViewError, match="grid of isochrones"):
            load_grid(name)


@pytest.mark.parametrize("damage", ["axis", "shape", "missing", "link"])
def test_that_a_damaged_grid_is_refused(folder: Path, damage: str) -> None:
    path = folder / "bad.h5"
    write_grid(path, grid(np.array([9.0, 9.5]), np.array([0.0])))
    with h5py.File(path, "r+") as file:
        if damage == "axis":
            file["log10_age_yr"][:] = [9.5, 9.0]
        elif damage == "shape":
            del file["feh"]
            file["feh"] = np.array([0.0, 0.1])
        else:
            del file["logg"]
            if damage == "link":
                file["logg"] = h5py.ExternalLink("/etc/hosts", "/x")
    with pytest.raises(StellarViewError, match="grid of isochrones"):
        read_grid(path, "bad")
