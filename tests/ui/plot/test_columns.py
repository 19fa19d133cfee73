"""Panels side by side: widths, places left blank, shared axes, and headers that line up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plot_scenes
import pytest
from PySide6.QtWidgets import QApplication

from stellarview.scene.marks import CurveMark, Panel, Scene
from stellarview.ui.plot.frame import Header
from stellarview.ui.plot.paths import CurveItem

X = np.linspace(0.0, 1.0, 50)
CURVE = (CurveMark(X, X, "first"),)
NAMES = ("a star with a long name", "another star with a long name", "a third star with a long name")


def corner(widths: tuple[float, ...] = (3.0, 1.0)) -> Scene:
    """A marginal above, nothing beside it, the middle, and a marginal at its side."""
    limits = (0.0, 1.0)
    panels = (
        Panel(CURVE, "", "", limits, (0.0, 5.0), height=0.4),
        Panel((), "", "", limits, limits, height=0.4),
        Panel((CurveMark(X, X, "first", "a curve"),), "Teff (K)", "log g", limits, limits),
        Panel(CURVE, "", "", (0.0, 5.0), limits),
    )
    return Scene(panels, "a corner", "made", columns=2, widths=widths)


def test_that_columns_are_as_wide_as_the_scene_says(show) -> None:
    view, _ = show(corner())
    for scene, size, ratio in ((corner(), 1000, 3.0), (corner(()), 1000, 1.0), (corner((2.0, 1.0)), 430, 2.0)):
        view.set_scene(scene)
        view.resize(size, 400)
        QApplication.processEvents()
        above, _, middle, side = (plot.box.size().width() for plot in view.canvas.plots)
        assert above == middle
        assert middle / side == pytest.approx(ratio, rel=0.1)


@pytest.mark.parametrize("scene", [plot_scenes.hr_scene(), plot_scenes.spectrum_scene()], ids=["hr", "spectrum"])
def test_that_a_single_column_after_several_fills_the_view(show, scene: Scene) -> None:
    view, _ = show(corner())
    view.set_scene(scene)
    QApplication.processEvents()
    assert view.canvas._page.size().width() == pytest.approx(1000.0, abs=3.0)
    bar = view.canvas._bar.size().width() + 4.0 if view.canvas._bar.isVisible() else 0.0
    assert view.canvas.plots[0].size().width() + bar == pytest.approx(1000.0, abs=3.0)


def test_that_a_blank_place_shows_nothing_and_comes_back(show) -> None:
    view, _ = show(corner())
    assert [plot.isVisible() for plot in view.canvas.plots] == [True, False, True, True]
    view.set_scene(plot_scenes.grid_scene())
    assert all(plot.isVisible() for plot in view.canvas.plots)


def test_that_boxes_side_by_side_and_above_each_other_line_up(show) -> None:
    view, _ = show(corner())
    above, _, middle, side = (plot.box.sceneBoundingRect() for plot in view.canvas.plots)
    assert (above.left(), above.right()) == pytest.approx((middle.left(), middle.right()), abs=1.0)
    assert (side.top(), side.bottom()) == pytest.approx((middle.top(), middle.bottom()), abs=1.0)


def test_that_an_axis_without_words_has_no_numbers(show) -> None:
    view, _ = show(corner())
    assert [plot.left.style["showValues"] for plot in view.canvas.plots] == [False, False, True, False]
    assert [plot.bottom.style["showValues"] for plot in view.canvas.plots] == [False, False, True, False]
    ticks = [(plot.left.style["tickLength"], plot.bottom.style["tickLength"]) for plot in view.canvas.plots]
    assert (ticks[0], ticks[2], ticks[3]) == ((0, 5), (5, 5), (5, 0))


def test_that_shared_axes_move_together_and_others_do_not(show) -> None:
    view, mouse = show(corner())
    mouse.drag(2, (0.5, 0.5), (0.7, 0.7))
    above, _, middle, side = view.ranges()
    assert above == (pytest.approx(middle[0]), (0.0, 5.0))
    assert side == ((0.0, 5.0), pytest.approx(middle[1]))
    assert middle[0][0] == pytest.approx(-0.2, abs=0.02)
    mouse.drag(3, (2.0, 0.5), (2.0, 0.3))
    assert view.ranges()[3][1] == pytest.approx(view.ranges()[2][1])
    assert view.ranges()[0][1] == (0.0, 5.0)


def test_that_each_column_has_its_own_x_axis(show) -> None:
    strip = replace(plot_scenes.spectrum_scene().panels[1], marks=())
    flux = replace(plot_scenes.spectrum_scene().panels[0], marks=())
    view, _ = show(Scene((flux, flux, strip, replace(strip, y_label="")), "two arms", "made", columns=2))
    lefts = [plot.box.sceneBoundingRect().left() for plot in view.canvas.plots]
    assert lefts[:2] == pytest.approx(lefts[2:], abs=1.0)
    view.set_x_range(4300.0, 4400.0, panel_index=1)
    assert [x for x, _ in view.ranges()] == [plot_scenes.LIMITS, (4300.0, 4400.0)] * 2


@pytest.mark.parametrize(("points", "weight", "width"), [(50, "bold", 2.0), (1500, "bold", 1.0), (50, "plain", 1.0)])
def test_that_only_short_bold_curves_have_a_wide_pen(show, points: int, weight: str, width: float) -> None:
    x = np.linspace(0.0, 1.0, points)
    mark = CurveMark(x, x, "first", weight=weight)  # type: ignore[arg-type]
    view, _ = show(Scene((Panel((mark,), "x", "y", (0.0, 1.0), (0.0, 1.0)),), "", ""))
    (item,) = (item for item in view.canvas.plots[0].shown_items() if isinstance(item, CurveItem))
    assert {stroke.pen.widthF() for stroke in item._strokes} == {width}


def test_that_a_thin_curve_is_paler(show) -> None:
    marks = tuple(CurveMark(X, X, "flux", weight=weight) for weight in ("thin", "plain"))  # type: ignore[arg-type]
    view, _ = show(Scene((Panel(marks, "x", "y", (0.0, 1.0), (0.0, 1.0)),), "", ""))
    thin, plain = (item._strokes[0].pen.color().lightness() for item in view.canvas.plots[0].shown_items())
    assert thin > plain + 50


def named(count: int) -> Scene:
    marks = tuple(CurveMark(X, X, "first", NAMES[k % 3]) for k in range(count))
    return Scene((Panel(marks, "x", "y", (0.0, 1.0), (0.0, 1.0), "title"),), "", "")


def header_of(show, scene: Scene, width: int) -> Header:
    view, _ = show(scene)
    view.resize(width, 400)
    QApplication.processEvents()
    return view.canvas.plots[0].header


def test_that_a_legend_takes_as_many_lines_as_it_needs(show) -> None:
    assert [len(line) for line in header_of(show, named(3), 1400).lines()] == [3]
    narrow = header_of(show, named(3), 420)
    assert [len(line) for line in narrow.lines()] == [1, 1, 1]
    assert narrow.size().height() > 2 * header_of(show, named(3), 1400).size().height()


def test_that_each_of_six_stars_is_named_and_a_longer_legend_is_cut(show) -> None:
    assert [len(line) for line in header_of(show, named(6), 420).lines()] == [1] * 6
    assert [len(line) for line in header_of(show, named(9), 420).lines()] == [1] * 6


def test_that_headers_side_by_side_are_equally_high(show) -> None:
    view, _ = show(corner())
    above, _, middle, side = (plot.header.size().height() for plot in view.canvas.plots)
    assert side == middle > above
