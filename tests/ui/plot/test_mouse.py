"""The mouse, with the events that Qt sends."""

from __future__ import annotations

import numpy as np
import plot_scenes
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from stellarview.ui.plot.screen import LineLabelItem


def test_that_the_wheel_zooms_along_x_about_the_mouse(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    (_, y) = view.ranges()[0]
    mouse.turn_wheel(0, 4250.0, 1.0, 120)
    (low, high), same_y = view.ranges()[0]
    assert high - low < 900.0
    assert (4250.0 - low) / (high - low) == pytest.approx(0.25, abs=0.01)
    assert same_y == y


def test_that_the_wheel_with_shift_zooms_along_y(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    mouse.turn_wheel(0, 4250.0, 1.0, 120, Qt.KeyboardModifier.ShiftModifier)
    x, (low, high) = view.ranges()[0]
    assert x == plot_scenes.LIMITS
    assert high - low < 1.8


def test_that_the_wheel_turned_sideways_pans(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    mouse.turn_wheel(0, 4250.0, 1.0, -120, sideways=True)
    assert view.ranges()[0] == (pytest.approx((4100.0, 5100.0)), (0.0, 2.0))


def test_that_panels_over_one_axis_move_together(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    mouse.turn_wheel(1, 4500.0, 0.0, 240)
    assert view.ranges()[0][0] == view.ranges()[1][0] != plot_scenes.LIMITS


def test_that_the_left_button_pans(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    mouse.drag(0, (4500.0, 1.0), (4400.0, 1.0))
    (low, high), _ = view.ranges()[0]
    assert (low, high) == pytest.approx((4100.0, 5100.0), abs=2.0)


def test_that_the_right_button_moves_nothing(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    before = view.ranges()
    mouse.drag(0, (4500.0, 1.0), (4400.0, 1.5), button=Qt.MouseButton.RightButton)
    assert view.ranges() == before


@pytest.mark.parametrize(
    ("corners", "x", "y"),
    [
        (((4200.0, 0.5), (4600.0, 1.5)), (4200.0, 4600.0), (0.5, 1.5)),
        (((4600.0, 1.5), (4200.0, 0.5)), (4200.0, 4600.0), (0.5, 1.5)),
        (((4200.0, 1.0), (4600.0, 1.0)), (4200.0, 4600.0), (0.0, 2.0)),
        (((4200.0, 0.5), (4200.0, 1.5)), (4000.0, 5000.0), (0.5, 1.5)),
    ],
    ids=["a box", "from its other corner", "a flat one", "a narrow one"],
)
def test_that_a_box_is_zoomed_to(show, corners, x: tuple[float, float], y: tuple[float, float]) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    view.set_mode("zoom")
    mouse.drag(0, *corners)
    assert view.ranges()[0][0] == pytest.approx(x, abs=3.0)
    assert view.ranges()[0][1] == pytest.approx(y, abs=0.02)


@pytest.mark.parametrize("ends", [(4200.0, 4300.0), (4300.0, 4200.0)])
def test_that_a_stretch_is_told_when_it_is_drawn(show, qtbot: QtBot, ends: tuple[float, float]) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    view.set_mode("select")
    with qtbot.waitSignal(view.region_selected) as told:
        mouse.drag(1, (ends[0], 0.0), (ends[1], 0.0))
    assert told.args[0] == 1
    assert told.args[1:] == pytest.approx([4200.0, 4300.0], abs=2.0)
    assert view.ranges() == view.home_ranges()


def test_that_a_stretch_of_a_logarithmic_axis_is_told_in_its_own_units(show, qtbot: QtBot) -> None:
    view, mouse = show(plot_scenes.grid_scene())
    view.set_mode("select")
    with qtbot.waitSignal(view.region_selected) as told:
        mouse.drag(0, (1.0, 0.0), (2.0, 0.0))
    assert told.args[1:] == pytest.approx([10.0, 100.0], rel=0.05)


def test_that_a_lasso_tells_its_outline(show, qtbot: QtBot) -> None:
    view, mouse = show(plot_scenes.hr_scene())
    view.set_mode("lasso")
    with qtbot.waitSignal(view.lassoed) as told:
        mouse.drag(0, (6000.0, 3.5), (5000.0, 3.5), (5000.0, 4.5), (6000.0, 4.5))
    panel, xs, ys = told.args
    assert panel == 0
    assert (np.min(xs), np.max(xs)) == pytest.approx((5000.0, 6000.0), abs=15.0)
    assert (np.min(ys), np.max(ys)) == pytest.approx((3.5, 4.5), abs=0.02)


def test_that_a_click_tells_where(show, qtbot: QtBot) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    with qtbot.waitSignal(view.clicked) as told:
        mouse.click(mouse.pixel(1, 4700.0, 0.5))
    assert told.args[0] == 1
    assert told.args[1] == pytest.approx(4700.0, abs=2.0)


def test_that_a_point_is_told_by_its_index(show, qtbot: QtBot) -> None:
    view, mouse = show(plot_scenes.hr_scene())
    with qtbot.waitSignal(view.point_clicked) as told, qtbot.assertNotEmitted(view.clicked):
        mouse.click(mouse.pixel(0, 5500.0, 4.0))
    panel, mark, index = told.args
    assert (panel, index) == (0, 1)
    assert mark is view.scene.panels[0].marks[-1]


def test_that_a_point_of_a_logarithmic_axis_is_met(show, qtbot: QtBot) -> None:
    view, mouse = show(plot_scenes.grid_scene())
    with qtbot.waitSignal(view.point_clicked) as told:
        mouse.click(mouse.pixel(2, 3.0, 1.0))
    assert (told.args[0], told.args[2]) == (2, 2)


def test_that_a_click_on_a_name_tells_its_line(show, qtbot: QtBot) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    plot = view.canvas.plots[0]
    (names,) = [item for item in plot.shown_items() if isinstance(item, LineLabelItem)]
    index, _, place = names.layout_names()[3]
    pixel = view.canvas.mapFromScene(plot.box.mapToScene(QPointF(place.center())))
    with qtbot.waitSignal(view.line_clicked) as told, qtbot.assertNotEmitted(view.clicked):
        mouse.click(pixel)
    assert told.args[0] is names.marks[index]


def test_that_a_name_is_lit_while_the_mouse_is_over_it(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene(names=1))
    (names,) = [item for item in view.canvas.plots[0].shown_items() if isinstance(item, LineLabelItem)]
    ((_, _, place),) = names.layout_names()
    dark = view.image()
    QTest.mouseMove(view.canvas.viewport(), view.canvas.mapFromScene(names.mapToScene(place.center())))
    assert view.canvas.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert view.image() != dark
    mouse.move(1, 4700.0, 0.5)
    assert view.canvas.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor
    assert view.image() == dark


def test_that_a_click_makes_the_keys_work(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    mouse.click(mouse.pixel(1, 4700.0, 0.5))
    assert view.hasFocus()


def test_that_the_mouse_is_followed_and_a_shaded_stretch_says_why(show, qtbot: QtBot) -> None:
    view, mouse = show(plot_scenes.spectrum_scene(), crosshair=True)
    with qtbot.waitSignal(view.hovered) as told:
        mouse.move(0, 4110.0, 0.5)
    assert told.args[0] == 0
    assert told.args[1] == pytest.approx(4110.0, abs=2.0)
    assert view.canvas.plots[0].box.toolTip() == "cosmic ray"
    assert [plot.crosshair[0].isVisible() for plot in view.canvas.plots] == [True, True]
    assert [plot.crosshair[1].isVisible() for plot in view.canvas.plots] == [True, False]
    mouse.move(0, 4300.0, 0.5)
    assert view.canvas.plots[0].box.toolTip() == "no data"
    mouse.move(0, 4900.0, 0.5)
    assert view.canvas.plots[0].box.toolTip() == ""
