"""A run says how it ends, whichever way it ends, and lets nobody in beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.io.process_lock import is_held
from stellarview.training import watched as module
from stellarview.training.progress import Progress
from stellarview.training.status import LOCK_FILE, Status, read_status, send, write_status
from stellarview.training.watched import Cancelled, Watched

STEP = Progress(
    1.5, 10, 60.0, (), step=5, steps=10, batch=16, rate=1e-3, best_epoch=(1,), best_loss=(0.5,), waited=(0,)
)


def never(progress: Progress) -> bool:
    return False


def status_of(folder: Path) -> Status:
    status = read_status(folder)
    assert status is not None
    return status


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_SECONDS_BETWEEN_WORDS", "_SECONDS_BETWEEN_LOOKS"):
        monkeypatch.setattr(module, name, 0.0)


def test_that_each_step_is_told(tmp_path: Path) -> None:
    with Watched(tmp_path / "run", never) as watched:
        watched.preparing(64, 128)
        assert status_of(tmp_path / "run").message == "Preparing spectra: 64 of 128."
        assert not watched(STEP)
        status = status_of(tmp_path / "run")
        assert (status.epoch, status.step, status.steps, status.rate, status.best_loss) == (1, 5, 10, 1e-3, (0.5,))
        watched.finishing()
        assert status_of(tmp_path / "run").state == "finishing"
        watched.done(tmp_path / "run" / "toy")
    assert (status_of(tmp_path / "run").state, status_of(tmp_path / "run").model) == ("done", "toy")
    assert not is_held(tmp_path / "run" / LOCK_FILE)


def test_that_words_are_obeyed(tmp_path: Path) -> None:
    with Watched(tmp_path, never) as watched:
        assert send(tmp_path, "stop")
        assert watched(STEP)
        assert watched(STEP)
    with pytest.raises(Cancelled), Watched(tmp_path, never) as watched:
        send(tmp_path, "cancel")
        watched(STEP)
    assert status_of(tmp_path).state == "cancelled"
    with Watched(tmp_path, never) as watched:
        assert not watched(STEP)  # the words of before are forgotten


def test_that_a_word_left_as_soon_as_the_run_is_seen_to_go_on_is_obeyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def write_and_answer(folder: Path, status: Status) -> None:
        write_status(folder, status)
        said.append(status.state)
        if status.state == "paused":
            send(folder, "go")
        elif said[-2:-1] == ["paused"]:
            send(folder, "stop")

    monkeypatch.setattr(module, "write_status", write_and_answer)
    with Watched(tmp_path, never) as watched:
        send(tmp_path, "pause")
        assert not watched(STEP)
        assert "paused" in said
        assert watched(STEP)


def test_that_a_run_that_ended_has_no_place_in_the_queue_and_is_not_begun_again_by_one(tmp_path: Path) -> None:
    write_status(tmp_path, Status(state="queued", queued_at=1.0))
    with Watched(tmp_path, never) as watched:
        assert status_of(tmp_path).queued_at == 1.0  # killed now, it goes on
        watched.done(tmp_path / "toy")
    assert status_of(tmp_path).queued_at == 0.0
    with pytest.raises(Cancelled), Watched(tmp_path, never):
        raise Cancelled
    assert status_of(tmp_path).queued_at == 0.0
    write_status(tmp_path, Status(state="training", queued_at=status_of(tmp_path).queued_at))  # by hand, then killed
    assert status_of(tmp_path).state == "failed"
    assert not status_of(tmp_path).is_interrupted


def test_that_an_error_is_told_in_its_sentences_and_a_fault_with_its_trace(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError), Watched(tmp_path, never):
        raise StellarViewError("It broke.", "So it was.", "Mend it.")
    status = status_of(tmp_path)
    assert (status.state, status.error["what_to_do"]) == ("failed", "Mend it.")
    with pytest.raises(ZeroDivisionError), Watched(tmp_path, never):
        print(1 / 0)
    assert "ZeroDivisionError" in status_of(tmp_path).error["traceback"]


def test_that_a_run_in_progress_is_not_run_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.0)
    with Watched(tmp_path, never):
        with pytest.raises(StellarViewError, match="goes on already"), Watched(tmp_path, never):
            pass
        assert status_of(tmp_path).state == "preparing"


def test_that_only_the_first_of_several_processes_writes(tmp_path: Path) -> None:
    with Watched(tmp_path / "run", never, is_first=False) as watched:
        watched(STEP)
    assert not (tmp_path / "run").exists()
