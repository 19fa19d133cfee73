"""A mouse for tests of panels: it moves over a plot in the units of its axes."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from stellarview.ui.plot.view import SceneView

LEFT = Qt.MouseButton.LeftButton


def pixel(view: SceneView, panel: int, x: float, y: float) -> QPoint:
    """Where a place of the axes lies on the screen."""
    return view.canvas.mapFromScene(view.canvas.plots[panel].box.mapViewToScene(QPointF(x, y)))


def click(view: SceneView, panel: int, x: float, y: float) -> None:
    """With the left button."""
    at = pixel(view, panel, x, y)
    QTest.mouseMove(view.canvas.viewport(), at)
    QTest.mouseClick(view.canvas.viewport(), LEFT, pos=at)


def drag(view: SceneView, panel: int, *places: tuple[float, float]) -> None:
    """From place to place with the left button down."""
    pixels, viewport = [pixel(view, panel, *place) for place in places], view.canvas.viewport()
    QTest.mouseMove(viewport, pixels[0])
    QTest.mousePress(viewport, LEFT, pos=pixels[0])
    for before, after in pairwise(pixels):
        QTest.mouseMove(viewport, (before + after) / 2)
        QTest.mouseMove(viewport, after)
    QTest.mouseRelease(viewport, LEFT, pos=pixels[-1])
