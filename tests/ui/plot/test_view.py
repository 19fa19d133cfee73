"""The view: what it keeps, what keys do, what it tells of itself."""

from __future__ import annotations

import plot_scenes
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from stellarview.scene.marks import Scene
from stellarview.ui.plot.frame import legend_of

ZOOMED = (4300.0, 4400.0)
KEY = Qt.Key


@pytest.mark.parametrize("scene", plot_scenes.SCENES.values(), ids=plot_scenes.SCENES)
def test_that_a_scene_is_shown_from_limit_to_limit(show, scene) -> None:
    view, _ = show(scene())
    assert view.ranges() == view.home_ranges()
    for plot, panel, (_, y) in zip(view.canvas.plots, view.scene.panels, view.ranges(), strict=True):
        assert y == tuple(sorted(panel.y_limits))
        assert plot.box.xInverted() == (panel.x_limits[0] > panel.x_limits[1])
        assert plot.box.yInverted() == (panel.y_limits[0] > panel.y_limits[1])


def test_that_a_logarithmic_axis_has_plain_numbers(show) -> None:
    view, _ = show(plot_scenes.grid_scene())
    assert view.ranges()[0][0] == pytest.approx((0.69897, 3.30103), abs=1e-4)
    assert view.canvas.plots[0].bottom.tickStrings([1.0, 3.0], 1.0, 1.0) == ["10", "1000"]


def test_that_thousands_of_angstrom_stay_angstrom(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    axis = view.canvas.plots[1].bottom
    assert axis.labelString().count("kÅ") == 0
    assert axis.tickStrings([4000.0], axis.scale * axis.autoSIPrefixScale, 100.0) == ["4000"]


def test_that_the_same_kind_of_scene_keeps_the_zoom(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    view.set_x_range(*ZOOMED)
    view.set_scene(plot_scenes.spectrum_scene(level=1000.0, shift=2.0))
    assert view.ranges()[0] == (ZOOMED, (0.0, 2000.0))
    view.home()
    assert view.ranges()[0][0] == (4002.0, 5002.0)


def test_that_the_same_part_of_another_scale_is_shown(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    view.set_mode("zoom")
    mouse.drag(0, (4300.0, 0.5), (4400.0, 1.5))
    view.set_scene(plot_scenes.spectrum_scene(level=1000.0))
    assert view.ranges()[0][1] == pytest.approx((500.0, 1500.0), abs=10.0)


@pytest.mark.parametrize(
    ("scene", "keep"), [(plot_scenes.spectrum_scene(shift=500.0), True), (plot_scenes.spectrum_scene(), False)]
)
def test_that_another_kind_of_scene_starts_at_home(show, scene: Scene, keep: bool) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    view.set_x_range(*ZOOMED)
    view.set_scene(scene, keep_range=keep)
    assert view.ranges() == view.home_ranges()


def test_that_back_goes_through_the_history(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    view.set_mode("zoom")
    mouse.drag(0, (4200.0, 1.0), (4600.0, 1.0))
    first = view.ranges()
    mouse.drag(0, (4300.0, 1.0), (4400.0, 1.0))
    view.home()
    for expected in ((4300.0, 4400.0), first[0][0], plot_scenes.LIMITS, plot_scenes.LIMITS):
        view.back()
        assert view.ranges()[0][0] == pytest.approx(expected, abs=2.0)


def test_that_fast_turns_of_the_wheel_are_one_step(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    for _ in range(4):
        mouse.turn_wheel(0, 4300.0, 1.0, 120)
    view.back()
    assert view.ranges() == view.home_ranges()


@pytest.mark.parametrize(
    ("key", "x"),
    [
        (KEY.Key_Plus, (4100.0, 4900.0)),
        (KEY.Key_Minus, (3875.0, 5125.0)),
        (KEY.Key_Left, (3900.0, 4900.0)),
        (KEY.Key_Right, (4100.0, 5100.0)),
    ],
)
def test_that_keys_move_the_axis_and_take_it_back(show, key: Qt.Key, x: tuple[float, float]) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    QTest.keyClick(view, key)
    assert view.ranges()[0][0] == view.ranges()[1][0] == pytest.approx(x)
    QTest.keyClick(view, KEY.Key_Backspace)
    assert view.ranges() == view.home_ranges()
    QTest.keyClick(view, key)
    QTest.keyClick(view, KEY.Key_Home)
    assert view.ranges() == view.home_ranges()


def test_that_arrows_move_as_the_screen_does(show) -> None:
    view, _ = show(plot_scenes.hr_scene())
    QTest.keyClick(view, KEY.Key_Right)
    QTest.keyClick(view, KEY.Key_Up)
    assert view.ranges()[0] == (pytest.approx((3700.0, 6700.0)), pytest.approx((0.6, 4.6)))


def test_that_nobody_gets_lost_far_out(show) -> None:
    view, mouse = show(plot_scenes.spectrum_scene())
    for _ in range(60):
        mouse.turn_wheel(0, 4500.0, 1.0, -120)
    (low, high), _ = view.ranges()[0]
    assert high - low <= 4001.0


def test_that_all_axes_move_together_if_asked(show) -> None:
    view, _ = show(plot_scenes.hr_scene(), link_x=True)
    view.set_scene(plot_scenes.spectrum_scene())
    view.set_x_range(*ZOOMED, panel_index=1)
    assert view.ranges()[0][0] == ZOOMED


def test_that_panels_share_their_left_edge(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    edges = {plot.box.mapToScene(plot.box.rect().topLeft()).x() for plot in view.canvas.plots}
    assert len(edges) == 1


def test_that_a_scene_without_panels_is_an_empty_page(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    view.set_scene(Scene((), "nothing yet", ""))
    QTest.keyClick(view, KEY.Key_Plus)
    view.home()
    view.back()
    assert view.ranges() == []


def test_that_it_says_what_it_shows(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene(names=2))
    assert view.accessibleName() == "Plot: a star"
    assert "Flux against" in view.accessibleDescription()
    assert "named lines: Fe I 4400, Fe I 4600" in view.accessibleDescription()


def test_that_a_picture_can_be_had(show) -> None:
    view, _ = show(plot_scenes.hr_scene())
    assert view.image().size() == view.size()


@pytest.mark.parametrize("scene", plot_scenes.SCENES.values(), ids=plot_scenes.SCENES)
def test_that_a_tiny_view_is_drawn_all_the_same(show, scene) -> None:
    view, _ = show(scene())
    view.resize(60, 40)
    assert not view.image().isNull()


def test_that_the_legend_names_what_the_marks_want_named(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    plot = view.canvas.plots[0]
    entries = legend_of(view.scene.panels[0], plot.look)
    assert [(entry.text, entry.kind) for entry in entries] == [
        ("bad pixels", "area"),
        ("±1σ", "area"),
        ("pseudo-continuum", "line"),
    ]


def test_that_panels_of_other_columns_stay_where_they_are(show) -> None:
    pair = plot_scenes.spectrum_scene().panels
    scene = Scene((pair[0], pair[0], pair[1], pair[1]), "two arms", "", columns=2)
    view, _ = show(scene)
    view.set_x_range(*ZOOMED, panel_index=1)
    assert [x == ZOOMED for x, _ in view.ranges()] == [False, True, False, True]
