"""Three hints at the first start, and never again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellarview.session.settings import Settings, load_settings
from stellarview.ui.hints import HINTS, HintBar
from stellarview.ui.preferences import Preferences
from stellarview.ui.tasks import Tasks


@pytest.fixture
def tasks(qapp: QApplication, private_folders: Path) -> Iterator[Tasks]:
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    one = Tasks(loop)
    yield one
    one.close()
    loop.close()
    asyncio.set_event_loop(None)


def bar(qtbot: QtBot, preferences: Preferences) -> HintBar:
    one = HintBar(preferences)
    qtbot.addWidget(one)
    if not one.isHidden():
        one.show()
    return one


def test_that_hints_follow_each_other_by_the_keyboard_and_then_are_over_for_good(qtbot: QtBot, tasks: Tasks) -> None:
    preferences = Preferences(Settings(), tasks)
    one = bar(qtbot, preferences)
    seen = []
    for _ in HINTS:
        seen.append(one.text)
        qtbot.keyClick(one.next, Qt.Key.Key_Space)
    assert tuple(seen) == HINTS
    assert one.isHidden()
    assert preferences.settings.hint_done
    tasks.close()
    assert load_settings().settings.hint_done


def test_that_hints_go_on_where_they_stopped_and_are_over_when_unwanted(qtbot: QtBot, tasks: Tasks) -> None:
    preferences = Preferences(Settings(hint_step=1), tasks)
    one = bar(qtbot, preferences)
    assert one.text == HINTS[1]
    qtbot.mouseClick(one.never, Qt.MouseButton.LeftButton)
    assert one.isHidden()
    assert preferences.settings.hint_done


@pytest.mark.parametrize("settings", [Settings(hint_done=True), Settings(hint_step=9)])
def test_that_there_are_no_hints_for_who_knows_them(qtbot: QtBot, tasks: Tasks, settings: Settings) -> None:
    assert bar(qtbot, Preferences(settings, tasks)).isHidden()
