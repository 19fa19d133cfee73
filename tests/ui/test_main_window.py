"""Everything in the window has a name, a tooltip, keys of its own and a place in a menu, and can do without a mouse."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QComboBox, QMenu, QScrollBar, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from stellarview.app import Program
from stellarview.ui.actions import COMMANDS

# Parts of Qt's own widgets, which speak for them.
_INNER = (QScrollBar, QMenu)


def focusable(window: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget, _INNER)
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget.parent(), QSpinBox | QComboBox | QAbstractScrollArea)
        and widget.window() is window  # not the list of a box, which is a window of its own
    ]


def test_that_every_widget_with_the_focus_has_a_name(program: Program) -> None:
    nameless = [widget for widget in focusable(program.window) if not widget.accessibleName()]
    told = [f"{type(widget).__name__} in {type(widget.parent()).__name__}" for widget in nameless]
    assert not told, "\n".join(told)


def test_that_every_command_has_a_tooltip_and_stands_in_a_menu(program: Program) -> None:
    window = program.window
    in_menus = {action for menu in window.menus.values() for action in menu.actions()}
    for command in COMMANDS:
        action = window.actions_by_key[command.key]
        assert action.toolTip(), command.key
        assert action in in_menus, command.key


def test_that_no_two_actions_share_a_shortcut(program: Program) -> None:
    keys = Counter(key.toString() for action in program.window.findChildren(QAction) for key in action.shortcuts())
    assert {key: count for key, count in keys.items() if count > 1} == {}


def test_that_tab_reaches_filter_table_and_plot(qtbot: QtBot, program: Program) -> None:
    window = program.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.stars.filter.setFocus()
    reached: list[QWidget] = []
    for _ in range(200):
        widget = QApplication.focusWidget()
        assert widget is not None
        if widget in reached:
            break
        reached.append(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert window.stars.filter in reached
    assert window.stars.table in reached
    assert any(window.spectrum.plot is widget or window.spectrum.plot.isAncestorOf(widget) for widget in reached)
