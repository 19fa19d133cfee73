"""`stellarview judge` and the changes of `stellarview models`, as their users type them."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
import torch
from training_sets import toy_config, write_toy_set

from stellarview.cli import main
from stellarview.training.config_file import write_config


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, the second from the model of the first; their configurations name their sets relative to themselves."""
    threads, folder = torch.get_num_threads(), tmp_path_factory.mktemp("runs")
    write_toy_set(folder / "toy.h5", count=240)
    write_config(folder / "old.toml", toy_config(Path("toy.h5")))
    parent = {"init_from": str(folder / "old.run" / "toy")}
    write_config(folder / "new.toml", toy_config(Path("toy.h5"), network=parent, model={"name": "child"}))
    for name in ("old", "new"):
        command = ["train", str(folder / f"{name}.toml"), "--device", "cpu", "--threads", "1", "--quiet"]
        assert main(command) == 0
    torch.set_num_threads(threads)
    return folder


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def test_that_a_run_is_judged_in_words_figures_and_json(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["judge", str(runs / "new.run"), "--device", "cpu"]
    assert main([*command, "--figure", str(tmp_path / "a.pdf")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("child against toy: ")
    assert all(line.startswith("- ") for line in lines[1:])
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((runs / "new.run" / "judgement.json").read_text("utf-8"))


def test_that_a_person_sees_how_far_judging_is(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(["judge", str(runs / "old.run"), "--device", "cpu"]) == 0
    said = capsys.readouterr().err.split("\r")
    assert said[1] == "0 of 48 spectra"
    assert said[2].startswith("48 of 48 spectra, ")
    assert said[-2].strip() == said[-1] == ""


def test_that_ctrl_c_ends_judging_and_leaves_the_judgement_before(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["judge", str(runs / "old.run"), "--device", "cpu"]) == 0
    before = (runs / "old.run" / "judgement.json").stat()
    monkeypatch.setattr("stellarview.training.judge.drift_of", lambda *_: os.kill(os.getpid(), signal.SIGINT))
    capsys.readouterr()
    assert main(["judge", str(runs / "old.run"), "--device", "cpu"]) == 130
    assert capsys.readouterr() == ("", "Stopped.\n")
    assert (runs / "old.run" / "judgement.json").stat() == before


def test_that_what_is_no_run_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", str(tmp_path)]) == 1
    assert "is no training run" in capsys.readouterr().err


def test_that_a_model_is_kept_passed_on_renamed_and_deleted(
    runs: Path, own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", str(runs / "new.run"), "--device", "cpu"]) == 0
    for words in (
        ["promote", str(runs / "new.run"), "mine"],
        ["export", "mine", str(tmp_path / "mine.zip")],
        ["import", str(tmp_path / "mine.zip"), "theirs"],
        ["rename", "theirs", "ours"],
        ["delete", "mine", "ours"],
        ["import", str(tmp_path / "mine.zip")],
    ):
        assert main(["models", *words]) == 0, capsys.readouterr().err
    assert sorted(path.name for path in own.iterdir()) == [".trash", "mine"]
    capsys.readouterr()
    assert main(["models", "list"]) == 0
    assert "mine                 present" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["rename", "a"], ["promote"], ["export", "a", "b", "c"], ["delete"], ["import"]], ids=str
)
def test_that_missing_words_are_asked_for(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", *words]) == 1
    assert f"Write `stellarview models {words[0]} " in capsys.readouterr().err


def test_that_the_models_of_the_program_stay(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "delete", "lrs-stellar"]) == 1
    assert "no model of your own" in capsys.readouterr().err
