"""What is copied as Python and as commands runs, and tells what the window tells."""

from __future__ import annotations

import ast
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from models import write_toy_model

from stellarview import workflow
from stellarview.cli import main
from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.label_pdf import predicted_labels
from stellarview.domain.model_card import LabelScale
from stellarview.domain.prediction import Prediction
from stellarview.io.sets import write_spectrum_set
from stellarview.session.as_code import as_commands, as_python
from stellarview.session.session import Display, Session, StarEntry
from stellarview.what_if import what_if

ROOT = Path(__file__).resolve().parents[2]
OUTPUTS = ("teff", "logg", "feh")
SCALES = tuple(
    LabelScale(key, mean, 0.1 * abs(mean) + 0.1, mean - 1, mean + 1)
    for key, mean in zip(OUTPUTS, (5500.0, 4.4, 0.0), strict=True)
)
EDITS = (Edit(5167.0, 5175.0, "mask", 0.0, "Mg b's"), Edit(5180.0, 5190.0, "scale", 0.5))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_model(tmp_path_factory.mktemp("my models") / "toy", labels=SCALES)


def looking_at(path: Path, label: str = "teff", **facts: object) -> Session:
    star = replace(StarEntry("", str(path)), **facts)  # type: ignore[arg-type]
    return replace(Session(), display=Display(label)).with_stars([star])


def run_python(script: str, folder: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def run_commands(commands: str) -> None:
    for line in commands.splitlines():
        words = shlex.split(line, comments=True)
        if words:
            assert words.pop(0) == "stellarview"
            assert main(words) == 0


def test_that_the_script_runs_and_tells_what_the_program_tells(tmp_path: Path, toy: Path, example_lrs: Path) -> None:
    path = tmp_path / "a 'quoted' name é.fits.gz"
    shutil.copy(example_lrs, path)
    said = run_python(as_python(looking_at(path, "logg", rv_km_s=(-40.5,)), str(toy), OUTPUTS), tmp_path)
    model = workflow.load_model(str(toy), "cpu")
    (told,) = workflow.predict([workflow.open_spectrum(path)], model, -40.5)
    assert isinstance(told, Prediction)
    assert all(
        f"{key}: {label.mean:.5g} +- {label.sigma:.2g} (noise {label.aleatoric:.2g}, " in said
        for key, label in told.labels.items()
    )
    explained = workflow.explain(workflow.open_spectrum(path), model, "logg", user_km_s=-40.5)
    assert explained.lines[0].sentence in said
    assert "age " in said
    assert (tmp_path / "logg.pdf").read_bytes().startswith(b"%PDF")


def test_that_the_script_tells_no_age_without_its_verdict(tmp_path: Path, toy: Path, example_lrs: Path) -> None:
    said = run_python(as_python(looking_at(example_lrs), str(toy), OUTPUTS), tmp_path)
    (told,) = workflow.predict([workflow.open_spectrum(example_lrs)], workflow.load_model(str(toy), "cpu"))
    assert isinstance(told, Prediction)
    (placement,) = workflow.place([predicted_labels(told.labels, told.model)])
    assert not placement.is_age_constrained
    assert placement.verdicts[0] in said


def test_that_the_script_opens_the_row_of_a_set(tmp_path: Path, toy: Path, example_lrs: Path) -> None:
    write_spectrum_set(tmp_path / "night.h5", [workflow.open_spectrum(example_lrs)] * 2)
    said = run_python(as_python(looking_at(tmp_path / "night.h5", row=1), str(toy), ("teff",)), tmp_path)
    assert "teff: " in said


def test_that_an_exposure_is_named(toy: Path) -> None:
    session = looking_at(Path("/x/med.fits"), exposure="83893")
    assert "open_spectrum('/x/med.fits', exposure='83893')" in as_python(session, str(toy), ("teff",))
    (comment, explain) = as_commands(session, "m", ("teff",)).splitlines()
    assert comment.startswith("#")
    assert explain == "stellarview explain /x/med.fits --model m --label teff --exposure 83893 --figure teff.pdf"
    assert "exposure" not in as_commands(looking_at(Path("/x/med.fits"), exposure="coadd"), "m", ("teff",))


def test_that_edits_come_along_as_they_are(toy: Path, example_lrs: Path, tmp_path: Path) -> None:
    script = as_python(looking_at(example_lrs, edits=EDITS), str(toy), ("teff",))
    (made,) = (
        one for one in ast.parse(script).body if isinstance(one, ast.Assign) and "edits" in ast.unparse(one.targets)
    )
    assert tuple(eval(ast.unparse(made.value), {"Edit": Edit})) == EDITS
    answer = what_if(workflow.open_spectrum(example_lrs), workflow.load_model(str(toy), "cpu"), EDITS)
    assert f"what if: {answer.sentence('teff')}" in run_python(script, tmp_path)


def test_that_the_commands_run(
    tmp_path: Path, toy: Path, example_lrs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a 'quoted' $name é.fits.gz"
    shutil.copy(example_lrs, path)
    run_commands(as_commands(looking_at(path), str(toy), OUTPUTS))
    said = capsys.readouterr().out
    assert "of the attribution to Teff" in said
    assert "isochrones:" in said
    assert (tmp_path / "teff.pdf").exists()
    run_commands(as_commands(looking_at(path, rv_km_s=(-1e-05,), edits=EDITS), str(toy), OUTPUTS))
    write_spectrum_set(tmp_path / "night.h5", [workflow.open_spectrum(path)] * 2)
    run_commands(as_commands(looking_at(tmp_path / "night.h5", row=1, rv_km_s=(-40.5,)), str(toy), OUTPUTS))


def test_that_a_shell_reads_the_words_as_they_are() -> None:
    session = looking_at(Path("/x/a $(rm -rf) 'b'.fits"), "feh", rv_km_s=(-40.5,))
    predict, explain = as_commands(session, "/my models/m", OUTPUTS).splitlines()
    path = str(Path("/x/a $(rm -rf) 'b'.fits"))
    assert shlex.split(predict) == ["stellarview", "predict", path, "--model", "/my models/m", "--rv=-40.5"]
    assert shlex.split(explain)[3:] == [
        *shlex.split(predict)[3:5],
        "--label",
        "feh",
        "--rv=-40.5",
        "--figure",
        "feh.pdf",
    ]


def test_that_a_label_that_the_model_does_not_tell_is_not_explained() -> None:
    session = looking_at(Path("/x/a.fits"), "mgh")
    for text in (as_python(session, "m", ("STAR", "QSO")), as_commands(session, "m", ("STAR", "QSO"))):
        assert "explain" not in text
        assert "place" not in text


def test_that_without_a_star_there_is_nothing_to_copy() -> None:
    for copy in (as_python, as_commands):
        with pytest.raises(StellarViewError, match="No star is chosen"):
            copy(Session(), "m", ())
