"""The spectrum panel on a desk without child processes, on the screen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from spectrum_desk import Hand, desk_of_two

from stellarview.ui.desk import Desk
from stellarview.ui.panels.spectrum import SpectrumPanel


@pytest.fixture
def desk(qapp: QApplication) -> Desk:
    """Two stars; the first one is looked at, and open."""
    return desk_of_two()


def at_rest(qtbot: QtBot, panel: SpectrumPanel) -> None:
    """Until the names of lines and the overviews have found their places."""
    qtbot.waitUntil(lambda: not panel._rest.isActive())


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> SpectrumPanel:
    """The spectrum of the first star."""
    one = SpectrumPanel(desk)
    qtbot.addWidget(one)
    one.resize(1100, 800)
    with qtbot.waitExposed(one):
        one.show()
    one.draw()
    at_rest(qtbot, one)
    return one


@pytest.fixture
def hand(panel: SpectrumPanel) -> Hand:
    """A mouse for its plot."""
    return Hand(panel)
