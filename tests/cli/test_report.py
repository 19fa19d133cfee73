"""`stellarview report` as its user types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from astropy.table import Table
from models import write_toy_models

from stellarview.cli import main, report
from stellarview.io.sets import write_spectrum_set
from stellarview.workflow import open_spectrum, prepare


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options that choose small models for all tasks."""
    written = write_toy_models(tmp_path_factory.mktemp("models"))
    return ["--device", "cpu", *(word for task, path in written.items() for word in ("--model", f"{task}={path}"))]


def test_that_each_star_has_a_sheet_and_its_provenance_and_a_bad_file_is_a_row(
    capsys: pytest.CaptureFixture[str], models: list[str], example_lrs: Path, example_mrs: Path, tmp_path: Path
) -> None:
    night, out = tmp_path / "night", tmp_path / "new" / "out"
    night.mkdir()
    for path in (example_lrs, example_mrs):
        shutil.copy(path, night)
    (night / "bad.fits").write_bytes(b"no fits")
    command = ["report", str(night), str(example_lrs), "--out", str(out), "--format", "svg", *models]
    assert main(command) == 1
    said = capsys.readouterr()
    assert sorted(path.name for path in out.iterdir()) == [
        "med-synthetic-K1III.provenance.json",
        "med-synthetic-K1III.svg",
        "report.ecsv",
        "spec-synthetic-G2V-2.provenance.json",
        "spec-synthetic-G2V-2.svg",
        "spec-synthetic-G2V.provenance.json",
        "spec-synthetic-G2V.svg",
    ]
    assert "bad.fits: Cannot read bad.fits" in said.err
    assert "3 stars, 1 failed" in said.out
    facts = json.loads((out / "spec-synthetic-G2V.provenance.json").read_text(encoding="utf-8"))
    assert facts["sheet"] == "spec-synthetic-G2V.svg"
    assert facts["command"].startswith("stellarview report ")
    assert facts["command"].split()[-1] == models[-1]
    table = Table.read(out / "report.ecsv")
    assert [bool(row["error"]) for row in table] == [True, False, False, False]
    assert table["teff"].unit == "K"


def test_that_rows_of_a_set_have_sheets_and_a_prepared_set_is_refused(
    capsys: pytest.CaptureFixture[str], models: list[str], example_lrs: Path, tmp_path: Path
) -> None:
    one, out = open_spectrum(example_lrs), tmp_path / "out"
    write_spectrum_set(tmp_path / "night.h5", [one, one])
    write_spectrum_set(tmp_path / "ready.h5", prepare([one], "resnet-subtype"), recipe_json='{"name": "x"}')
    files = [str(tmp_path / "night.h5"), str(tmp_path / "ready.h5")]
    assert main(["report", *files, "--out", str(out), "--format", "png", *models]) == 1
    assert {path.name for path in out.glob("*.png")} == {"night-0.png", "night-1.png"}
    assert [name[-2:] for name in Table.read(out / "report.ecsv")["file"]] == ["#0", "#1", "h5"]
    assert "ready.h5 were prepared already with the recipe x." in capsys.readouterr().err


@pytest.mark.parametrize("words", ["LRS=lrs-class", "LRS:class=", "LRS:class=no-such-model"])
def test_that_a_choice_of_no_model_is_told_before_the_work(
    capsys: pytest.CaptureFixture[str], example_lrs: Path, tmp_path: Path, words: str
) -> None:
    assert main(["report", str(example_lrs), "--out", str(tmp_path / "out"), "--model", words]) == 1
    assert "model" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_that_a_folder_that_cannot_be_made_is_told(
    capsys: pytest.CaptureFixture[str], example_lrs: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert main(["report", str(example_lrs), "--out", str(tmp_path / "file")]) == 1
    assert "Cannot make the folder file" in capsys.readouterr().err


def test_that_stopping_keeps_what_was_finished(
    capsys: pytest.CaptureFixture[str],
    models: list[str],
    example_lrs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spectra, out = report._spectra, tmp_path / "out"

    def interrupted(files: list[Path]) -> object:
        yield next(spectra(files))
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "_spectra", interrupted)
    assert main(["report", *[str(example_lrs)] * 2, "--out", str(out), "--format", "png", *models]) == 130
    assert "Stopped after 1 of 2 stars" in capsys.readouterr().err
    assert len(Table.read(out / "report.ecsv")) == 1
