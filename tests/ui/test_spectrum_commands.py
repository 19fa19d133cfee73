"""Commands about the spectrum: each in a menu, most with a key, none of which disturbs typing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from stellarview.app import Program
from stellarview.session.session import Display
from stellarview.ui.actions import COMMANDS

KEYS = {
    "Z": ("tool", "zoom"), "S": ("tool", "select"), "N": ("flux", "as observed"), "]": ("smoothing_pixels", 3),
    "U": ("x_unit", "nm"), "A": ("medium", "air"), "R": ("frame", "observed"),
}  # fmt: skip


def test_that_keys_are_told_apart() -> None:
    keys = [command.shortcut for command in COMMANDS if command.shortcut]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("key", KEYS)
def test_that_a_key_changes_the_display_and_is_undone(qtbot: QtBot, program: Program, key: str) -> None:
    field, value = KEYS[key]
    window, workspace = program.window, program.desk.workspace
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.spectrum.plot.setFocus()
    QTest.keyClicks(window.spectrum.plot, key)
    assert getattr(workspace.session.display, field) == value
    workspace.undo()
    assert workspace.session.display == Display()


def test_that_letters_are_typed_where_text_is_asked_for(qtbot: QtBot, program: Program) -> None:
    window = program.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.stars.filter.setFocus()
    QTest.keyClicks(window.stars.filter, "snr")
    assert window.stars.filter.text() == "snr"
    assert program.desk.workspace.session.display == Display()


def test_that_every_menu_of_the_bar_stands_in_the_menu_bar_too(program: Program) -> None:
    submenus = [action.text() for action in program.window.menus["Spectrum"].actions() if action.menu() is not None]
    assert submenus == ["Layers", "Axes", "Elements", "Second star"]


def test_that_a_key_without_a_star_does_no_harm(qtbot: QtBot, program: Program) -> None:
    program.window.activateWindow()
    for key in (Qt.Key.Key_H, Qt.Key.Key_B, Qt.Key.Key_X, Qt.Key.Key_E, Qt.Key.Key_O, Qt.Key.Key_V, Qt.Key.Key_G):
        QTest.keyClick(program.window.spectrum.plot, key)
    assert program.desk.messages.log == []
