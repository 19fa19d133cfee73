"""The spectrum with its tools: what is chosen is in the session, what is dragged can be changed and measured."""

from __future__ import annotations

from dataclasses import replace

import pyqtgraph as pg
import pytest
from explained_star import attribution
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot
from spectrum_desk import Hand, names_in, press, with_ghost

from stellarview.domain.errors import StellarViewError
from stellarview.engine.known import Known
from stellarview.scene.marks import CurveMark, LineLabelMark
from stellarview.session.session import Tool
from stellarview.ui.choices import current_star, set_exposure
from stellarview.ui.desk import Desk
from stellarview.ui.panels.spectrum import SpectrumPanel

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_that_the_velocity_slides_live_as_one_step_and_goes_back(desk: Desk, panel: SpectrumPanel) -> None:
    control = panel.bar.velocity
    assert control.box.value() == 60.0
    for _ in range(3):
        QTest.keyClick(control.slider, Qt.Key.Key_Right)
    assert current_star(desk).rv_km_s == (63.0,)  # type: ignore[union-attr]
    desk.workspace.undo()
    assert current_star(desk).rv_km_s == ()  # type: ignore[union-attr]
    control.box.setFocus()
    control.box.selectAll()
    QTest.keyClicks(control.box, "-12.5")
    QTest.keyClick(control.box, Qt.Key.Key_Return)
    assert current_star(desk).rv_km_s == (-12.5,)  # type: ignore[union-attr]
    panel.draw()
    press(control, "auto")
    assert current_star(desk).rv_km_s == ()  # type: ignore[union-attr]


def test_that_arms_are_shown_alone_and_never_none(desk: Desk, panel: SpectrumPanel) -> None:
    press(panel.bar, "B")
    assert desk.workspace.session.display.arms == ("R",)
    panel.draw()
    press(panel.bar, "R")  # nothing left: all
    assert desk.workspace.session.display.arms == ()


def test_that_exposures_are_chosen_by_their_words(desk: Desk, panel: SpectrumPanel) -> None:
    picker = panel.bar.exposure
    assert picker.isVisible()
    assert [picker.itemData(index) for index in range(picker.count())] == ["coadd", "83555758"]
    QTest.keyClick(picker, Qt.Key.Key_Down)
    assert current_star(desk).exposure == "83555758"  # type: ignore[union-attr]
    set_exposure(desk, "coadd")
    panel.refresh()
    assert picker.currentIndex() == 0


def test_that_flux_smoothing_axes_layers_and_elements_are_in_the_session(desk: Desk, panel: SpectrumPanel) -> None:
    press(panel.bar, "Normalised")
    panel.bar.smoothing.setFocus()
    QTest.keyClick(panel.bar.smoothing, Qt.Key.Key_Up)
    for action in panel.bar.axes.actions():
        if action.text() in ("Air", "Nanometre"):
            action.trigger()
    next(action for action in panel.bar.layers.actions() if action.objectName() == "sky").trigger()
    panel.bar.elements.aboutToShow.emit()
    panel.bar.elements.buttons["Fe"].click()
    panel.bar.elements.buttons["Mg"].click()
    panel.bar.elements.buttons["Fe"].click()
    display = desk.workspace.session.display
    assert (display.flux, display.smoothing_pixels) == ("as observed", 3)
    assert (display.medium, display.x_unit) == ("air", "nm")
    assert "sky" in display.layers
    assert display.elements == ("Mg",)
    panel.draw()
    assert panel.bar.layers.actions()[0].isChecked()
    assert panel.bar.elements.buttons["Mg"].isChecked()
    for _ in range(8):
        desk.workspace.undo()
    assert desk.workspace.session.display.flux == "normalised"


@pytest.mark.parametrize(("words", "tool"), [("Zoom", "zoom"), ("Select", "select"), ("Pan", "pan")])
def test_that_a_tool_is_what_dragging_does(desk: Desk, panel: SpectrumPanel, words: str, tool: Tool) -> None:
    press(panel.bar, words)
    panel.draw()
    assert desk.workspace.session.display.tool == panel.plot.mode == tool
    assert [one for one, button in panel.bar.tools.items() if button.isChecked()] == [tool]


def test_that_the_second_star_is_opened_and_shown_behind_the_first(desk: Desk, panel: SpectrumPanel) -> None:
    panel.bar.second.fill()
    next(action for action in panel.bar.second.actions() if action.text() == "two.fits").trigger()
    assert desk.workspace.session.ghost == "2"
    assert "open second" in desk.tasks.keys()  # noqa: SIM118
    with_ghost(desk)
    panel.draw()
    assert panel.plot.scene is not None
    ghosts = [m for m in panel.plot.scene.panels[0].marks if isinstance(m, CurveMark) and m.role == "ghost"]
    assert [mark.legend for mark in ghosts] == ["two.fits"]


def test_that_arms_zoom_alone_and_their_strips_with_them(panel: SpectrumPanel) -> None:
    before = panel.plot.ranges()
    panel.plot.set_x_range(5150.0, 5200.0, 0)
    after = panel.plot.ranges()
    assert after[0][0] == after[2][0] == (5150.0, 5200.0)
    assert (after[1], after[3]) == (before[1], before[3])


def test_that_a_zoom_stays_when_a_strip_comes_and_goes(desk: Desk, panel: SpectrumPanel) -> None:
    panel.plot.set_x_range(5150.0, 5200.0, 0)
    desk.findings.occlude("1", attribution("change without 20 A", "K"))
    panel.draw()
    assert len(panel.plot.ranges()) == 6
    assert panel.plot.ranges()[0][0] == pytest.approx((5150.0, 5200.0))
    desk.findings.occlude("1", None)
    panel.draw()
    assert panel.plot.ranges()[0][0] == pytest.approx((5150.0, 5200.0))


def test_that_more_lines_are_named_where_less_is_seen(panel: SpectrumPanel, desk: Desk, qtbot: QtBot) -> None:
    desk.findings.add("1", explained=None)
    panel.draw()
    wide = [mark.text for mark in names_in(panel).marks if 5160.0 < mark.x < 5200.0]
    panel.plot.set_x_range(5160.0, 5200.0, 0)
    qtbot.waitUntil(lambda: not panel._rest.isActive())
    assert set(wide) <= {mark.text for mark in names_in(panel).marks}
    assert all(isinstance(mark, LineLabelMark) for mark in names_in(panel).marks)


def test_that_an_overview_moves_its_own_arm_and_lies_under_it(panel: SpectrumPanel, qtbot: QtBot) -> None:
    first, second = panel.overviews
    red = panel.plot.ranges()[1]
    first.region.setRegion((5150.0, 5180.0))
    assert panel.plot.ranges()[0][0] == (5150.0, 5180.0)
    assert panel.plot.ranges()[1] == red

    def lies_under_its_arm(bar: QWidget, plot: pg.PlotItem) -> bool:
        box = plot.box.sceneBoundingRect()
        left = panel.plot.canvas.mapTo(panel, panel.plot.canvas.mapFromScene(box.topLeft())).x()
        return abs(bar.mapTo(panel, bar.rect().topLeft()).x() - left) <= 3 and abs(bar.width() - box.width()) <= 4

    pairs = list(zip((first, second), panel.plot.canvas.plots[:2], strict=True))
    qtbot.waitUntil(lambda: all(lies_under_its_arm(*pair) for pair in pairs))


def test_that_a_velocity_does_not_zoom_the_plot(desk: Desk, panel: SpectrumPanel) -> None:
    seen = panel.plot.ranges()[0][0]
    known = desk.findings.opened("1")
    assert known is not None
    moved = known.spectrum.with_velocity(replace(known.spectrum.velocity, value_km_s=400.0))  # type: ignore[type-var]
    desk.findings.open("1", replace(known, inspection=replace(known.inspection, spectrum=moved)))
    panel.draw()
    assert panel.plot.ranges()[0][0] == panel.plot.home_ranges()[0][0] != seen


def test_that_the_readout_is_one_line_that_cannot_widen_the_window(panel: SpectrumPanel, hand: Hand) -> None:
    place = hand.pixel(0, 5185.0, 0.8)
    QTest.mouseMove(panel.plot.canvas.viewport(), place)
    assert panel.readout.text().startswith("518")
    assert "flux" in panel.readout.text()
    assert panel.readout.minimumSizeHint().height() < 3 * panel.fontMetrics().height()
    panel.readout.setText("x" * 5000)
    assert panel.minimumSizeHint().width() < 900


def test_that_the_tools_wrap_in_a_narrow_window(panel: SpectrumPanel, qtbot: QtBot) -> None:
    panel.resize(700, 700)

    def is_wrapped() -> bool:
        low = [one for one in panel.bar.findChildren(QToolButton) if one.isVisible()]
        return all(one.mapTo(panel, QPointF(one.width(), 0).toPoint()).x() <= 700 for one in low)

    qtbot.waitUntil(is_wrapped)
    assert panel.width() == 700


def test_that_a_star_that_cannot_be_read_leaves_no_other_stars_spectrum(desk: Desk, panel: SpectrumPanel) -> None:
    desk.workspace.change("choice", replace(desk.workspace.session, current="2"))
    panel.draw()
    assert panel.plot.scene is not None
    assert panel.plot.scene.panels  # on its way: no flicker
    error = StellarViewError("Cannot read two.fits.", "It is empty.", "Get it again.")
    desk.findings.learn(Known("2", "failed", error=error))
    panel.draw()
    assert panel.plot.scene.panels == ()
    assert panel.plot.scene.title == "Cannot read two.fits. It is empty. Get it again."
    desk.workspace.change("choice", replace(desk.workspace.session, current="1"))
    panel.draw()
    assert panel.plot.scene.panels


def test_that_an_explanation_has_its_place_only_while_it_is_on_its_way(desk: Desk, panel: SpectrumPanel) -> None:
    assert panel.plot.scene is not None
    desk.findings.add("1", explained=None)
    panel.draw()
    assert len(panel.plot.scene.panels) == 2  # nothing tells the label
    desk.tasks.run("explain", print, then=print)
    panel.draw()
    assert [one.title for one in panel.plot.scene.panels[2:]] == ["explanation on its way"] * 2
