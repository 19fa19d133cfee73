"""Puts the workspace Train together: what prepares a run, who runs it, and what became of it."""

from __future__ import annotations

from stellarview.ui.desk import Desk
from stellarview.ui.training.page import TrainingPage
from stellarview.ui.training.runs import Runs
from stellarview.ui.training.runs_view import RunsView


def make_page(desk: Desk) -> TrainingPage:
    """The whole page."""
    runs = Runs(desk)
    page = TrainingPage(desk, runs, RunsView(desk, runs))
    runs.setParent(page)
    return page
