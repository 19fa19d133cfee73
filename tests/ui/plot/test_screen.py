"""Names of lines on the screen: they never touch, whatever is zoomed to, and stay where they are when y is zoomed."""

from __future__ import annotations

from itertools import combinations, pairwise

import plot_scenes
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from stellarview.scene.marks import LineLabelMark, Panel, Scene, SpanMark
from stellarview.ui.plot.screen import LineLabelItem, SpanItem
from stellarview.ui.plot.view import SceneView
from stellarview.ui.theme import LIGHT


def names_of(view: SceneView) -> LineLabelItem:
    (names,) = [item for item in view.canvas.plots[0].shown_items() if isinstance(item, LineLabelItem)]
    return names


@pytest.mark.parametrize("limits", [(4000.0, 5000.0), (4390.0, 4610.0), (4480.0, 4520.0), (4599.0, 4700.0)])
@pytest.mark.parametrize("width", [300, 1000])
def test_that_names_never_touch_and_stay_inside(show, limits: tuple[float, float], width: int) -> None:
    view, _ = show(plot_scenes.spectrum_scene(names=60))
    view.resize(width, 700)
    view.set_x_range(*limits)
    names = names_of(view)
    places = [place for _, _, place in names.layout_names()]
    assert places
    assert all(a.right() <= b.left() + 1e-6 for a, b in pairwise(places))
    assert names.boundingRect().adjusted(-1, 0, 1, 0).contains(places[0])
    assert names.boundingRect().adjusted(-1, 0, 1, 0).contains(places[-1])


def test_that_only_lines_within_sight_are_named(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    view.set_x_range(4450.0, 4550.0)
    names = names_of(view)
    shown = [names.marks[index].x for index, _, _ in names.layout_names()]
    assert shown == [mark.x for mark in names.marks if 4450.0 <= mark.x <= 4550.0]


def test_that_names_stay_in_place_when_y_is_zoomed(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    before = names_of(view).layout_names()
    view.canvas.plots[0].box.scaleBy(y=0.2)
    assert names_of(view).layout_names() == before


def test_that_a_low_panel_lowers_the_feet_rather_than_cut_names(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    view.resize(1000, 330)
    assert all(place.top() >= 0.0 for _, _, place in names_of(view).layout_names())


def test_that_names_on_an_axis_that_runs_down_stand_over_their_lines(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene(names=3))
    view.canvas.plots[0].box.invertX(True)
    at = [x for _, x, _ in names_of(view).layout_names()]
    assert at == sorted(at)
    assert [names_of(view).marks[index].x for index, _, _ in names_of(view).layout_names()] == [4600.0, 4500.0, 4400.0]


def spans_of(view: SceneView) -> SpanItem:
    (spans,) = [item for item in view.canvas.plots[0].shown_items() if isinstance(item, SpanItem)]
    return spans


def test_that_words_of_spans_never_touch_and_stay_inside(show) -> None:
    marks = tuple(
        SpanMark(at, at + 10.0, "edit", "What if: masked", text=f"stretch at {at:.0f} masked", is_hatched=True)
        for at in (3999.0, 4490.0, 4500.0, 4510.0, 4995.0)
    )
    view, _ = show(Scene((Panel(marks, "x", "y", (4000.0, 5000.0), (0.0, 1.0)),), "", ""))
    texts = spans_of(view).layout_texts()
    assert sorted(index for index, _ in texts) == [0, 1, 2, 3, 4]
    whole = spans_of(view).boundingRect().adjusted(-1, -1, 1, 1)
    assert all(whole.contains(place) for _, place in texts)
    assert not any(a.adjusted(1, 1, -1, -1).intersects(b) for (_, a), (_, b) in combinations(texts, 2))


def test_that_a_span_out_of_sight_says_nothing(show) -> None:
    mark = SpanMark(4100.0, 4110.0, "edit", "", text="masked")
    view, _ = show(Scene((Panel((mark,), "x", "y", (4000.0, 5000.0), (0.0, 1.0)),), "", ""))
    view.set_x_range(4500.0, 4600.0)
    assert spans_of(view).layout_texts() == []


def test_that_what_was_changed_is_hatched_and_the_sky_is_faint(show) -> None:
    def colours(mark: SpanMark) -> set[str]:
        view, _ = show(Scene((Panel((mark,), "x", "y", (0.0, 1.0), (0.0, 1.0)),), "", ""))
        image, box = view.image(), view.canvas.plots[0].box.sceneBoundingRect()
        place = view.canvas.mapFromScene(box.center())
        return {image.pixelColor(place.x() + i, place.y() + 30 + j).name() for i in range(12) for j in range(12)}

    hatched = colours(SpanMark(0.0, 1.0, "edit", "", is_hatched=True))
    assert len(hatched) > 1
    assert view_plot_colour() in hatched
    (plain,), (sky,) = colours(SpanMark(0.0, 1.0, "masked", "")), colours(SpanMark(0.0, 1.0, "sky", ""))
    assert plain != sky
    assert QColor(sky).lightness() > 200


def view_plot_colour() -> str:
    return QColor(LIGHT.plot).name()


def test_that_other_names_are_shown_until_the_next_scene(show) -> None:
    scene = plot_scenes.spectrum_scene(names=3)
    view, _ = show(scene)
    view.set_names(0, [LineLabelMark(4510.0, 0.0, 4510.0, "Ti II 4510")])
    assert [mark.text for mark in names_of(view).marks] == ["Ti II 4510"]
    view.set_scene(scene)
    assert len(names_of(view).marks) == 3


@pytest.mark.parametrize("height", [320, 380, 700])
def test_that_names_stand_above_the_flux_however_low_the_panel_is(show, height: int) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    view.resize(1000, height)
    QApplication.processEvents()
    names, plot = names_of(view), view.canvas.plots[0]
    low, high = plot.content.y_limits
    free_from = low + names.marks[0].foot * (high - low)
    ticks_end = max(place.bottom() for _, _, place in names.layout_names()) + 17.0
    assert ticks_end <= plot.box.mapFromView(QPointF(4500.0, free_from)).y()
    view.resize(1000, 1000)
    QApplication.processEvents()
    assert view.ranges()[0][1] == pytest.approx((low, high))


def test_that_a_zoom_stays_when_the_panel_becomes_low(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    view.canvas.plots[0].box.scaleBy(y=0.2)
    before = view.ranges()[0][1]
    view.resize(1000, 300)
    QApplication.processEvents()
    assert view.ranges()[0][1] == pytest.approx(before)
