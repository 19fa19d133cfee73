"""Puts the workspace Train together: its page, and who runs what it prepares."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel

from stellarview.engine import training
from stellarview.ui.desk import Desk
from stellarview.ui.training.page import TrainingPage


class _Queue:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def queue(self, run_folder: Path) -> None:
        def told(_: object) -> None:
            self._desk.messages.tell_place(f"{run_folder.name} trains, or waits for its turn.", run_folder)

        self._desk.tasks.run(f"queue {run_folder.name}", training.queue, run_folder, then=told, lane="writing")


def make_page(desk: Desk) -> TrainingPage:
    """The whole page."""
    return TrainingPage(desk, _Queue(desk), QLabel(""))
