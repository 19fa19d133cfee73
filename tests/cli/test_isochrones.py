"""`stellarview isochrones` as its user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mist_files import mist_text, write_package
from synthetic_isochrones import isochrone

from stellarview.cli import isochrones, main
from stellarview.io.isochrones.download import Downloaded


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_ISOCHRONES", str(tmp_path / "isochrones"))
    return tmp_path / "isochrones"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    texts = {
        f"p/{feh}.iso": mist_text([isochrone(age, feh) for age in (9.6, 9.65, 9.7)]).encode() for feh in (-0.25, 0.0)
    }
    return write_package(tmp_path / "package.txz", dict(texts))


def test_that_the_embedded_curves_are_listed_with_the_way_to_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["isochrones", "list"]) == 0
    text = capsys.readouterr().out
    assert "7 Gyr, [Fe/H] -0.50 (no masses)" in text
    assert "isochrones fetch" in text


def test_that_an_imported_grid_is_listed_and_used(capsys: pytest.CaptureFixture[str], package: Path) -> None:
    assert main(["isochrones", "import", str(package), "--name", "mine"]) == 0
    assert "3 ages (3.98 to 5.01 Gyr), 2 metallicities" in capsys.readouterr().out
    assert main(["isochrones", "list", "--json"]) == 0
    mine, embedded = json.loads(capsys.readouterr().out)
    assert (mine["name"], mine["isochrones"], mine["feh"]) == ("mine", 6, [-0.25, 0.0])
    assert (embedded["name"], len(embedded["curves"])) == ("embedded", 7)
    assert main(["place", "--teff", "5700", "--logg", "4.4", "--feh", "-0.1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["grid"] == "mine"


def test_that_a_fetched_package_is_imported(
    capsys: pytest.CaptureFixture[str], package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isochrones, "fetch_package", lambda *_: Downloaded(package, "0" * 64, 1))
    assert main(["isochrones", "fetch"]) == 0
    out = capsys.readouterr()
    assert "mist.h5" in out.out
    assert "packed it anew" in out.err


def test_that_a_damaged_grid_is_a_line_of_its_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.mkdir()
    (folder / "bad.h5").write_bytes(b"no HDF5")
    assert main(["isochrones", "list"]) == 1
    assert "REFUSED" in capsys.readouterr().out


@pytest.mark.parametrize("paths", [[], ["nowhere.iso"]])
def test_that_nothing_to_import_is_an_error(capsys: pytest.CaptureFixture[str], paths: list[str]) -> None:
    assert main(["isochrones", "import", *paths]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 3
