"""`stellarview train` and `stellarview evaluate` as their users type them."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
import torch
from training_sets import toy_config, write_toy_set

from stellarview.cli import main, train
from stellarview.io.models import read_card
from stellarview.training.config_file import write_config
from stellarview.training.progress import Progress


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration beside its set, and the run that it gave."""
    threads, folder = torch.get_num_threads(), tmp_path_factory.mktemp("training")
    write_toy_set(folder / "toy.h5", count=240)
    write_config(folder / "toy.toml", toy_config(Path("toy.h5")))
    assert main(["train", str(folder / "toy.toml"), "--device", "cpu", "--threads", "1"]) == 0
    torch.set_num_threads(threads)
    return folder


def test_that_a_run_leaves_its_model_log_and_configuration(folder: Path) -> None:
    run = folder / "toy.run"
    assert read_card(run / "toy").architecture == "StarNet"
    assert {"log.csv", "config.toml", "checkpoint.safetensors"} <= {path.name for path in run.iterdir()}


def test_that_evaluate_prints_draws_and_tabulates(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", str(folder / "toy.run" / "toy"), str(folder / "toy.h5"), "--device", "cpu"]
    assert main([*command, "--figure", str(tmp_path / "a.pdf"), "--table", str(tmp_path / "a.csv")]) == 0
    text = capsys.readouterr().out
    assert text.splitlines()[0].split()[:4] == ["label", "n", "bias", "scatter"]
    assert [line.split()[0] for line in text.splitlines()[1:]] == ["teff", "logg", "feh"]
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    header = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "file,snr,teff_true,teff,teff_sigma,logg_true,logg,logg_sigma,feh_true,feh,feh_sigma"
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == read_card(folder / "toy.run" / "toy").metrics["test"]


def test_that_classes_are_told_as_a_matrix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_toy_set(tmp_path / "toy.h5", count=240)
    write_config(tmp_path / "toy.toml", toy_config(Path("toy.h5"), "DenseNetSE", network={"members": 1}))
    assert main(["train", str(tmp_path / "toy.toml"), "--device", "cpu", "--threads", "1", "--quiet"]) == 0
    model = str(tmp_path / "toy.run" / "toy")
    capsys.readouterr()
    command = ["evaluate", model, str(tmp_path / "toy.h5"), "--split", "all", "--device", "cpu"]
    assert main([*command, "--figure", str(tmp_path / "a.svg"), "--table", str(tmp_path / "a.ecsv")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("accuracy")
    assert lines[0].endswith("of 240 spectra")
    assert [line.split()[0] for line in lines[1:]] == ["true", "GALAXY", "QSO", "STAR"]


def test_that_cross_validation_prints_pooled_metrics(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", str(folder / "toy.toml"), "--run", str(tmp_path), "--device", "cpu", "--threads", "1"]
    assert main([*command, "--cross-validate", "2"]) == 0
    captured = capsys.readouterr()
    assert "Fold 2 of 2" in captured.err
    assert captured.out.splitlines()[2].split()[:2] == ["logg", "240"]
    assert main([*command, "--cross-validate", "1"]) == 1
    assert "It needs 2 folds at least" in capsys.readouterr().err


def test_that_a_slip_in_the_configuration_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").write_text("[dta]\n", encoding="utf-8")
    assert main(["train", str(tmp_path / "a.toml")]) == 1
    assert "did you mean data?" in capsys.readouterr().err


def test_that_ctrl_c_keeps_the_best_and_a_second_one_cancels(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    progress = Progress(0.5, 3, 60.0, ())
    with train._teller(quiet=False) as teller:
        assert not teller(progress)
        signal.raise_signal(signal.SIGINT)
        assert teller(progress)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert "the best weights become the model" in capsys.readouterr().err


@pytest.mark.parametrize(("seconds", "text"), [(5, "5 s"), (125, "2 min 5 s"), (7260, "2 h 1 min")])
def test_that_the_time_left_is_told_as_people_do(seconds: float, text: str) -> None:
    assert train._time(seconds) == text


def test_that_a_run_that_is_cancelled_says_so_and_goes_on_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from stellarview.training.watched import Cancelled, Watched

    def cancelled(watched: Watched, done: int, total: int) -> None:
        raise Cancelled

    write_toy_set(tmp_path / "toy.h5", count=96)
    write_config(tmp_path / "toy.toml", toy_config(Path("toy.h5")))
    threads, command = torch.get_num_threads(), ["train", str(tmp_path / "toy.toml"), "--device", "cpu", "--quiet"]
    with monkeypatch.context() as patched:
        patched.setattr(Watched, "preparing", cancelled)
        assert main([*command, "--threads", "1"]) == 1
    assert "goes on after its last whole epoch" in capsys.readouterr().err
    status = json.loads((tmp_path / "toy.run" / "status.json").read_bytes())
    assert status["state"] == "cancelled"
    assert main([*command, "--threads", "1"]) == 0
    assert json.loads((tmp_path / "toy.run" / "status.json").read_bytes())["state"] == "done"
    torch.set_num_threads(threads)


def test_that_train_wants_a_configuration_or_a_queue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train"]) != 0
    assert "Give a CONFIG.toml, or --queue FOLDER" in capsys.readouterr().err
    assert main(["train", "--queue", str(tmp_path)]) == 0
