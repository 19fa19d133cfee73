"""The panel of provenance: asked for when it is seen, complete, and copied as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from ui.told_window import PATIENCE_MS, tell_all, until_idle

from stellarview.app import Program
from stellarview.ui.panels.provenance import ProvenancePanel


def test_that_where_it_all_comes_from_is_shown_and_copied(qtbot: QtBot, program: Program, example_lrs: Path) -> None:
    tell_all(program, [example_lrs])
    panel = program.window.panel("provenance")
    assert isinstance(panel, ProvenancePanel)
    until_idle(qtbot, program)
    assert panel.facts == {}  # closed at first
    assert not panel.copy.isEnabled()
    program.window.docks["provenance"].show()
    qtbot.waitUntil(lambda: bool(panel.facts), timeout=PATIENCE_MS)
    text = panel.text.toPlainText()
    for word in (str(example_lrs), panel.facts["input"]["sha256"], "Model lrs-stellar", "SHA-256 of weights", "numpy",
                 "What was done to the spectrum", "stellarview predict"):  # fmt: skip
        assert word in text
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    assert json.loads(QGuiApplication.clipboard().text()) == panel.facts
