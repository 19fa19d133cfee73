"""Names of lines on the screen: they never touch, whatever is zoomed to, and stay where they are when y is zoomed."""

from __future__ import annotations

from itertools import pairwise

import plot_scenes
import pytest

from stellarview.ui.plot.screen import LineLabelItem
from stellarview.ui.plot.view import SceneView


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
