"""The panel of PDFs follows the star, the selection and the label; two labels are chosen with the mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from known_stars import desk_of
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from stellarview.domain.errors import StellarViewError
from stellarview.engine.known import Known
from stellarview.scene.marks import BandMark, CurveMark, Scene
from stellarview.session.session import CatalogueValue, Session
from stellarview.ui.desk import Desk
from stellarview.ui.panels.pdf import PdfPanel
from stellarview.ui.panels.pdf_scene import short_names


@pytest.fixture
def desk(qapp: object) -> Desk:
    return desk_of()


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk) -> PdfPanel:
    one = PdfPanel(desk)
    qtbot.addWidget(one)
    one.resize(430, 260)
    with qtbot.waitExposed(one):
        one.show()
    return one


def shown(qtbot: QtBot, panel: PdfPanel) -> Scene | None:
    """The scene once everything is drawn; None where there are words instead."""
    qtbot.waitUntil(lambda: not panel._soon.is_waiting)
    return panel.content.plot.scene if panel.content.currentWidget() is panel.content.plot else None


def change(desk: Desk, **changes: object) -> Session:
    session = replace(desk.workspace.session, **changes)  # type: ignore[arg-type]
    desk.workspace.change("a test", session)
    return session


def show_label(desk: Desk, label: str) -> None:
    change(desk, display=replace(desk.workspace.session.display, label=label))


def legends(scene: Scene | None) -> list[str]:
    assert scene is not None
    return [mark.legend for panel in scene.panels for mark in panel.marks if getattr(mark, "legend", "")]


def test_that_the_explained_label_of_the_current_star_is_shown(qtbot: QtBot, desk: Desk, panel: PdfPanel) -> None:
    assert shown(qtbot, panel) is not None
    assert panel.title.text() == "Teff 5770 ± 62 K (noise 60, members 15)"
    show_label(desk, "logg")
    scene = shown(qtbot, panel)
    assert scene is not None
    assert scene.panels[0].x_label == "log g (dex)"
    assert "3 members" in legends(scene)
    change(desk, current="2")
    shown(qtbot, panel)
    assert panel.title.text().startswith("log g 2.50")


def test_that_selected_stars_are_laid_over_each_other_by_name(qtbot: QtBot, desk: Desk, panel: PdfPanel) -> None:
    change(desk, selected=("1", "3"))
    assert legends(shown(qtbot, panel)) == ["1", "3"]


def test_that_more_stars_than_colours_are_counted(qtbot: QtBot) -> None:
    desk = desk_of(((5000.0, 4.0, 0.0, "STAR"),) * 9)
    panel = PdfPanel(desk)
    qtbot.addWidget(panel)
    panel.show()
    change(desk, selected=tuple(star.key for star in desk.workspace.session.stars))
    scene = shown(qtbot, panel)
    assert len(legends(scene)) == 6
    assert panel.title.text() == "Teff   6 of 9 stars"


def test_that_a_class_is_shown_as_bars(qtbot: QtBot, desk: Desk, panel: PdfPanel) -> None:
    show_label(desk, "GALAXY")
    scene = shown(qtbot, panel)
    assert scene is not None
    (bars,) = scene.panels
    assert bars.x_names == ("STAR", "GALAXY", "QSO")
    assert [float(mark.high[0]) for mark in bars.marks if isinstance(mark, BandMark)] == [0.9, 0.05, 0.05]
    assert panel.title.text() == "STAR 90.0 ± 5.0 %"


def test_that_a_catalogue_value_is_marked(qtbot: QtBot, desk: Desk, panel: PdfPanel) -> None:
    value = CatalogueValue("teff", 5800.0, 30.0, "LASP")
    star = replace(desk.workspace.session.stars[0], catalogue=(value,))
    change(desk, stars=(star, *desk.workspace.session.stars[1:]))
    assert "LASP" in legends(shown(qtbot, panel))


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (Known("1"), "The networks have not looked at this star yet."),
        (
            Known("1", "failed", error=StellarViewError("Broken.", "It is no FITS.", "Mend it.")),
            "Broken. It is no FITS.",
        ),
        (Known("1", "done"), "No model tells Teff of this star."),
    ],
)
def test_that_words_say_why_there_is_nothing(
    qtbot: QtBot, desk: Desk, panel: PdfPanel, known: Known, words: str
) -> None:
    desk.findings.learn(known)
    assert shown(qtbot, panel) is None
    assert panel.content.words.text() == words
    assert panel.title.text() == ""


def test_that_a_click_sets_two_labels_against_each_other_and_undo_takes_it_back(
    qtbot: QtBot, desk: Desk, panel: PdfPanel
) -> None:
    shown(qtbot, panel)
    QTest.mouseClick(panel.switch, Qt.MouseButton.LeftButton)
    assert desk.workspace.session.display.pair == ("teff", "logg")
    scene = shown(qtbot, panel)
    assert scene is not None
    assert len(scene.panels) == 4
    assert panel.across.isVisible()
    QTest.keyClick(panel.up, Qt.Key.Key_Down)
    assert desk.workspace.session.display.pair == ("teff", "feh")
    desk.workspace.undo()
    desk.workspace.undo()
    scene = shown(qtbot, panel)
    assert scene is not None
    assert len(scene.panels) == 1
    assert not panel.across.isVisible()
    assert not panel.switch.isChecked()


def test_that_a_label_against_itself_is_refused_in_words(qtbot: QtBot, desk: Desk, panel: PdfPanel) -> None:
    change(desk, display=replace(desk.workspace.session.display, pair=("teff", "teff")))
    assert shown(qtbot, panel) is None
    assert panel.content.words.text() == "Choose two labels."


def test_that_new_answers_about_the_star_keep_the_zoom(qtbot: QtBot, desk: Desk, panel: PdfPanel) -> None:
    shown(qtbot, panel)
    panel.content.plot.set_x_range(5700.0, 5800.0)
    desk.findings.learn(desk.findings.known("1"))
    shown(qtbot, panel)
    assert panel.content.plot.ranges()[0][0] == pytest.approx((5700.0, 5800.0))
    change(desk, current="2")
    shown(qtbot, panel)
    assert panel.content.plot.ranges() == panel.content.plot.home_ranges()


def test_that_nothing_is_drawn_while_nobody_looks(qtbot: QtBot, desk: Desk, panel: PdfPanel) -> None:
    first = shown(qtbot, panel)
    panel.hide()
    change(desk, current="2")
    qtbot.waitUntil(lambda: not panel._soon.is_waiting)
    assert panel.content.plot.scene is first
    panel.show()
    assert shown(qtbot, panel) is not first


def test_that_the_curves_of_the_panel_are_bold_and_thin(qtbot: QtBot, panel: PdfPanel) -> None:
    scene = shown(qtbot, panel)
    assert scene is not None
    weights = [mark.weight for mark in scene.panels[0].marks if isinstance(mark, CurveMark)]
    assert weights == ["thin", "thin", "thin", "bold"]


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["LAMOST J12", "LAMOST J34"], ["J12", "J34"]),
        (["LAMOST J12", "LAMOST"], ["LAMOST J12", "LAMOST"]),
        (["LAMOST J12"], ["LAMOST J12"]),
        (["HD 1 A", "HD 1 B"], ["A", "B"]),
    ],
)
def test_that_names_leave_out_what_they_have_in_common(names: list[str], short: list[str]) -> None:
    assert short_names(names) == short
