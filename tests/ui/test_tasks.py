"""Work leaves the GUI thread and comes back to it: the newest call wins, the urgent goes first, nothing is lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import qasync
from engine import jobs
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellarview.domain.errors import StellarViewError
from stellarview.ui.tasks import Tasks


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    one = Tasks(loop)
    yield one
    one.close()
    loop.close()
    asyncio.set_event_loop(None)


def until(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds)


def test_that_an_answer_comes_back_to_the_gui_thread(qtbot: QtBot, tasks: Tasks) -> None:
    answers: list[Any] = []
    tasks.run("sum", jobs.add, 2, 3, then=lambda answer: answers.append((answer, threading.current_thread())))
    until(qtbot, lambda: bool(answers))
    assert answers == [(5, threading.main_thread())]
    assert not tasks.is_busy


def test_that_the_newest_call_of_a_key_wins(qtbot: QtBot, tasks: Tasks) -> None:
    answers: list[int] = []
    for value in range(5):
        tasks.run("sum", jobs.add, value, 0, then=answers.append)
    until(qtbot, lambda: not tasks.is_busy)
    assert answers == [4]


def test_that_the_urgent_goes_before_what_waits_longer(qtbot: QtBot, tasks: Tasks) -> None:
    order: list[str] = []
    for name, urgency in (("a", "later"), ("b", "later"), ("c", "soon"), ("d", "now")):
        tasks.run(name, jobs.add, 0, 0, then=lambda _, name=name: order.append(name), urgency=urgency)  # type: ignore[arg-type]
    until(qtbot, lambda: not tasks.is_busy)
    assert order == ["a", "d", "c", "b"]  # the first one had begun


def test_that_a_cancelled_job_says_nothing_and_the_next_one_runs(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    answers: list[Any] = []
    marker = tmp_path / "begun"
    tasks.run("long", jobs.dawdle, str(marker), then=answers.append)
    tasks.run("next", jobs.add, 1, 1, then=answers.append)
    until(qtbot, marker.exists)
    tasks.cancel("long")
    until(qtbot, lambda: bool(answers))
    assert answers == [2]


def test_that_a_refusal_goes_to_who_asked_or_else_to_everybody(qtbot: QtBot, tasks: Tasks) -> None:
    own: list[StellarViewError] = []
    general: list[tuple[str, StellarViewError]] = []
    tasks.failed.connect(lambda key, error: general.append((key, error)))
    tasks.run("one", jobs.refuse, then=lambda _: None, otherwise=own.append)
    tasks.run("other", jobs.refuse, then=lambda _: None)
    until(qtbot, lambda: bool(own and general))
    assert (own[0].what, general[0][0], general[0][1].what) == ("What happened.", "other", "What happened.")


def test_that_a_bug_is_told_with_its_trace(qtbot: QtBot, tasks: Tasks) -> None:
    with qtbot.waitSignal(tasks.broke) as told:
        tasks.run("bug", jobs.stumble, then=lambda _: None)
    assert told.args[0] == "bug"
    assert "a bug of ours" in told.args[1]


def test_that_parts_come_before_the_answer(qtbot: QtBot, tasks: Tasks) -> None:
    heard: list[Any] = []
    tasks.run("count", jobs.count, 3, each=heard.append, then=lambda answer: heard.append(("all", answer)))
    until(qtbot, lambda: not tasks.is_busy)
    assert heard == [0, 1, 2, ("all", 3)]


def test_that_closing_ends_long_work_and_leaves_no_process(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    marker = tmp_path / "begun"
    tasks.run("long", jobs.sleep_deaf, str(marker), then=lambda _: None, lane="networks")
    until(qtbot, marker.exists)
    process = tasks._lanes["networks"].engine._process  # type: ignore[union-attr]
    tasks.close()
    assert process is not None
    assert not process.is_alive()
    tasks.close()


def test_that_closing_still_writes_what_was_to_be_written(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        tasks.run(name, jobs.write, str(tmp_path / name), name, then=lambda _: None, lane="writing")
    tasks.close()
    assert [(tmp_path / name).read_text() for name in ("a", "b", "c")] == ["a", "b", "c"]


def test_that_a_quiet_job_is_not_told_of_and_outlives_cancelling(qtbot: QtBot, tasks: Tasks) -> None:
    answers: list[int] = []
    told: list[bool] = []
    tasks.busy_changed.connect(told.append)
    tasks.run("look", jobs.add, 2, 3, then=answers.append, is_quiet=True)
    assert not tasks.is_busy
    assert tasks.keys() == []
    assert not tasks.has("look")
    tasks.cancel_all()
    until(qtbot, lambda: answers == [5])
    assert told == []
    tasks.run("look", jobs.add, 2, 3, then=answers.append, is_quiet=True)
    tasks.cancel("look")
    tasks.run("sum", jobs.add, 1, 1, then=answers.append)
    until(qtbot, lambda: answers == [5, 2])


def test_that_listening_to_other_programs_is_no_work_that_anybody_waits_for(qtbot: QtBot, tasks: Tasks) -> None:
    answers: list[int] = []
    with qtbot.assertNotEmitted(tasks.queue_changed):
        tasks.run("listen", jobs.add, 1, 2, then=answers.append, lane="messages")
        assert (tasks.is_busy, tasks.keys()) == (False, [])
        until(qtbot, lambda: bool(answers))
    assert answers == [3]


def test_that_what_is_held_begins_with_the_others_order_kept(qtbot: QtBot, tasks: Tasks) -> None:
    order: list[str] = []
    tasks.hold()
    for name, urgency in (("a", "later"), ("b", "soon"), ("c", "now")):
        tasks.run(name, jobs.add, 0, 0, then=lambda _, name=name: order.append(name), urgency=urgency)  # type: ignore[arg-type]
    assert tasks.is_busy
    qtbot.wait(20)
    assert tasks.pids() == {"reading": None, "networks": None}
    tasks.begin()
    until(qtbot, lambda: not tasks.is_busy)
    assert order == ["c", "b", "a"]
