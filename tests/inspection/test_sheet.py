"""Sheets on the disk: what they are called, and that the command and the window write the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import told_star

from stellarview.domain.errors import StellarViewError
from stellarview.inspection.sheet import make_folder, write_sheet, write_sidecar
from stellarview.inspection.summary import sheet_name
from stellarview.io.models import find_model, read_card


@pytest.mark.parametrize(
    ("path", "row", "taken", "name"),
    [
        ("spec-1.fits.gz", -1, (), "spec-1"),
        ("night.h5", 17, (), "night-17"),
        ("a.b", -1, (), "a.b"),
        ("spec-1.fits", -1, ("spec-1", "spec-1-2"), "spec-1-3"),
        (".fits", -1, (), ".fits"),
    ],
)
def test_that_a_sheet_is_called_after_its_file(path: str, row: int, taken: tuple[str, ...], name: str) -> None:
    assert sheet_name(Path(path), row, taken) == name


def test_that_a_sheet_has_its_provenance_beside_it(example_lrs: Path, tmp_path: Path) -> None:
    told, card = told_star.inspection(example_lrs), read_card(find_model(told_star.MODEL))
    write_sheet(told, {told_star.MODEL: card}, tmp_path / "sun.pdf", "stellarview report")
    assert (tmp_path / "sun.pdf").read_bytes().startswith(b"%PDF")
    facts = json.loads((tmp_path / "sun.provenance.json").read_text(encoding="utf-8"))
    assert (facts["sheet"], facts["command"]) == ("sun.pdf", "stellarview report")
    assert facts["models"][0]["weights_sha256"] == card.weights_sha256
    assert facts["models"][0]["recipe_steps"]
    assert facts["input"]["header"]["snr"]["g"] == pytest.approx(52, abs=3)


def test_that_a_star_of_which_nobody_told_anything_has_no_sheet(example_lrs: Path, tmp_path: Path) -> None:
    refused = StellarViewError("No.", "It is no star.", "Take another.")
    silent = replace(told_star.inspection(example_lrs), predictions={}, refusals={"a": refused})
    with pytest.raises(StellarViewError, match="It is no star"):
        write_sheet(silent, {}, tmp_path / "sun.pdf", "")
    assert not list(tmp_path.iterdir())


def test_that_provenance_replaces_no_file_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "sun.provenance.json").write_text("my notes")
    with pytest.raises(StellarViewError, match="another kind"):
        write_sidecar(tmp_path / "sun.pdf", {})


def test_that_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StellarViewError, match="Cannot make the folder"):
        make_folder(tmp_path / "file" / "sheets")
