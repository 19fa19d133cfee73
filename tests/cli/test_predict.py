"""`stellarview predict` and `stellarview models` as their users type them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from models import LABELS as TOY_LABELS
from models import write_toy_model

from stellarview.cli import main
from stellarview.cli.predict import usual_model
from stellarview.domain.labels import LABELS
from stellarview.domain.model_card import LabelScale
from stellarview.domain.results import Result
from stellarview.domain.subtype import subtype_text
from stellarview.io.sets import write_spectrum_set
from stellarview.workflow import open_spectrum, predict_files

CPU = ("--device", "cpu")


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_MODELS", str(tmp_path / "models"))
    return write_toy_model(tmp_path / "models" / "toy")


def test_that_predictions_have_the_promised_columns(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path
) -> None:
    assert main(["predict", str(example_lrs), "--model", "toy", "--json", "--device", "cpu"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    parts = ("", "_sigma", "_aleatoric", "_epistemic")
    assert list(row) == [
        *("file", "obsid", "model", "rv", "rv_sigma", "rv_source"),
        *(f"{key}{part}" for key in ("teff", "logg") for part in parts),
        *("novelty", "flags", "error"),
    ]
    assert row["teff_sigma"] ** 2 == pytest.approx(row["teff_aleatoric"] ** 2 + row["teff_epistemic"] ** 2)
    assert (row["obsid"], row["rv_source"]) == (1, "header")


@pytest.mark.parametrize(("example", "name"), [("example_lrs", "lrs-stellar"), ("example_mrs", "mrs-abundances")])
def test_that_the_usual_model_is_asked_where_none_is_named(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], tmp_path: Path, example: str, name: str
) -> None:
    (tmp_path / "0.fits").write_bytes(b"no fits")
    assert main(["predict", str(tmp_path), str(request.getfixturevalue(example)), "--json", "--no-bounds", *CPU]) == 1
    said = capsys.readouterr()
    bad, good = json.loads(said.out)
    assert (bad["model"], good["model"]) == (name, name)
    assert bad["error"] is not None
    assert good["teff"] > 4000
    assert f"{name}, for " in said.err


@pytest.mark.parametrize("is_mrs", [False, True])
def test_that_a_set_has_its_usual_model_too(example_lrs: Path, example_mrs: Path, tmp_path: Path, is_mrs: bool) -> None:
    path = tmp_path / "night.h5"
    write_spectrum_set(path, [open_spectrum(example_mrs if is_mrs else example_lrs)])
    assert usual_model([path]) == ("mrs-abundances" if is_mrs else "lrs-stellar")


def test_that_files_that_nobody_can_read_still_have_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "0.fits").write_bytes(b"no fits")
    assert main(["predict", str(tmp_path / "0.fits"), "--json", *CPU]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["error"] is not None


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


def test_that_a_prediction_for_the_eye_fits_the_terminal_and_shows_sigma_and_unit(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, example_lrs: Path
) -> None:
    elements = tuple(LabelScale(key, 0.0, 0.3, -2.5, 0.5) for key in list(LABELS)[2:])
    folder = write_toy_model(tmp_path / "toy", labels=(*TOY_LABELS, *elements))
    assert main(["predict", str(example_lrs), str(tmp_path / "no.fits"), "--model", str(folder), *CPU]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines if str(tmp_path) not in line and str(example_lrs) not in line) <= 120
    text = "\n".join(lines)
    assert re.search(r"Teff +\d{4} \+- \d+ K", text)
    assert re.search(r"\[Mg/Fe\] +-?\d\.\d\d \+- \d\.\d\d dex", text)
    assert "RV +36.0 +- 6.0 km/s (header)" in text
    assert "failed" in text


def test_that_classes_are_told_with_their_probability_and_the_members_scatter(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, example_lrs: Path
) -> None:
    folder = write_toy_model(tmp_path / "classes", classes=("STAR", "GALAXY", "QSO"))
    assert main(["predict", str(example_lrs), "--model", str(folder), *CPU]) == 0
    assert re.search(r"QSO +\d+\.\d+ \+- \d+\.\d+ %", capsys.readouterr().out)
    assert main(["predict", str(example_lrs), "--model", str(folder), "--json", *CPU]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    probabilities = {name: row[f"p_{name.lower()}"] for name in ("STAR", "GALAXY", "QSO")}
    assert row["class"] == max(probabilities, key=lambda name: probabilities[name])
    assert sum(probabilities.values()) == pytest.approx(1.0)
    assert row["p_star_scatter"] > 0


def test_that_a_subtype_is_told_as_astronomers_write_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, example_lrs: Path
) -> None:
    subtype = (LabelScale("subtype", 4.2, 1.0, 1.0, 6.0, 0.05),)
    folder = write_toy_model(tmp_path / "mk", architecture="SubtypeResNet", labels=subtype)
    assert main(["predict", str(example_lrs), "--model", str(folder), "--json", *CPU]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["mk"] == subtype_text(row["subtype"], row["subtype_sigma"])
    assert row["subtype_aleatoric"] == pytest.approx(0.05)
    assert main(["predict", str(example_lrs), "--model", str(folder), *CPU]) == 0
    assert f"MK      {row['mk']}" in capsys.readouterr().out


def test_that_a_folder_may_hold_files_and_sets_and_every_row_has_the_same_columns(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path, tmp_path: Path
) -> None:
    night = tmp_path / "night"
    night.mkdir()
    shutil.copy(example_lrs, night / "a.fits.gz")
    (night / "b.h5").write_bytes(b"\x89HDF\r\n\x1a\n and no more")
    write_spectrum_set(night / "c.h5", [open_spectrum(example_lrs)] * 2)
    (night / "d.fits").write_bytes(b"")
    assert main(["predict", str(night), "--model", "toy", "--json", *CPU]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [Path(row["file"]).name for row in rows] == ["a.fits.gz", "b.h5", "c.h5#0", "c.h5#1", "d.fits"]
    assert [row["error"] is None for row in rows] == [True, False, True, True, False]
    assert len({tuple(row) for row in rows}) == 1
    assert rows[0]["teff"] == pytest.approx(rows[2]["teff"], rel=1e-6)
    assert [row["obsid"] for row in rows] == [1, None, 1, 1, None]


def test_that_a_folder_without_spectra_says_so(capsys: pytest.CaptureFixture[str], toy: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["predict", str(tmp_path / "empty"), "--model", "toy"]) == 1
    assert "holds no spectra" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["results.xlsx", "no/folder/results.ecsv"])
def test_that_a_table_that_cannot_be_written_is_told_before_the_work(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path, tmp_path: Path, name: str
) -> None:
    assert main(["predict", str(example_lrs), "--model", "no-such-model", "--table", str(tmp_path / name)]) == 1
    assert "Cannot write" in capsys.readouterr().err


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("finished", [0, 2])
def test_that_stopping_keeps_what_was_finished(
    capsys: pytest.CaptureFixture[str],
    example_lrs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    finished: int,
) -> None:
    from astropy.table import Table

    from stellarview.cli import predict

    def interrupted(*arguments: Any) -> Iterator[Result]:
        yield from list(predict_files(*arguments))[:finished]
        raise KeyboardInterrupt

    monkeypatch.setattr(predict, "predict_files", interrupted)
    out = tmp_path / "results.ecsv"
    assert main(["predict", *[str(example_lrs)] * 3, "--model", "toy", "--table", str(out), *CPU]) == 130
    assert f"Stopped after {finished} of 3 spectra" in capsys.readouterr().err
    assert (len(Table.read(out)) if out.exists() else 0) == finished


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
    said = capsys.readouterr()
    assert "1 spectra predicted, 1 failed" in said.out
    assert "no such file" in said.err
