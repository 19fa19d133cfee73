"""A run from the queue to a model of one's own, in the window; and what is shown where a run comes to a bad end."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from engine import jobs as slow_jobs
from models import write_toy_model
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from training_sets import toy_config, write_toy_set

from stellarview.app import Program
from stellarview.engine import runs as jobs
from stellarview.io.models import find_model, read_card
from stellarview.training.config_file import write_config
from stellarview.training.status import Status, write_status
from stellarview.ui.panels.model_picker import ModelPicker
from stellarview.ui.plot.view import SceneView
from stellarview.ui.status import StatusLine
from stellarview.ui.training.curves import best_of
from stellarview.ui.training.runs import Runs
from stellarview.ui.training.runs_view import RunsView

ENDLESS = 100_000


@pytest.fixture
def view(program: Program, qtbot: QtBot) -> Iterator[RunsView]:
    """Beside the program's window, which is where the workspace puts it."""
    runs = Runs(program.desk)
    one = RunsView(program.desk, runs)
    qtbot.addWidget(one)
    one.resize(1000, 900)
    one.show()
    yield one
    for run in runs.seen:
        if run.status is not None and run.is_alive and run.status.pid:
            with suppress(ProcessLookupError):  # it may have ended since we looked
                os.kill(run.status.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_set(tmp_path_factory.mktemp("sets") / "toy.h5", 240)


def put(view: RunsView, name: str, spectra: Path, epochs: int = ENDLESS) -> Path:
    """A run that was set up and never started."""
    folder = view.runs.folder / name
    folder.mkdir(parents=True)
    config = toy_config(spectra, model={"name": name}, loop={"epochs": epochs, "batch": 32})
    write_config(folder / "config.toml", config)
    return folder


def put_finished(view: RunsView, name: str, spectra: Path) -> Path:
    """A run with a model in it, that nobody trained."""
    folder = put(view, name, spectra, epochs=1)
    write_toy_model(folder / name)
    return folder


def until(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds)


def state(view: RunsView, folder: Path) -> str:
    run = view.runs.run(str(folder))
    return run.state if run is not None else ""


def epochs(view: RunsView, folder: Path) -> int:
    run = view.runs.run(str(folder))
    return run.row.epochs if run is not None else 0


def click(qtbot: QtBot, button: QToolButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_tabs_that_take_the_focus_say_what_they_are(view: RunsView) -> None:
    assert [tabs.tabBar().accessibleName() for tabs in (view.tabs, view.details)] == [
        "Runs and models",
        "The chosen run",
    ]


def test_that_a_run_goes_from_the_queue_to_a_model_of_ones_own(
    qtbot: QtBot, program: Program, view: RunsView, small_set: Path
) -> None:
    folder, page = put(view, "tuned", small_set), view.progress
    view.runs.queue(folder)
    until(qtbot, lambda: epochs(view, folder) >= 2 and page.plot.currentWidget() is page.plot.plot)
    assert view.chosen == (str(folder),)
    assert not page.resume.isVisible()
    scene = page.plot.plot.scene
    assert scene is not None
    assert {getattr(mark, "legend", "") for mark in scene.panels[0].marks} >= {"training", "validation"}
    assert len(scene.panels[1].marks) == 2  # the diagonal, and the stars
    until(qtbot, lambda: "batch 32" in page.facts.text())

    click(qtbot, page.pause)
    until(qtbot, lambda: state(view, folder) == "paused")
    assert page.pause.text() == "Go on"
    again = Runs(program.desk)  # the window was closed and came back: the folder tells all
    again.look()
    until(qtbot, lambda: [(run.folder, run.state) for run in again.seen] == [(str(folder), "paused")])
    again._timer.stop()  # one window looks on
    click(qtbot, page.pause)
    until(qtbot, lambda: state(view, folder) == "training")

    click(qtbot, page.stop)
    until(qtbot, lambda: view.runs.judged.get(str(folder)) is not None)  # as soon as it was done
    until(qtbot, view.judgement.promote.isEnabled)
    view.details.setCurrentWidget(view.judgement)
    assert "Teff" in view.judgement.page.toPlainText()
    assert view.judgement.plot.plot in view.findChildren(SceneView)
    assert view.judgement.plot.plot.scene is not None
    details = view.runs.details[str(folder)]
    assert details.curves is not None
    assert best_of(details.curves)[0].min() >= 1

    picker = program.window.findChild(ModelPicker)
    picker.look()
    click(qtbot, view.judgement.promote)
    assert view.ask.name.text() == "tuned"
    view.ask.name.setText("my-own")
    view.ask.option.setChecked(True)
    click(qtbot, view.ask.yes)
    until(qtbot, lambda: [model.name for model in view.keeping.models] == ["my-own"])
    assert program.desk.workspace.session.model_for("MRS:labels") == "my-own"
    assert read_card(find_model("my-own")).training["run"] == "tuned"
    assert "No star is open" in view.judgement.page.toPlainText()


def test_that_a_killed_run_is_shown_as_ended_and_goes_on_after_its_last_epoch(
    qtbot: QtBot, view: RunsView, small_set: Path
) -> None:
    folder, page = put(view, "killed", small_set), view.progress
    view.runs.queue(folder)
    until(qtbot, lambda: epochs(view, folder) >= 2)
    run = view.runs.run(str(folder))
    assert run is not None
    assert run.status is not None
    os.kill(run.status.pid, signal.SIGKILL)
    until(qtbot, lambda: state(view, folder) == "failed")
    done = epochs(view, folder)
    assert "Its process is gone" in page.error.words.text()
    click(qtbot, page.resume)
    until(qtbot, lambda: state(view, folder) == "training" and epochs(view, folder) > done)
    click(qtbot, page.cancel)
    assert view.ask.isVisible()
    assert state(view, folder) == "training"  # it asks first
    click(qtbot, view.ask.yes)
    until(qtbot, lambda: state(view, folder) == "cancelled")
    assert page.resume.isVisible()


def test_that_a_failed_run_says_why_and_shows_its_trace_at_a_click(
    qtbot: QtBot, view: RunsView, small_set: Path
) -> None:
    folder, page = put(view, "nan", small_set), view.progress
    error = {"what": "The loss of member 0 is no number.", "why": "Star 7 is to blame.", "what_to_do": "Look."}
    (folder / "run.err").write_text("last words", encoding="utf-8")
    write_status(folder, Status(state="failed", epoch=2, error=error))
    view.runs.look()
    until(qtbot, lambda: "Star 7" in page.error.words.text() and page.error.details.isVisible())
    assert not page.error.trace.isVisible()
    click(qtbot, page.error.details)
    assert page.error.trace.isVisible()
    assert "last words" in page.error.trace.toPlainText()
    write_status(folder, Status(state="failed", error={"traceback": "Traceback\nValueError: odd"}))
    view.runs.look()
    until(qtbot, lambda: "ValueError: odd" in page.error.words.text())


def test_that_two_runs_are_compared_and_one_is_deleted(qtbot: QtBot, view: RunsView, small_set: Path) -> None:
    folders = [put(view, name, small_set, epochs) for name, epochs in (("a", 3), ("b", 5))]
    for place, folder in enumerate(folders):
        head = "epoch,member,train_loss,validation_loss,rate,seconds\n"
        (folder / "log.csv").write_text(f"{head}1,0,0.5,0.{6 + place},0.1,2\n2,0,0.4,0.5,0.1,2\n", encoding="utf-8")
    view.runs.look()
    until(qtbot, lambda: len(view.runs.seen) == 2)
    view.choose(*map(str, folders))
    details = view.runs.details
    until(qtbot, lambda: len(details) == 2 and all(one.curves is not None for one in details.values()))

    def rows() -> set[str]:
        return {view.compare.table.item(row, 0).text() for row in range(view.compare.table.rowCount())}

    until(qtbot, lambda: "loop.epochs" in rows())
    assert "loop.batch" not in rows()
    view.compare.only.click()
    assert "loop.batch" in rows()
    scene = view.progress.plot.plot.scene
    assert scene is not None
    assert len(scene.panels[0].marks) == 2
    view.choose(str(folders[0]))
    click(qtbot, view.progress.delete)
    click(qtbot, view.ask.yes)
    until(qtbot, lambda: len(view.runs.seen) == 1)
    assert (view.runs.folder / ".trash" / "a").is_dir()


def test_that_judging_tells_how_far_it_is_and_can_be_cancelled(
    qtbot: QtBot, program: Program, view: RunsView, small_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "judge", slow_jobs.judge_for_ever)
    folder, page = put_finished(view, "slow", small_set), view.judgement
    status = program.window.findChild(StatusLine)
    view.runs.look()
    until(qtbot, page.judge.isEnabled)
    view.details.setCurrentWidget(page)
    assert not page.stop.isVisible()
    for cancel in (page.stop, status.cancel):
        click(qtbot, page.judge)
        until(qtbot, lambda: page.count.text() == "64 of 300 spectra")
        assert (page.bar.value(), page.bar.maximum()) == (status.bar.value(), status.bar.maximum()) == (64, 300)
        assert not page.judge.isEnabled()
        click(qtbot, cancel)
        until(qtbot, page.judge.isEnabled)
        assert not view.runs.is_judging(str(folder))
        assert not page.stop.isVisible()
        assert "Not judged yet" in page.page.toPlainText()
        until(qtbot, lambda: not status.bar.isVisible() and status.work.text() == "Ready")


def test_that_a_run_gets_another_name_and_stays_chosen(
    qtbot: QtBot, program: Program, view: RunsView, small_set: Path
) -> None:
    folder, other, page = put_finished(view, "first", small_set), put(view, "second", small_set), view.progress
    view.runs.look()
    until(qtbot, lambda: len(view.runs.seen) == 2)
    view.choose(str(folder))
    told = program.desk.messages
    for name, refusal in (("second", "There is a run second already."), ("No name", "'No name' is no name for a run.")):
        click(qtbot, page.rename)
        assert view.ask.name.text() == "first"
        qtbot.keyClicks(view.ask.name, name)  # over the old one, which is selected
        qtbot.keyClick(view.ask.name, Qt.Key.Key_Return)
        until(qtbot, lambda refusal=refusal: bool(told.log) and refusal in told.log[-1])
        assert "Choose another name." in told.log[-1]

    click(qtbot, page.rename)
    qtbot.keyClicks(view.ask.name, "teff-scale")
    click(qtbot, view.ask.yes)
    new = str(folder.with_name("teff-scale"))
    until(qtbot, lambda: view.chosen == (new,) and new in view.runs.details)
    assert {run.folder for run in view.runs.seen} == {new, str(other)}
    assert told.log[-1] == "The run is called teff-scale now."
    assert page.facts.text().startswith("epoch")


def test_that_a_queue_that_nobody_works_on_is_asked_about_and_goes_on(
    qtbot: QtBot, view: RunsView, small_set: Path
) -> None:
    folder = put(view, "left", small_set, epochs=1)
    write_status(folder, Status(state="queued", queued_at=1.0))
    facts = json.loads((folder / "status.json").read_text(encoding="utf-8"))
    (folder / "status.json").write_text(json.dumps(facts | {"updated_at": 1.0}), encoding="utf-8")
    view.runs.look()
    until(qtbot, view.ask.isVisible)
    assert "A run waits, and nobody works on the queue" in view.ask.words.text()
    assert "Nobody works on the queue" in view.progress.head.text()
    assert view.progress.later.text() == "Go on with the queue"
    click(qtbot, view.ask.yes)
    until(qtbot, lambda: state(view, folder) == "done")
