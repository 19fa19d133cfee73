"""Panels that have a reason to draw at once draw one after the other, each once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellarview.ui import turns as turns_module
from stellarview.ui.turns import Turn


def test_that_many_reasons_are_one_drawing(qapp: QApplication, qtbot: QtBot) -> None:
    owner, drawn = QObject(), list[str]()
    turn = Turn(owner, lambda: drawn.append("once"))
    for _ in range(5):
        turn.start()
    qtbot.waitUntil(lambda: not turn.is_waiting)
    assert drawn == ["once"]


def test_that_two_panels_do_not_draw_in_one_turn(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, seen = QObject(), list[str]()
    # A clock that stands still within a turn, as that of a starved machine does not.
    monkeypatch.setattr(turns_module, "_now_ms", lambda: float(seen.count("turn")))
    monkeypatch.setattr(Turn, "_free_at_ms", 0.0)
    between = QTimer(owner, interval=0)
    between.timeout.connect(lambda: seen.append("turn"))
    turns = [Turn(owner, lambda name=name: seen.append(name)) for name in ("first", "second")]
    between.start()
    for turn in turns:
        turn.start()
    qtbot.waitUntil(lambda: not any(turn.is_waiting for turn in turns))
    between.stop()
    drawn = [place for place, what in enumerate(seen) if what != "turn"]
    assert [seen[place] for place in drawn] == ["first", "second"]
    assert drawn[1] - drawn[0] > 1  # something else had its turn


def test_that_a_drawing_that_fails_leaves_the_others_their_turn(qapp: QApplication, qtbot: QtBot) -> None:
    owner, drawn = QObject(), list[str]()

    def stumble() -> None:
        raise ValueError("no scene")

    failing, other = Turn(owner, stumble), Turn(owner, lambda: drawn.append("other"))
    with qtbot.captureExceptions() as caught:
        failing.start()
        other.start()
        qtbot.waitUntil(lambda: drawn == ["other"])
    assert [kind for kind, *_ in caught] == [ValueError]
