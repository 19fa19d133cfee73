"""Marks become items: all kinds of them, once."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import plot_scenes
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from stellarview.scene.marks import ColouredCurveMark, CurveMark, Mark, Panel, Scene
from stellarview.ui.plot.items import MARKS
from stellarview.ui.plot.look import Look, mixed
from stellarview.ui.plot.view import SceneView
from stellarview.ui.theme import DARK, LIGHT, apply_theme


def items(view: SceneView) -> list[object]:
    return [item for plot in view.canvas.plots for item in plot.shown_items()]


def number_of_items(view: SceneView) -> int:
    return len(view.canvas.scene().items())


def colours(view: SceneView) -> set[str]:
    image = view.image()
    return {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}


def test_that_every_mark_has_an_item() -> None:
    assert set(MARKS) == set(get_args(Mark))


@pytest.mark.parametrize("scene", plot_scenes.SCENES.values(), ids=plot_scenes.SCENES)
def test_that_items_are_used_again(show, scene) -> None:
    view, _ = show(scene())
    before, number = items(view), number_of_items(view)
    for _ in range(3):
        view.set_scene(scene())
    assert [id(item) for item in items(view)] == [id(item) for item in before]
    assert number_of_items(view) == number


def test_that_going_to_and_fro_between_scenes_makes_nothing_new(show) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    for scene in plot_scenes.SCENES.values():
        view.set_scene(scene())
    number = number_of_items(view)
    for scene in plot_scenes.SCENES.values():
        view.set_scene(scene())
    assert number_of_items(view) == number


@pytest.mark.parametrize("kind", MARKS, ids=lambda kind: kind.__name__)
def test_that_a_mark_is_seen_and_then_gone(show, kind: type[Mark]) -> None:
    scenes = [make() for make in plot_scenes.SCENES.values()]
    panel = next(p for s in scenes for p in s.panels if any(isinstance(m, kind) for m in p.marks))
    alone = replace(panel, marks=tuple(m for m in panel.marks if isinstance(m, kind)), x_label="x")
    view, _ = show(Scene((alone,), "", ""))
    seen = view.canvas.plots[0].box.mapRectToScene(view.canvas.plots[0].box.rect()).toRect().adjusted(3, 3, -3, -3)
    drawn = view.canvas.grab(seen).toImage()
    view.set_scene(Scene((replace(alone, marks=()),), "", ""))
    bare = view.canvas.grab(seen).toImage()
    assert drawn != bare
    assert {bare.pixelColor(x, y).name() for x in range(0, bare.width(), 7) for y in range(0, bare.height(), 7)} == {
        LIGHT.plot.lower()
    }


def test_that_a_theme_recolours_the_same_items(show, qapp: QApplication) -> None:
    view, _ = show(plot_scenes.spectrum_scene())
    before = items(view)
    assert {LIGHT.plot.lower(), LIGHT.roles["continuum"].lower()} <= colours(view)
    apply_theme(qapp, "dark")
    qapp.processEvents()
    assert items(view) == before
    assert {DARK.plot.lower(), DARK.roles["continuum"].lower()} <= colours(view)
    assert LIGHT.plot.lower() not in colours(view)


def test_that_a_curve_of_nothing_is_no_trouble(show) -> None:
    nothing = np.full(5, np.nan)
    marks = (CurveMark(np.arange(5.0), nothing, "flux"), CurveMark(np.empty(0), np.empty(0), "zero"))
    view, _ = show(Scene((Panel(marks, "x", "y", (0.0, 1.0), (0.0, 1.0)),), "", ""))
    assert len(items(view)) == 2


def test_that_a_curve_with_a_value_has_the_scales_colour(show) -> None:
    scene = plot_scenes.hr_scene()
    view, _ = show(scene)
    look = Look(LIGHT, view.font(), scene.panels[0].colour_scale)
    expected = {look.colour_of_value(age).name() for age in (1.0, 5.0, 10.0)}
    assert len(expected) == 3
    assert look.colour_of_value(1.0) == QColor(LIGHT.sequential[0])


@pytest.mark.parametrize(("share", "colour"), [(-1.0, "#000000"), (0.5, "#808080"), (1.0, "#ffffff"), (7.0, "#ffffff")])
def test_that_colours_are_mixed_between_their_neighbours(share: float, colour: str) -> None:
    assert mixed(("#000000", "#ffffff"), share).name() == colour


def test_that_a_curve_has_no_colour_where_its_quantity_is_not_known(show) -> None:
    x = np.linspace(0.0, 1.0, 2000)  # so many are drawn without smooth edges
    values = np.where(x < 0.5, 1.0, np.nan)
    coloured = ColouredCurveMark(x, np.full(2000, 0.5), values, 1.0, "CAM")
    plain = CurveMark(x, np.full(2000, 0.5), "flux")
    view, _ = show(Scene((Panel((plain, coloured), "x", "y", (0.0, 1.0), (0.0, 1.0)),), "", ""))
    image, plot = view.image(), view.canvas.plots[0]

    def colours_at(at: float) -> set[str]:
        place = view.canvas.mapTo(view, view.canvas.mapFromScene(plot.box.mapViewToScene(QPointF(at, 0.5))))
        return {image.pixelColor(place.x(), place.y() + step).name() for step in range(-2, 3)}

    strongest = mixed(LIGHT.diverging, 1 - 0.5 / 24).name()
    assert strongest in colours_at(0.25)
    assert strongest not in colours_at(0.75)
    assert QColor(LIGHT.roles["flux"]).name() in colours_at(0.75)
