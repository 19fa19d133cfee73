"""The HR diagram follows the session at once, its curves follow the sliders, and points are clicked and lassoed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import plot_mouse
import pytest
from known_stars import STARS, TasksAtOnce, desk_of
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from spectra import arm, spectrum

from stellarview.domain.inspection import Inspection
from stellarview.domain.placement import Estimate, Placement
from stellarview.scene.marks import ContourMark, CurveMark, Panel, PointsMark
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Opened
from stellarview.ui.panels.hr import HrPanel
from stellarview.ui.panels.hr_controls import age_at, age_step

EDGES = np.array([0.1, 5.0, 13.8])


def placement(**changes: Any) -> Placement:
    facts: dict[str, Any] = {
        "grid": "embedded",
        "age_gyr": Estimate(4.6, 3.1, 6.2),
        "mass_msun": Estimate(1.01, 0.97, 1.05),
        "radius_rsun": Estimate(1.0, 0.93, 1.08),
        "luminosity_lsun": Estimate(1.0, 0.85, 1.2),
        "phases": {"main sequence": 1.0},
        "age_edges_gyr": EDGES,
        "age_probability_B": np.array([0.6, 0.4]),
        "age_bits": 1.4,
        "distance_sigmas": 0.3,
    }
    return Placement(**(facts | changes))


@pytest.fixture
def desk(qapp: object) -> Desk:
    return desk_of()


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk) -> HrPanel:
    one = HrPanel(desk)
    qtbot.addWidget(one)
    one.resize(430, 420)
    with qtbot.waitExposed(one):
        one.show()
    settle(qtbot, one)
    return one


def settle(qtbot: QtBot, panel: HrPanel) -> None:
    qtbot.waitUntil(lambda: not panel._soon.is_waiting)


def change(desk: Desk, **changes: Any) -> None:
    desk.workspace.change("a test", replace(desk.workspace.session, **changes))


def place(desk: Desk, key: str, placed: Placement) -> None:
    desk.findings.open(key, Opened((), Inspection(spectrum(arm("B", 8)), placement=placed)))


def diagram(panel: HrPanel) -> Panel:
    scene = panel.content.plot.scene
    assert scene is not None
    return scene.panels[0]


def marks(panel: HrPanel, kind: type) -> list[Any]:
    return [mark for mark in diagram(panel).marks if isinstance(mark, kind)]


def asked(desk: Desk) -> list[tuple[Any, ...]]:
    return cast(TasksAtOnce, desk.tasks).asked


def test_that_all_stars_but_quasars_are_points_and_the_current_one_has_contours(panel: HrPanel) -> None:
    points, star = marks(panel, PointsMark)
    assert points.x.tolist() == [5770.0, 4800.0, 8200.0]
    assert (star.x[0], star.y[0]) == (5770.0, pytest.approx(4.44))
    assert len(marks(panel, ContourMark)) == 1
    assert diagram(panel).x_limits[0] > 8200.0


def test_that_stars_are_drawn_before_there_are_curves(qtbot: QtBot, desk: Desk) -> None:
    cast(TasksAtOnce, desk.tasks).busy = ["isochrones"]
    panel = HrPanel(desk)
    qtbot.addWidget(panel)
    panel.show()
    settle(qtbot, panel)
    assert marks(panel, PointsMark)
    assert not marks(panel, CurveMark)


def test_that_the_curves_are_of_the_star_unless_the_slider_says_otherwise(
    qtbot: QtBot, desk: Desk, panel: HrPanel
) -> None:
    assert [mark.weight for mark in marks(panel, CurveMark)] == ["plain"] * 4
    assert panel.controls.feh.value.text() == "+0.00"
    assert not panel.controls.feh.tick.isChecked()
    panel.controls.feh.slider.setFocus()
    QTest.keyClick(panel.controls.feh.slider, Qt.Key.Key_Home)
    settle(qtbot, panel)
    assert desk.workspace.session.hr.feh == (pytest.approx(-1.35),)
    assert panel.controls.feh.tick.isChecked()
    assert panel.controls.feh.value.text() == "−1.35"
    assert len(marks(panel, CurveMark)) == 1
    desk.workspace.undo()
    settle(qtbot, panel)
    assert len(marks(panel, CurveMark)) == 4


def test_that_an_age_stands_out_and_is_named(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    QTest.mouseClick(panel.controls.age.tick, Qt.MouseButton.LeftButton, pos=panel.controls.age.tick.rect().center())
    settle(qtbot, panel)
    assert desk.workspace.session.hr.ages_gyr == (5.0,)
    (bold,) = (mark for mark in marks(panel, CurveMark) if mark.weight == "bold")
    assert bold.legend == "5 Gyr, [Fe/H] +0.00"


def test_that_the_slider_goes_through_ages_of_two_digits() -> None:
    ages = [age_at(step) for step in range(-180, 101)]
    assert np.all(np.diff(ages) > 0)
    assert [age_at(step) for step in (-91, -90, -1, 0, 1, 40, 90, 91)] == [0.099, 0.1, 0.99, 1.0, 1.1, 5.0, 10.0, 11.0]
    assert [round(age_step(age)) for age in ages] == [*range(-180, 101)]


def test_that_a_slider_is_one_step_to_undo(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    for step in (3, 4, 5):
        panel.controls.age.slider.setValue(step)
        settle(qtbot, panel)
    desk.workspace.undo()
    assert desk.workspace.session.hr.ages_gyr == ()


def test_that_only_one_question_is_asked_at_a_time_and_the_newest_last(
    qtbot: QtBot, desk: Desk, panel: HrPanel
) -> None:
    tasks = cast(TasksAtOnce, desk.tasks)
    tasks.asked.clear()
    tasks.busy = ["isochrones"]
    for step in (3, 4, 5):
        panel.controls.age.slider.setValue(step)
        settle(qtbot, panel)
    assert tasks.asked == []
    tasks.busy = []
    panel._got_curves(panel._curves)  # type: ignore[arg-type]
    settle(qtbot, panel)
    ((_, wanted),) = tasks.asked
    assert wanted.age_gyr == desk.workspace.session.hr.ages_gyr


def test_that_a_click_on_a_point_goes_to_its_star(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    plot_mouse.click(panel.content.plot, 0, *STARS[1][:2])
    assert desk.workspace.session.current == "2"
    settle(qtbot, panel)
    plot_mouse.click(panel.content.plot, 0, *STARS[2][:2])
    assert desk.workspace.session.current == "3"


def test_that_a_lasso_selects_the_stars_within_and_then_lets_go(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    QTest.mouseClick(panel.controls.lasso, Qt.MouseButton.LeftButton)
    assert panel.content.plot.mode == "lasso"
    plot_mouse.drag(panel.content.plot, 0, (8300.0, 3.8), (8300.0, 4.8), (5300.0, 4.8), (5300.0, 3.8), (8300.0, 3.8))
    assert desk.workspace.session.selected == ("1", "3")
    assert desk.workspace.session.current == "1"
    assert panel.content.plot.mode == "pan"
    settle(qtbot, panel)
    assert len(marks(panel, ContourMark)) == 2


def test_that_the_placement_is_told_with_intervals_and_units(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    assert panel.summary.text() == "The star is being placed…"
    place(desk, "1", placement())
    settle(qtbot, panel)
    words = panel.summary.text().replace("\N{NO-BREAK SPACE}", " ")
    assert words == (
        "age 4.6 +1.6 −1.5 Gyr · mass 1.010 +0.040 −0.040 M☉ · radius 1.000 +0.080 −0.070 R☉ · "
        "luminosity 1.00 +0.20 −0.15 L☉ · main sequence 100%"
    )
    assert not panel.verdict.isVisible()
    assert not panel.note.isVisible()


def test_that_what_the_grid_is_worth_is_noted(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    place(desk, "1", placement(notes=("A coarse grid.", "Of one metallicity.")))
    settle(qtbot, panel)
    assert panel.note.isVisible()
    assert panel.note.toolTip() == "A coarse grid. Of one metallicity."


@pytest.mark.parametrize(
    ("changes", "doubt"), [({"age_bits": 0.2}, "AGE UNCONSTRAINED"), ({"distance_sigmas": 6.0}, "OFF THE GRID")]
)
def test_that_doubts_come_first(
    qtbot: QtBot, desk: Desk, panel: HrPanel, changes: dict[str, float], doubt: str
) -> None:
    place(desk, "1", placement(**changes))
    settle(qtbot, panel)
    assert panel.verdict.isVisible()
    assert panel.verdict.text().startswith(doubt)


def test_that_no_numbers_are_told_of_a_star_whose_metallicity_the_grid_lacks(
    qtbot: QtBot, desk: Desk, panel: HrPanel
) -> None:
    place(desk, "1", placement(distance_sigmas=6.0, shortfall="the isochrones are of [Fe/H] +0.00 alone."))
    settle(qtbot, panel)
    assert panel.verdict.text() == "NOT PLACED: the isochrones are of [Fe/H] +0.00 alone."
    assert not panel.summary.isVisible()


def test_that_what_is_no_star_is_not_placed(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    change(desk, current="4")
    settle(qtbot, panel)
    assert panel.summary.text() == "Probably no star but a QSO: nothing to place among isochrones."
    assert not marks(panel, ContourMark)


def test_that_luminosity_is_shown_of_stars_that_were_placed(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    draws = np.random.default_rng(0).normal(size=(2, 200))
    samples = {"teff": 5770.0 + 60 * draws[0], "luminosity_lsun": 10.0 ** (0.05 * draws[1])}
    place(desk, "1", placement(samples=samples))
    panel.controls.vertical.setFocus()
    QTest.keyClick(panel.controls.vertical, Qt.Key.Key_Down)
    settle(qtbot, panel)
    assert diagram(panel).y_label == "log luminosity (L☉)"
    assert [mark.x.size for mark in marks(panel, PointsMark)] == [1, 1]


def test_that_another_grid_places_the_star_anew(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    place(desk, "1", placement(grid="another"))
    change(desk, hr=replace(desk.workspace.session.hr, grid="embedded"))
    settle(qtbot, panel)
    assert [one[0] for one in asked(desk)].count("place-in-grid 1") == 1
    assert panel.summary.toolTip().startswith("Isochrones: embedded")


def test_that_a_grid_that_is_gone_is_said_and_the_stars_stay(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    change(desk, hr=replace(desk.workspace.session.hr, grid="gone"))
    settle(qtbot, panel)
    assert panel.note.text().startswith("There is no grid 'gone' of isochrones.")
    assert marks(panel, PointsMark)


def test_that_the_age_is_drawn_where_there_is_room(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    place(desk, "1", placement())
    settle(qtbot, panel)
    assert len(panel.content.plot.scene.panels) == 1  # type: ignore[union-attr]
    panel.resize(430, 800)
    qtbot.waitUntil(lambda: len(panel.content.plot.scene.panels) == 2)  # type: ignore[union-attr]


def test_that_the_zoom_stays_when_another_star_is_looked_at(qtbot: QtBot, desk: Desk, panel: HrPanel) -> None:
    panel.content.plot.set_x_range(5000.0, 6000.0)
    change(desk, current="2")
    settle(qtbot, panel)
    assert panel.content.plot.ranges()[0][0] == pytest.approx((5000.0, 6000.0))


def test_that_a_thousand_stars_are_one_mark(qtbot: QtBot) -> None:
    desk = desk_of(tuple((4000.0 + 3 * k, 4.0, 0.0, "STAR") for k in range(1000)))
    panel = HrPanel(desk)
    qtbot.addWidget(panel)
    panel.show()
    settle(qtbot, panel)
    assert [mark.x.size for mark in marks(panel, PointsMark)] == [1000, 1]
