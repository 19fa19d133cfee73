"""A picture of the window once everything in it is drawn: for the guide, for reports of bugs, for our own eyes."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import write_atomically
from stellarview.ui.desk import Desk

_LOOK_EVERY_MS, _QUIET_LOOKS, _PATIENCE_LOOKS = 100, 6, 1200


class Screenshot(QObject):
    """Looks until nothing has been going on for a while, saves the picture and quits."""

    def __init__(self, desk: Desk, window: QMainWindow, path: Path, label: str = "") -> None:
        super().__init__(window)
        self._desk, self._window, self._path, self._label = desk, window, path, label
        self._looks = self._quiet = 0
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        self._looks += 1
        self._choose_label()
        self._quiet = 0 if self._desk.tasks.is_busy else self._quiet + 1
        if self._quiet >= _QUIET_LOOKS or self._looks >= _PATIENCE_LOOKS:
            self._timer.stop()
            if self._quiet < _QUIET_LOOKS:
                sys.stderr.write("Work was still going on: the picture may lack some of it.\n")
            self._save()

    def _choose_label(self) -> None:
        """Once there are stars: a session file brings a choice of its own."""
        session = self._desk.workspace.session
        if self._label and session.stars and session.display.label != self._label:
            changed = replace(session, display=replace(session.display, label=self._label))
            self._desk.workspace.change("label", changed)

    def _save(self) -> None:
        app = QApplication.instance()
        assert app is not None
        try:
            write_atomically(self._path, _png(self._window), (b"\x89PNG",))
        except StellarViewError as error:
            sys.stderr.write(f"{error}\n")
            app.setProperty("exit_code", 1)
        self._window.close()
        app.quit()


def _png(window: QMainWindow) -> bytes:
    """In memory: `QImage.save` leaves a stub on a full disk."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    return bytes(data.data())
