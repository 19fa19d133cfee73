"""From files, folders and packages to one grid."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from mist_files import mist_text, write_package
from synthetic_isochrones import isochrone

from stellarview.domain.errors import StellarViewError
from stellarview.io.isochrones import importing
from stellarview.io.isochrones.grid_file import load_grid
from stellarview.io.isochrones.importing import import_isochrones

AGES, FEHS = (9.0, 9.5, 10.0), (-0.5, 0.0)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_ISOCHRONES", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def texts() -> dict[str, bytes]:
    """Two files of three ages each, as the official package has them."""
    return {f"MIST/feh_{feh:+.2f}.iso": mist_text([isochrone(age, feh) for age in AGES]).encode() for feh in FEHS}


def write(folder: Path, texts: dict[str, bytes]) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
    return folder


@pytest.mark.parametrize("kind", ["files", "folder", "package", "gzip"])
def test_that_a_grid_is_made_of_whatever_is_given(tmp_path: Path, texts: dict[str, bytes], kind: str) -> None:
    if kind == "package":
        given = [write_package(tmp_path / "official.txz", dict(texts))]
    elif kind == "gzip":
        given = [write(tmp_path / "in", {f"{name}.gz": gzip.compress(text) for name, text in texts.items()})]
    else:
        root = write(tmp_path / "in", texts)
        given = [root] if kind == "folder" else sorted(root.rglob("*.iso"))
    imported = import_isochrones(given, "mine")
    grid = load_grid("mine")
    assert (imported.files, grid.shape[:2]) == (2, (3, 2))
    np.testing.assert_allclose(grid.log10_age_yr_A, AGES)
    assert "MIST 1.2, v/vcrit = 0.4" in grid.about
    assert grid.has_masses_AF.all()


def test_that_an_interrupted_import_goes_on_where_it_was(
    tmp_path: Path, folder: Path, texts: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path / "in", texts)

    def power_cut(words: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_isochrones([root], "mine", power_cut)
    assert not (folder / "mine.h5").exists()
    parsed = []
    real = importing.parse_mist
    monkeypatch.setattr(importing, "parse_mist", lambda data, path: parsed.append(path) or real(data, path))
    imported = import_isochrones([root], "mine")
    assert (imported.resumed, len(parsed)) == (1, 1)
    assert load_grid("mine").has_curve_AF.all()
    assert [entry.name for entry in folder.iterdir()] == ["mine.h5"]


def test_that_a_failed_import_leaves_the_older_grid_and_no_litter(
    tmp_path: Path, folder: Path, texts: dict[str, bytes]
) -> None:
    import_isochrones([write(tmp_path / "in", texts)], "mine")
    before = (folder / "mine.h5").read_bytes()
    (tmp_path / "parsec.dat").write_text("# PARSEC isochrones\n")
    with pytest.raises(StellarViewError, match="PARSEC"):
        import_isochrones([tmp_path / "parsec.dat"], "mine")
    assert (folder / "mine.h5").read_bytes() == before
    assert [entry.name for entry in folder.iterdir()] == ["mine.h5"]


def test_that_models_of_another_kind_do_not_mix(tmp_path: Path, texts: dict[str, bytes]) -> None:
    _, second = texts
    texts[second] = texts[second].replace(b"0.40\n", b"0.00\n", 1)
    with pytest.raises(StellarViewError, match=r"v/vcrit = 0\.4"):
        import_isochrones([write(tmp_path / "in", texts)], "mine")


def test_that_the_same_isochrone_twice_counts_once(tmp_path: Path, texts: dict[str, bytes]) -> None:
    curves = [isochrone(age, 0.0) for age in AGES]
    texts["z.iso.cmd"] = mist_text(curves, photometry=True, linear=True).encode()
    imported = import_isochrones([write(tmp_path / "in", texts)], "mine")
    assert (imported.repeated_curves, imported.grid.shape[:2]) == (3, (3, 2))


@pytest.mark.parametrize("name", ["../up", "embedded", "", ".hidden", "a/b"])
def test_that_a_grid_has_a_name_and_no_path(tmp_path: Path, texts: dict[str, bytes], name: str) -> None:
    with pytest.raises(StellarViewError, match="cannot be called"):
        import_isochrones([write(tmp_path / "in", texts)], name)


def test_that_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StellarViewError, match="nothing to import"):
        import_isochrones([tmp_path / "empty"], "mine")
