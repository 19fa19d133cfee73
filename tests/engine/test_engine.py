"""A child process answers, refuses, stumbles, dies and is stopped, and the window's side always knows."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine import jobs

from stellarview.domain.errors import StellarViewError
from stellarview.engine import engine as engine_module
from stellarview.engine.engine import Bug, Engine
from stellarview.engine.pipe import Cancelled


@pytest.fixture
def engine() -> Iterator[Engine]:
    one = Engine("tests")
    yield one
    one.stop()


def test_that_a_job_is_done_in_another_process(engine: Engine) -> None:
    assert engine.ask(jobs.add, 2, 3) == 5
    assert engine.ask(jobs.own_pid) == engine.pid != os.getpid()


def test_that_one_process_does_all_jobs(engine: Engine) -> None:
    assert engine.ask(jobs.own_pid) == engine.ask(jobs.own_pid)


def test_that_a_refusal_arrives_with_its_three_sentences(engine: Engine) -> None:
    with pytest.raises(StellarViewError) as caught:
        engine.ask(jobs.refuse)
    assert caught.value.as_dict() == {"what": "What happened.", "why": "Why.", "what_to_do": "What to do."}


def test_that_a_bug_arrives_with_its_traceback_and_the_process_lives_on(engine: Engine) -> None:
    pid = engine.ask(jobs.own_pid)
    with pytest.raises(Bug, match="a bug of ours"):
        engine.ask(jobs.stumble)
    assert engine.ask(jobs.own_pid) == pid


def test_that_parts_and_progress_arrive_in_their_order(engine: Engine) -> None:
    parts: list[int] = []
    steps: list[tuple[int, int]] = []
    answer = engine.ask(jobs.count, 4, each=parts.append, progress=lambda *step: steps.append(step))
    assert (answer, parts, steps) == (4, [0, 1, 2, 3], [(1, 4), (2, 4), (3, 4), (4, 4)])


def test_that_a_process_that_dies_is_told_and_started_again(engine: Engine) -> None:
    pid = engine.ask(jobs.own_pid)
    with pytest.raises(StellarViewError, match="ended in the middle of its work"):
        engine.ask(jobs.die)
    assert engine.ask(jobs.own_pid) not in (pid, None)


def test_that_a_cancelled_job_stops_and_the_process_lives_on(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_PATIENCE_S", 300.0)  # on a starved machine nothing listens within seconds
    pid, marker = engine.ask(jobs.own_pid), tmp_path / "begun"
    with pytest.raises(Cancelled):
        engine.ask(jobs.dawdle, str(marker), is_cancelled=marker.exists)
    assert engine.ask(jobs.own_pid) == pid


def test_that_a_job_that_does_not_listen_is_ended_with_its_process(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_PATIENCE_S", 0.2)
    pid, marker = engine.ask(jobs.own_pid), tmp_path / "begun"
    with pytest.raises(Cancelled):
        engine.ask(jobs.sleep_deaf, str(marker), is_cancelled=marker.exists)
    assert engine.ask(jobs.own_pid) != pid


def test_that_a_stopped_engine_starts_nothing_any_more(engine: Engine) -> None:
    engine.ask(jobs.own_pid)
    engine.stop()
    with pytest.raises(Cancelled):
        engine.ask(jobs.own_pid)


def test_that_a_child_ends_when_its_window_is_gone(engine: Engine) -> None:
    pid = engine.ask(jobs.own_pid)
    assert engine._pipe is not None
    assert engine._process is not None
    engine._pipe.close()  # as the system does when the window is killed
    engine._process.join(300)
    assert engine._process.exitcode == 0
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.02)
    return True
