"""What is pointed at in the spectrum can be masked, scaled, shifted and measured, live and undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from explained_star import attribution
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from spectrum_desk import Hand, edits_of, names_in, press, what_if

from stellarview.scene.marks import CurveMark, SpanMark
from stellarview.scene.regions import Region
from stellarview.ui.choices import current_star, show
from stellarview.ui.desk import Desk
from stellarview.ui.occlusion import JOB, ask_for_map
from stellarview.ui.panels.spectrum import SpectrumPanel

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_that_ctrl_and_a_drag_mask_a_stretch_in_any_mode(desk: Desk, panel: SpectrumPanel, hand: Hand) -> None:
    before = panel.plot.ranges()
    hand.drag(0, (5180.0, 0.8), (5190.0, 0.8), CONTROL)
    assert panel.popup.isVisible()
    assert panel.plot.ranges() == before
    press(panel.popup, "Mask")
    (edit,) = edits_of(desk)
    assert (edit.kind, edit.name) == ("mask", "Mg b1")
    assert (edit.start_angstrom, edit.stop_angstrom) == (pytest.approx(5180.0, abs=1.0), pytest.approx(5190.0, abs=1.0))
    assert not panel.popup.isVisible()


def test_that_the_select_tool_needs_no_key_and_marks_what_is_meant(
    desk: Desk, panel: SpectrumPanel, hand: Hand
) -> None:
    press(panel.bar, "Select")
    panel.draw()
    hand.drag(1, (6560.0, 0.8), (6570.0, 0.8))
    panel.draw()
    assert panel.popup.isVisible()
    assert panel.plot.scene is not None
    spans = [mark for mark in panel.plot.scene.panels[1].marks if isinstance(mark, SpanMark) and mark.role == "label"]
    assert len(spans) == 1
    assert not any(isinstance(mark, SpanMark) and mark.role == "label" for mark in panel.plot.scene.panels[0].marks)


def test_that_a_slide_is_live_and_one_step_to_undo(desk: Desk, panel: SpectrumPanel, hand: Hand) -> None:
    hand.drag(0, (5180.0, 0.8), (5190.0, 0.8), CONTROL)
    press(panel.popup, "Scale…")
    for _ in range(5):
        QTest.keyClick(panel.popup.slider, Qt.Key.Key_Left)
    assert [(edit.kind, edit.amount) for edit in edits_of(desk)] == [("scale", pytest.approx(0.9))]
    QTest.keyClick(panel.popup, Qt.Key.Key_Return)
    desk.workspace.undo()
    assert edits_of(desk) == ()
    desk.workspace.redo()
    assert len(edits_of(desk)) == 1


def test_that_escape_takes_back_what_the_slider_did(desk: Desk, panel: SpectrumPanel, hand: Hand) -> None:
    hand.drag(0, (5180.0, 0.8), (5190.0, 0.8), CONTROL)
    press(panel.popup, "Shift…")
    QTest.keyClick(panel.popup.slider, Qt.Key.Key_PageUp)
    assert edits_of(desk)[0].amount > 0
    QTest.keyClick(panel.popup.slider, Qt.Key.Key_Escape)
    assert edits_of(desk) == ()
    assert not panel.popup.isVisible()
    assert panel.plot.hasFocus()


def test_that_a_press_on_a_name_offers_its_line(desk: Desk, panel: SpectrumPanel, hand: Hand) -> None:
    index, _, place = names_in(panel).layout_names()[0]
    hand.click(0, place.center())
    assert panel.popup.isVisible()
    region = panel.popup.region
    assert region is not None
    assert region.line is not None
    assert names_in(panel).marks[index].text.startswith(region.line.name)
    assert "Å vacuum" in region.words[0]


def test_that_the_strip_says_what_the_edits_do_and_removes_them(desk: Desk, panel: SpectrumPanel, hand: Hand) -> None:
    assert not panel.strip.isVisible()
    for ends in ((5180.0, 5190.0), (5240.0, 5255.0)):
        hand.drag(0, (ends[0], 0.8), (ends[1], 0.8), CONTROL)
        press(panel.popup, "Mask")
    panel.draw()
    assert panel.strip.isVisible()
    assert panel.strip.told.text() == "…"
    desk.findings.wonder("1", {"toy": what_if(edits_of(desk), 5900.0)})
    panel.draw()
    assert panel.strip.told.text() == "Teff 5800 → 5900 K (+100, 2.0 sigma)"
    second = edits_of(desk)[1]
    press(panel.strip, "×")
    assert edits_of(desk) == (second,)
    panel.draw()
    assert not panel.strip.told.isEnabled()  # still of both
    press(panel.strip, "Clear all")
    panel.draw()
    assert edits_of(desk) == ()
    assert not panel.strip.isVisible()


def test_that_a_chip_opens_its_edit_again(desk: Desk, panel: SpectrumPanel, hand: Hand) -> None:
    hand.drag(0, (5180.0, 0.8), (5190.0, 0.8), CONTROL)
    press(panel.popup, "Scale…")
    panel.popup.slider.setValue(25)
    press(panel.popup, "×")
    panel.draw()
    press(panel.strip, "Mg b1 lines × 0.50")
    assert panel.popup.isVisible()
    assert panel.popup.slider.value() == 25
    panel.popup.slider.setValue(75)
    assert [edit.amount for edit in edits_of(desk)] == [1.5]


@pytest.mark.parametrize(("words", "profile"), [("Width", "none"), ("Gaussian", "gaussian"), ("Voigt", "voigt")])
def test_that_a_measurement_is_kept_and_drawn(
    desk: Desk, panel: SpectrumPanel, hand: Hand, words: str, profile: str
) -> None:
    hand.drag(0, (5178.0, 0.8), (5192.0, 0.8), CONTROL)
    press(panel.popup, words)
    desk.tasks.do("measure")  # type: ignore[attr-defined]
    star = current_star(desk)
    assert star is not None
    (line,) = star.measured
    assert (line.line, line.profile) == ("Mg b1", profile)
    panel.draw()
    assert panel.plot.scene is not None
    fits = [m for m in panel.plot.scene.panels[0].marks if isinstance(m, CurveMark) and m.role == "second"]
    assert len(fits) == 1
    desk.workspace.undo()
    assert current_star(desk).measured == ()  # type: ignore[union-attr]


def test_that_what_cannot_be_measured_is_said(desk: Desk, panel: SpectrumPanel, hand: Hand) -> None:
    hand.drag(0, (5105.0, 0.8), (5120.0, 0.8), CONTROL)
    panel.popup.region = Region(5105.0, 5105.4)
    press(panel.popup, "Voigt")
    desk.tasks.do("measure")  # type: ignore[attr-defined]
    assert "cannot be measured" in desk.messages.log[-1]


def test_that_an_occlusion_map_is_asked_for_shown_and_stopped(desk: Desk, panel: SpectrumPanel) -> None:
    ask_for_map(desk)
    job = desk.tasks.asked[JOB]  # type: ignore[attr-defined]
    assert job["arguments"][1:] == ("toy", "teff", (20.0, 10.0, 0))
    desk.tasks.progressed.emit(JOB, 64, 185)
    assert panel.strip.map.text() == "Occlusion map: 64 of 185 windows"
    press(panel.strip, "Stop")
    assert not panel.strip.isVisible()
    job["then"]((attribution("change without 4 A", "K"), 32))
    job = desk.tasks.asked[JOB]  # type: ignore[attr-defined]
    assert job["arguments"][-1] == (20.0, 10.0, 32)  # in turns, so that a what-if can overtake
    job["then"]((attribution("change without 4 A", "K"), 0))
    panel.draw()
    assert panel.plot.scene is not None
    assert len(panel.plot.scene.panels) == 6


def test_that_nothing_is_offered_while_the_next_star_is_on_its_way(
    desk: Desk, panel: SpectrumPanel, hand: Hand
) -> None:
    desk.workspace.change("choice", replace(desk.workspace.session, current="2"))
    hand.drag(0, (5180.0, 0.8), (5190.0, 0.8), CONTROL)
    assert not panel.popup.isVisible()


def test_that_what_is_in_sight_is_offered_without_a_mouse(desk: Desk, panel: SpectrumPanel) -> None:
    panel.plot.set_x_range(5175.0, 5195.0, 0)
    panel.offer_sight()
    region = panel.popup.region
    assert region is not None
    assert np.isclose((region.start_angstrom, region.stop_angstrom), (5175.0, 5195.0)).all()


def test_that_escape_takes_back_its_own_changes_alone(desk: Desk, panel: SpectrumPanel, hand: Hand) -> None:
    hand.drag(0, (5180.0, 0.8), (5190.0, 0.8), CONTROL)
    press(panel.popup, "Scale…")
    panel.popup.slider.setValue(20)
    panel.popup._begin_gesture()
    panel.popup.slider.setValue(30)
    show(desk, "layers", layers=("flux",))
    QTest.keyClick(panel.popup, Qt.Key.Key_Escape)
    assert edits_of(desk) == ()
    assert desk.workspace.session.display.layers == ("flux",)


def test_that_a_stretch_is_marked_no_longer_than_it_is_spoken_of(
    panel: SpectrumPanel, hand: Hand, qtbot: QtBot
) -> None:
    def marked() -> bool:
        assert panel.plot.scene is not None
        return any(isinstance(m, SpanMark) and m.role == "label" for m in panel.plot.scene.panels[0].marks)

    hand.drag(0, (5180.0, 0.8), (5190.0, 0.8), CONTROL)
    qtbot.waitUntil(marked)
    QTest.keyClick(panel.popup, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not marked())


def test_that_new_numbers_alone_do_not_draw_the_spectrum_anew(desk: Desk, panel: SpectrumPanel, hand: Hand) -> None:
    hand.drag(0, (5180.0, 0.8), (5190.0, 0.8), CONTROL)
    press(panel.popup, "Mask")
    panel.draw()
    scene = panel.plot.scene
    desk.findings.wonder("1", {"toy": what_if(edits_of(desk), 5900.0)})
    panel.draw()
    assert panel.plot.scene is scene
    assert "5900" in panel.strip.told.text()
