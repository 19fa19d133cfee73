"""The folder tells how a run is, also when the run cannot tell it any more."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stellarview.io.process_lock import ProcessLock
from stellarview.training import status as module
from stellarview.training.status import (
    CONTROL_FILE,
    LOCK_FILE,
    STATUS_FILE,
    Status,
    forget,
    heard,
    read_status,
    send,
    write_status,
)

TRAINING = Status("training", epoch=3, epochs=10, step=5, steps=10, best_loss=(0.5, float("inf")), best_epoch=(2, 0))


def test_that_what_is_written_is_read_while_the_run_lives(tmp_path: Path) -> None:
    assert read_status(tmp_path) is None
    lock = ProcessLock.take(tmp_path / LOCK_FILE)
    assert lock is not None
    write_status(tmp_path, TRAINING)
    status = read_status(tmp_path)
    assert status is not None
    assert replace(status, updated_at=0.0) == TRAINING
    assert status.done_share == pytest.approx(0.35)
    lock.release()


def test_that_a_run_whose_process_is_gone_has_failed(tmp_path: Path) -> None:
    write_status(tmp_path, TRAINING)
    status = read_status(tmp_path)
    assert status is not None
    assert (status.state, status.epoch, status.message) == ("failed", 3, "ended without a word")
    assert "goes on after the last epoch" in status.error["what_to_do"]


def test_that_a_run_that_ends_while_it_is_looked_at_has_not_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_status(tmp_path, TRAINING)

    def ends_meanwhile(lock: Path) -> bool:
        write_status(tmp_path, Status("done", model="toy"))
        return False

    monkeypatch.setattr(module, "is_held", ends_meanwhile)
    status = read_status(tmp_path)
    assert status is not None
    assert (status.state, status.model) == ("done", "toy")


@pytest.mark.parametrize("state", ["queued", "done", "failed", "cancelled"])
def test_that_a_run_that_ended_needs_no_process(state: str, tmp_path: Path) -> None:
    write_status(tmp_path, Status(state))  # type: ignore[arg-type]
    status = read_status(tmp_path)
    assert status is not None
    assert (status.state, status.error) == (state, {})


def test_that_a_process_may_take_its_time_to_start_unless_it_is_dead(tmp_path: Path) -> None:
    write_status(tmp_path, Status("starting", pid=os.getpid()))
    assert read_status(tmp_path).state == "starting"  # type: ignore[union-attr]
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    write_status(tmp_path, Status("starting", pid=child.pid))
    assert read_status(tmp_path).state == "failed"  # type: ignore[union-attr]
    assert child.wait() == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"epoch": "three"}', '{"best_loss": 3}'])
def test_that_a_damaged_status_is_said_to_be_damaged(text: str, tmp_path: Path) -> None:
    (tmp_path / STATUS_FILE).write_text(text, encoding="utf-8")
    status = read_status(tmp_path)
    assert status is not None
    assert "damaged" in status.error["why"]


def test_that_a_word_reaches_a_living_run_only(tmp_path: Path) -> None:
    assert not send(tmp_path, "stop")
    write_status(tmp_path, TRAINING)
    assert not send(tmp_path, "stop")
    lock = ProcessLock.take(tmp_path / LOCK_FILE)
    assert lock is not None
    assert send(tmp_path, "pause")
    assert heard(tmp_path) == "pause"
    (tmp_path / CONTROL_FILE).write_text("dance", encoding="utf-8")
    assert heard(tmp_path) is None
    forget(tmp_path)
    forget(tmp_path)
    lock.release()
