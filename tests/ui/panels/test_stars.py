"""The table of stars: sorted, filtered, chosen in, written in and copied from; all of it can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from stellarview.app import Program
from stellarview.domain.errors import StellarViewError
from stellarview.engine.known import Known
from stellarview.session.session import StarEntry
from stellarview.ui.panels.stars import StarsPanel
from stellarview.ui.panels.stars_model import REASON_ROLE

TEFF = {"1": 5800.0, "2": 4300.0, "3": None, "4": 7100.0}
COUNT = len(TEFF)


@pytest.fixture
def stars(qtbot: QtBot, program: Program) -> StarsPanel:
    """Four stars with known rows; their files are nowhere, and nothing reads them."""
    desk = program.desk
    desk.tasks.close()
    entries = [StarEntry("", f"/nowhere/{number}.fits") for number in TEFF]
    desk.workspace.change("adding stars", desk.workspace.session.with_stars(entries))
    for key, teff in TEFF.items():
        desk.findings.learn(Known(key, "done", {"name": f"star {key}", "teff": teff, "teff_sigma": 50.0}))
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    return program.window.stars


def test_that_a_click_on_a_title_sorts_up_down_and_not_at_all(program: Program, stars: StarsPanel) -> None:
    header, workspace = stars.table.horizontalHeader(), program.desk.workspace
    for order in (["2", "1", "4", "3"], ["4", "1", "2", "3"], ["1", "2", "3", "4"]):
        header.sectionClicked.emit(4)
        assert stars.model.keys == order  # what is not known comes last
    workspace.undo()
    assert stars.model.keys == ["4", "1", "2", "3"]


def test_that_a_filter_is_one_step_and_its_mistakes_are_in_words(
    qtbot: QtBot, program: Program, stars: StarsPanel
) -> None:
    stars.filter.setFocus()
    qtbot.keyClicks(stars.filter, "teff > 5000")
    assert stars.model.keys == ["1", "4"]
    assert stars.count.text() == "2 of 4 stars"
    program.desk.workspace.undo()
    assert (stars.filter.text(), len(stars.model.keys)) == ("", COUNT)
    qtbot.keyClicks(stars.filter, "teff >> 5")
    assert len(stars.model.keys) == COUNT
    assert stars.filter.toolTip() != ""
    assert stars.filter.styleSheet() != ""


def test_that_arrow_keys_and_commands_go_from_star_to_star(qtbot: QtBot, program: Program, stars: StarsPanel) -> None:
    workspace = program.desk.workspace
    stars.table.setFocus()
    for key, expected in ((Qt.Key.Key_Down, "2"), (Qt.Key.Key_Down, "3"), (Qt.Key.Key_Up, "2")):
        qtbot.keyClick(stars.table, key)
        assert workspace.session.current == expected
    program.window.actions_by_key["next"].trigger()
    assert workspace.session.current == "3"
    for _ in range(9):
        program.window.actions_by_key["previous"].trigger()
    assert workspace.session.current == "1"


def test_that_several_are_selected_copied_and_removed(qtbot: QtBot, program: Program, stars: StarsPanel) -> None:
    workspace = program.desk.workspace
    stars.table.setFocus()
    for _ in range(2):
        qtbot.keyClick(stars.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert workspace.session.selected == ("1", "2", "3")
    qtbot.keyClick(stars.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["Name", "star 1", "star 2", "star 3"]
    program.window.actions_by_key["remove"].trigger()
    assert (stars.model.keys, workspace.session.current) == (["4"], "4")
    assert workspace.undo_words == "removal of 3 stars"
    workspace.undo()
    assert stars.model.keys == [*TEFF]
    program.window.actions_by_key["select-all"].trigger()
    assert len(workspace.session.selected) == COUNT


def test_that_a_note_is_written_in_place_and_is_one_step(qtbot: QtBot, program: Program, stars: StarsPanel) -> None:
    workspace = program.desk.workspace
    program.window.actions_by_key["note"].trigger()
    (editor,) = stars.table.viewport().findChildren(QLineEdit)
    qtbot.keyClicks(editor, "binary?")
    program.desk.findings.learn(Known("2", "done", {"name": "another", "teff": 1.0}))  # rows stream in meanwhile
    assert editor.text() == "binary?"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: workspace.session.stars[0].note == "binary?")
    assert workspace.undo_words == "note"
    workspace.undo()
    assert workspace.session.stars[0].note == ""


def test_that_the_menu_of_a_row_holds_what_can_be_done_with_it(program: Program, stars: StarsPanel) -> None:
    stars.table.customContextMenuRequested.emit(QPoint(20, 5))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert {action.text() for action in menu.actions()} == {"Note…", "Show behind", "Copy rows", "Remove stars"}
    menu.close()
    program.window.actions_by_key["behind"].trigger()
    assert program.desk.workspace.session.ghost == "1"


def test_that_a_failed_star_tells_its_reason_in_its_row(program: Program, stars: StarsPanel) -> None:
    error = StellarViewError("It cannot be read.", "It is no spectrum.", "Choose another.")
    program.desk.findings.learn(replace(program.desk.findings.known("2"), state="failed", error=error))
    cell = stars.model.index(1, 9)
    assert cell.data() == "It cannot be read. It is no spectrum. Choose another."
    assert cell.data(Qt.ItemDataRole.ForegroundRole) is not None


@pytest.mark.parametrize("width", [240, 320])
def test_that_a_failed_row_shows_reason_and_remedy_at_once_in_what_is_seen(
    qtbot: QtBot, program: Program, stars: StarsPanel, width: int
) -> None:
    error = StellarViewError("It cannot be read.", "A header has no end: the file is damaged.", "Download it again.")
    known, table = program.desk.findings.known("2"), stars.table
    usual = table.rowHeight(1)
    table.setFixedWidth(width)
    program.desk.findings.learn(replace(known, state="failed", error=error))
    qtbot.waitUntil(lambda: table.rowHeight(1) > 2 * usual)
    assert table.columnSpan(1, 0) == 10  # all but the note, which can still be written
    assert table.model().index(1, 0).data(REASON_ROLE) == f"{error.why} {error.what_to_do}"
    red = table.model().index(1, 0).data(Qt.ItemDataRole.ForegroundRole)
    table.horizontalScrollBar().setValue(table.horizontalScrollBar().maximum() // 2)
    picture = table.viewport().grab().toImage()
    place = table.rowViewportPosition(1)
    ratio = picture.devicePixelRatio()
    rows = {
        y
        for y in range(int(place * ratio), int((place + table.rowHeight(1)) * ratio))
        for x in range(0, int(width // 2 * ratio), 2)
        if picture.pixelColor(x, y) == red
    }
    assert max(rows) - min(rows) > usual  # the words stand in several lines where the table was scrolled to
    program.desk.findings.learn(known)
    qtbot.waitUntil(lambda: table.rowHeight(1) == usual and table.columnSpan(1, 0) == 1)


def test_that_a_failed_row_that_is_filtered_away_leaves_no_tall_row(
    qtbot: QtBot, program: Program, stars: StarsPanel
) -> None:
    error = StellarViewError("It cannot be read.", "It is no spectrum.", "Choose another.")
    usual = stars.table.rowHeight(0)
    program.desk.findings.learn(replace(program.desk.findings.known("1"), state="failed", error=error))
    qtbot.waitUntil(lambda: stars.table.rowHeight(0) > usual)
    stars.filter.setFocus()
    qtbot.keyClicks(stars.filter, "teff < 5000")
    qtbot.waitUntil(lambda: stars.model.keys == ["2"] and stars.table.rowHeight(0) == usual)
