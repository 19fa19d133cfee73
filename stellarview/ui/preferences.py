"""What the user prefers, in every session: one observable value, written away in the background."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from stellarview.engine.jobs import files
from stellarview.session.settings import Settings
from stellarview.ui.tasks import Tasks


class Preferences(QObject):
    """`change(theme="dark")` tells everybody and saves."""

    changed = Signal(object)  # Settings

    def __init__(self, settings: Settings, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tasks = tasks

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self._settings

    def change(self, **choices: Any) -> None:
        """Set some of them."""
        settings = replace(self._settings, **choices)
        if settings != self._settings:
            self._settings = settings
            self.changed.emit(settings)
            self._tasks.run("settings", files.store_settings, settings, then=lambda _: None, lane="writing")

    def remember_file(self, path: str) -> None:
        """As the newest of the recent files."""
        self.change(recent_files=self._settings.with_recent(path).recent_files)
