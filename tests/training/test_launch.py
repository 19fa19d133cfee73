"""Runs are processes of their own: they outlive who started them, obey words, die without loss, and wait in line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from training_sets import toy_config, write_toy_set

from stellarview.domain.errors import StellarViewError
from stellarview.io.models import read_card
from stellarview.training import launch
from stellarview.training.config_file import write_config
from stellarview.training.launch import command_line, list_runs, queue_run, start_run, unqueue_run, work_through
from stellarview.training.run_folders import rename_run
from stellarview.training.status import Status, read_status, send, write_status

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals; status and words are tested everywhere")
_PATIENCE_SECONDS = 300.0


@pytest.fixture(autouse=True)
def tests_are_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def new_run(folder: Path, epochs: int = 100_000) -> Path:
    """A run that goes on until it is told to stop."""
    folder.mkdir(parents=True)
    write_toy_set(folder / "toy.h5", 96)
    config = toy_config(Path("toy.h5"), network={"members": 1}, loop={"epochs": epochs, "batch": 8})
    write_config(folder / "config.toml", config)
    return folder


def wait_for(run: Path, holds: Callable[[Status], bool]) -> Status:
    end = time.monotonic() + _PATIENCE_SECONDS
    status = read_status(run)
    while time.monotonic() < end:
        status = read_status(run)
        if status is not None and holds(status):
            return status
        time.sleep(0.1)
    raise AssertionError(f"{status}")


def in_state(*states: str) -> Callable[[Status], bool]:
    return lambda status: status.state in states


def log_lines(run: Path) -> int:
    return len((run / "log.csv").read_text(encoding="utf-8").splitlines())


def test_that_a_run_obeys_is_killed_goes_on_and_ends_in_a_model(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    pid = start_run(run, threads=1)
    with pytest.raises(StellarViewError, match="goes on already"):
        start_run(run)
    wait_for(run, lambda status: status.epoch >= 2)
    assert send(run, "pause")
    paused = wait_for(run, in_state("paused"))
    before = log_lines(run)
    time.sleep(0.5)
    assert log_lines(run) == before
    assert (paused.pid, paused.device, paused.batch) == (pid, "cpu", 8)
    assert send(run, "go")
    wait_for(run, lambda status: status.state == "training" and status.epoch > paused.epoch)
    os.kill(pid, signal.SIGKILL)
    killed = wait_for(run, in_state("failed"))
    assert killed.message == "ended without a word"
    kept = log_lines(run)
    start_run(run, threads=1)
    wait_for(run, lambda status: status.state == "training" and status.epoch > killed.epoch)
    assert log_lines(run) >= kept - 1  # one epoch at most is done again
    assert send(run, "stop")
    done = wait_for(run, in_state("done", "failed"))
    assert (done.state, done.model) == ("done", "toy"), done.error
    assert read_card(run / "toy").members == 1
    assert (run / "predictions.csv").read_text(encoding="utf-8").startswith("name,snr,teff,teff_told,teff_sigma")


STARTER = """
import sys, time
from pathlib import Path
from stellarview.training.launch import start_run
print(start_run(Path(sys.argv[1]), threads=1), flush=True)
time.sleep(600)
"""


def test_that_a_run_outlives_the_window_that_started_it(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    window = subprocess.Popen([sys.executable, "-c", STARTER, str(run)], stdout=subprocess.PIPE, start_new_session=True)
    assert window.stdout is not None
    pid = int(window.stdout.readline())
    os.killpg(window.pid, signal.SIGKILL)
    window.wait()
    window.stdout.close()
    status = wait_for(run, lambda status: status.epoch >= 1)
    assert (status.pid, status.state) == (pid, "training")
    assert send(run, "cancel")
    status = wait_for(run, in_state("cancelled", "failed"))
    assert (status.state, (run / "toy").exists()) == ("cancelled", False)
    assert (run / "checkpoint.safetensors").exists()


def test_that_queued_runs_take_turns(tmp_path: Path) -> None:
    first = new_run(tmp_path / "b")
    second, third = (new_run(tmp_path / name, epochs=1) for name in ("a", "c"))
    queue_run(first)
    queue_run(second)
    queue_run(third)
    assert unqueue_run(third)
    assert not unqueue_run(third)
    wait_for(first, lambda status: status.epoch >= 1)
    assert send(first, "stop")
    ends = [wait_for(run, in_state("done", "failed")) for run in (first, second)]
    assert [status.state for status in ends] == ["done", "done"], ends
    assert ends[0].updated_at < ends[1].updated_at
    assert wait_for(third, in_state("cancelled")).message == "taken out of the queue"
    assert [path.name for path, _ in list_runs(tmp_path)][:2] == ["a", "b"]


def test_that_a_queue_goes_on_after_a_run_that_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = new_run(tmp_path / "good", epochs=1), new_run(tmp_path / "bad")
    (bad / "config.toml").write_text("[model]\nname = 'x'\n", encoding="utf-8")
    monkeypatch.setattr(launch, "_spawn_queue", lambda folder: None)
    queue_run(bad)
    queue_run(good)
    assert work_through(tmp_path) == 2
    failed, done = read_status(bad), read_status(good)
    assert failed is not None
    assert done is not None
    assert (failed.state, failed.error["why"]) == ("failed", "It is broken: it has no [data].")
    assert done.state == "done"


def queue_process(folder: Path) -> subprocess.Popen[bytes]:
    code = "import sys; from stellarview.cli import main; sys.exit(main(['train', '--queue', sys.argv[1]]))"
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], start_new_session=True)


def end(queue: subprocess.Popen[bytes]) -> int:
    return queue.wait(_PATIENCE_SECONDS)


def test_that_a_queue_that_was_killed_with_its_run_goes_on_where_it_was(tmp_path: Path) -> None:
    first, second = new_run(tmp_path / "first"), new_run(tmp_path / "second", epochs=1)
    for place, run in enumerate((first, second)):
        write_status(run, Status(state="queued", queued_at=place + 1.0))
    queue = queue_process(tmp_path)
    begun = wait_for(first, lambda status: status.epoch >= 2)
    queue.kill()  # as when the machine is switched off
    os.kill(begun.pid, signal.SIGKILL)
    end(queue)
    killed = wait_for(first, in_state("failed"))
    kept = log_lines(first)
    assert killed.is_interrupted
    waiting = read_status(second)
    assert waiting is not None
    assert waiting.state == "queued"
    assert [launch.is_stalled(run, status) for run, status in ((first, killed), (second, waiting))] == [False, False]
    old = replace(waiting, updated_at=time.time() - launch.SECONDS_TO_WAKE - 1)
    assert launch.is_stalled(second, old)

    second = rename_run(second, "another")  # what waits may have another name
    queue = queue_process(tmp_path)
    wait_for(first, lambda status: status.state == "training" and status.epoch >= killed.epoch)
    assert log_lines(first) >= kept - 1  # one epoch at most is done again
    assert send(first, "stop")
    assert end(queue) == 0
    states = {path.name: status.state for path, status in list_runs(tmp_path)}
    assert states == {"first": "done", "another": "done"}
    rows = [line.split(",")[0] for line in (first / "log.csv").read_text(encoding="utf-8").splitlines()[1:]]
    assert rows == [str(epoch) for epoch in range(1, read_card(first / "toy").training["epochs"] + 1)]


def test_that_a_run_that_dies_alone_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(tmp_path / "run")
    write_status(run, Status(state="queued", queued_at=1.0))

    class Dead:
        def wait(self) -> None:
            """It is over at once."""

    def start(run_folder: Path) -> int:
        write_status(run_folder, Status(state="training", queued_at=1.0))
        return 1

    monkeypatch.setattr(launch, "start_run", start)
    monkeypatch.setattr(launch, "_started", {1: Dead()})
    assert work_through(tmp_path) == 1
    status = read_status(run)
    assert status is not None
    assert (status.state, status.message, status.is_interrupted) == ("failed", "ended without a word", False)
    assert status.error["what"] == "The training ended without a word."


def test_that_a_folder_without_a_configuration_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="nothing to train"):
        start_run(tmp_path)
    assert command_line(tmp_path)[:2] == ["stellarview", "train"]
