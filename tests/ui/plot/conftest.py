"""A view on the screen, and a mouse for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellarview.scene.marks import Scene
from stellarview.ui.plot.view import SceneView

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True)
class Mouse:
    """Moves over a view in the units of a panel's axes."""

    view: SceneView

    def pixel(self, panel: int, x: float, y: float) -> QPoint:
        box = self.view.canvas.plots[panel].box
        return self.view.canvas.mapFromScene(box.mapViewToScene(QPointF(x, y)))

    def move(self, panel: int, x: float, y: float) -> None:
        QTest.mouseMove(self.view.canvas.viewport(), self.pixel(panel, x, y))

    def click(self, pixel: QPoint, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseMove(self.view.canvas.viewport(), pixel)
        QTest.mouseClick(self.view.canvas.viewport(), button, pos=pixel)

    def drag(self, panel: int, *places: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
        """From place to place, and halfway between any two."""
        pixels = [self.pixel(panel, *place) for place in places]
        viewport = self.view.canvas.viewport()
        QTest.mouseMove(viewport, pixels[0])
        QTest.mousePress(viewport, button, pos=pixels[0])
        for before, after in pairwise(pixels):
            QTest.mouseMove(viewport, (before + after) / 2)
            QTest.mouseMove(viewport, after)
        QTest.mouseRelease(viewport, button, pos=pixels[-1])

    def turn_wheel(
        self, panel: int, x: float, y: float, delta: int, keys: Qt.KeyboardModifier = NO_KEYS, *, sideways: bool = False
    ) -> None:
        pixel, viewport = self.pixel(panel, x, y), self.view.canvas.viewport()
        event = QWheelEvent(
            QPointF(pixel),
            QPointF(viewport.mapToGlobal(pixel)),
            QPoint(),
            QPoint(delta, 0) if sideways else QPoint(0, delta),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)


Show = Callable[..., tuple[SceneView, Mouse]]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Put a scene on the screen."""

    def shown(scene: Scene, **options: bool) -> tuple[SceneView, Mouse]:
        view = SceneView(**options)
        qtbot.addWidget(view)
        view.resize(1000, 700)
        view.set_scene(scene)
        with qtbot.waitExposed(view):
            view.show()
        return view, Mouse(view)

    return shown
