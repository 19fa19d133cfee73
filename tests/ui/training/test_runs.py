"""A run is judged as soon as it is done, however quick it was."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from spectrum_desk import PatientTasks

from stellarview.engine.runs import RunSeen
from stellarview.training.runs import RunRow
from stellarview.training.status import State, Status
from stellarview.ui.training.runs import Runs

FOLDER = Path("runs") / "mine"


class Tasks(PatientTasks):
    def has(self, key: str) -> bool:
        return key in self.asked


@pytest.fixture
def runs(qapp: QApplication, private_folders: Path) -> Runs:
    desk: Any = SimpleNamespace(tasks=Tasks(), messages=None)
    return Runs(desk)


def see(runs: Runs, state: State) -> bool:
    """The folder is looked at; True where the run is judged now."""
    tasks = runs._desk.tasks
    runs.look()
    job = tasks.asked.pop(runs._look_key)  # type: ignore[attr-defined]
    job["then"]((RunSeen(RunRow(str(FOLDER)), Status(state)),))
    return tasks.asked.pop(f"judge run {FOLDER}", None) is not None  # type: ignore[attr-defined]


def test_that_a_run_is_judged_when_it_is_done_and_once(runs: Runs) -> None:
    assert [see(runs, state) for state in ("training", "finishing", "done", "done")] == [False, False, True, False]


def test_that_a_run_that_was_done_before_it_was_first_seen_is_judged(runs: Runs) -> None:
    runs.queue(FOLDER)
    assert see(runs, "done")
    assert not see(runs, "done")


def test_that_runs_of_former_days_are_left_alone(runs: Runs) -> None:
    assert not see(runs, "done")
