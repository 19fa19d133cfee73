"""The overview bar and a view move each other."""

from __future__ import annotations

import plot_scenes
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellarview.ui.plot.overview import OverviewBar
from stellarview.ui.plot.view import SceneView
from stellarview.ui.theme import DARK, apply_theme


@pytest.fixture
def linked(show, qtbot: QtBot) -> tuple[SceneView, OverviewBar]:
    view, _ = show(plot_scenes.spectrum_scene())
    bar = OverviewBar()
    qtbot.addWidget(bar)
    bar.resize(1000, bar.height())
    bar.set_curve(plot_scenes.X, plot_scenes.spectrum_scene().panels[0].marks[3].y)
    bar.link(view)
    with qtbot.waitExposed(bar):
        bar.show()
    return view, bar


def pixel(bar: OverviewBar, x: float) -> QPoint:
    box = bar.region.getViewBox()
    return QPoint(bar.canvas.mapFromScene(box.mapViewToScene(QPointF(x, 0.0))).x(), bar.height() // 2)


def test_that_the_region_follows_the_view(linked) -> None:
    view, bar = linked
    assert bar.region.getRegion() == plot_scenes.LIMITS
    view.set_x_range(4200.0, 4300.0)
    assert bar.region.getRegion() == (4200.0, 4300.0)


def test_that_dragging_the_region_moves_the_view_and_can_be_taken_back(linked) -> None:
    view, bar = linked
    view.set_x_range(4200.0, 4400.0)
    viewport = bar.canvas.viewport()
    QTest.mouseMove(viewport, pixel(bar, 4300.0))
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=pixel(bar, 4300.0))
    QTest.mouseMove(viewport, pixel(bar, 4400.0))
    QTest.mouseMove(viewport, pixel(bar, 4600.0))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=pixel(bar, 4600.0))
    assert view.ranges()[0][0] == pytest.approx((4500.0, 4700.0), abs=3.0)
    view.back()
    assert view.ranges()[0][0] == (4200.0, 4400.0)
    assert bar.region.getRegion() == (4200.0, 4400.0)


def test_that_a_click_beside_the_region_brings_it_there(linked) -> None:
    view, bar = linked
    view.set_x_range(4200.0, 4300.0)
    QTest.mouseClick(bar.canvas.viewport(), Qt.MouseButton.LeftButton, pos=pixel(bar, 4800.0))
    assert view.ranges()[0][0] == pytest.approx((4750.0, 4850.0), abs=2.0)


def test_that_it_changes_its_colours_too(linked, qapp: QApplication) -> None:
    view, bar = linked
    view.set_x_range(4600.0, 4700.0)
    apply_theme(qapp, "dark")
    qapp.processEvents()
    assert bar.grab().toImage().pixelColor(3, 3).name() == DARK.plot.lower()


def test_that_a_new_curve_does_not_move_the_view(linked) -> None:
    view, bar = linked
    view.set_x_range(3900.0, 5100.0)
    bar.set_curve(plot_scenes.X + 50.0, plot_scenes.X)
    assert view.ranges()[0][0] == (3900.0, 5100.0)
