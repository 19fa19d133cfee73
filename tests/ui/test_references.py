"""A guard against a fault of PySide6: 6.12.0 on Python 3.11 gives references to None away until the process dies."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def test_that_no_reference_to_none_is_lost(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(100):
        widget.update()
    assert sys.getrefcount(None) > before - 50
