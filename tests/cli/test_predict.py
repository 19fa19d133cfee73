"""`stellarview predict` and `stellarview models` as their users type them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from models import write_toy_model

from stellarview.cli import main


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_MODELS", str(tmp_path / "models"))
    return write_toy_model(tmp_path / "models" / "toy")


def test_that_predictions_have_the_promised_columns(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path
) -> None:
    assert main(["predict", str(example_lrs), "--model", "toy", "--json", "--device", "cpu"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert {"file", "obsid", "model", "rv", "rv_sigma", "rv_source", "novelty", "flags"} <= set(row)
    assert {"teff", "teff_sigma", "teff_aleatoric", "teff_epistemic", "logg"} <= set(row)
    assert row["teff_sigma"] ** 2 == pytest.approx(row["teff_aleatoric"] ** 2 + row["teff_epistemic"] ** 2)
    assert (row["obsid"], row["rv_source"]) == (1, "header")


def test_that_a_folder_is_searched_and_a_bad_file_is_a_row_with_its_reason(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "night"
    (folder / "deep").mkdir(parents=True)
    shutil.copy(example_lrs, folder / "deep" / "good.fits.gz")
    (folder / "bad.fits").write_bytes(b"no fits")
    assert main(["predict", str(folder), "--model", str(toy), "--json", "--device", "cpu"]) == 1
    bad, good = json.loads(capsys.readouterr().out)
    assert set(bad["error"]) == {"what", "why", "what_to_do"}
    assert "teff" in good


def test_that_a_prediction_for_the_eye_parts_noise_and_members(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path
) -> None:
    assert main(["predict", str(example_lrs), "--model", "toy", "--device", "cpu"]) == 0
    text = capsys.readouterr().out
    assert "(noise)" in text
    assert "(members)" in text


def test_that_classes_are_printed_with_their_probability(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, example_lrs: Path
) -> None:
    folder = write_toy_model(tmp_path / "classes", classes=("STAR", "GALAXY", "QSO"))
    assert main(["predict", str(example_lrs), "--model", str(folder), "--json", "--device", "cpu"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["class"] in ("STAR", "GALAXY", "QSO")
    assert row["p_star"] + row["p_galaxy"] + row["p_qso"] == pytest.approx(1.0)


def test_that_an_unknown_model_is_answered_with_those_that_are_here(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path
) -> None:
    assert main(["predict", str(example_lrs), "--model", "oracle"]) == 1
    said = capsys.readouterr().err
    assert "The models here are" in said
    assert "toy" in said


def test_that_models_are_listed_shown_and_verified(capsys: pytest.CaptureFixture[str], toy: Path) -> None:
    assert main(["models", "list"]) == 0
    assert "StarNet x 3, LRS: teff, logg" in capsys.readouterr().out
    assert main(["models", "show", "toy"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["architecture"] == "StarNet"
    assert main(["models", "verify"]) == 0
    assert "verified" in capsys.readouterr().out


def test_that_a_tampered_model_fails_the_verification(capsys: pytest.CaptureFixture[str], toy: Path) -> None:
    weights = toy / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\xff")
    assert main(["models", "verify", "toy"]) == 1
    assert "REFUSED" in capsys.readouterr().out


def test_that_a_table_holds_a_row_for_every_file(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path, tmp_path: Path
) -> None:
    from astropy.table import Table

    out = tmp_path / "results.ecsv"
    command = ["predict", str(example_lrs), str(tmp_path / "no.fits"), "--model", "toy", "--table", str(out)]
    assert main([*command, "--device", "cpu"]) == 1
    table = Table.read(out)
    assert len(table) == 2
    assert str(table["teff"].unit) == "K"
    assert "no such file" in table["error"][1]
