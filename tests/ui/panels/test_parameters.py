"""The panel of parameters, by mouse and keys: a row explains its label, choices are undone, numbers never flicker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from told_stars import lrs_star, mrs_star, wondered

from stellarview.domain.errors import StellarViewError
from stellarview.domain.inspection import Inspection
from stellarview.domain.model_card import ModelCard
from stellarview.engine.known import Known
from stellarview.engine.models import InstalledModel
from stellarview.session.session import Session, StarEntry
from stellarview.session.settings import Settings
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Findings, Opened
from stellarview.ui.inspector import Inspector
from stellarview.ui.messages import Messages
from stellarview.ui.model_card_viewer import ModelCardViewer
from stellarview.ui.panels.parameter_columns import PARAMETER_COLUMNS
from stellarview.ui.panels.parameters import ParametersPanel
from stellarview.ui.preferences import Preferences
from stellarview.ui.tasks import Tasks
from stellarview.ui.theme import DARK, LIGHT, apply_theme
from stellarview.ui.workspace import Workspace

PLACES = {column.key: place for place, column in enumerate(PARAMETER_COLUMNS)}
SOLAR = ModelCard("solar", "of the Sun", "MLP", {}, {"name": "r", "steps": []}, "LRS", 1, classes=("STAR",))


class IdleTasks(Tasks):
    """Keeps what was asked and does none of it; `now` is what seems to run."""

    def __init__(self) -> None:
        self.asked: dict[str, Callable[[Any], None]] = {}
        self.now: list[str] = []
        super().__init__(asyncio.new_event_loop())

    def run(self, key: str, *_: Any, then: Callable[[Any], None], **more: Any) -> None:
        self.asked[key] = then

    def keys(self) -> list[str]:
        return self.now

    def close(self) -> None:
        super().close()
        self._loop.close()


@pytest.fixture
def desk(qapp: object) -> Iterator[Desk]:
    stars = [StarEntry("", "a.fits"), StarEntry("", "b.fits")]
    workspace, findings, tasks = Workspace(Session().with_stars(stars)), Findings(), IdleTasks()
    inspector = Inspector(workspace, findings, tasks)
    yield Desk(workspace, findings, tasks, inspector, Messages(), Preferences(Settings(), tasks))
    tasks.close()


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> ParametersPanel:
    one = ParametersPanel(desk)
    qtbot.addWidget(one)
    one.resize(430, 500)
    one.show()
    tell(one, lrs_star())
    return one


def tell(panel: ParametersPanel, star: Inspection, key: str = "1", **more: Any) -> None:
    panel._desk.findings.open(key, Opened((star.spectrum,), star, **more))
    panel.draw()


def tasks_of(panel: ParametersPanel) -> IdleTasks:
    tasks = panel._desk.tasks
    assert isinstance(tasks, IdleTasks)
    return tasks


def label_of(panel: ParametersPanel) -> str:
    return panel._desk.workspace.session.display.label


def click(panel: ParametersPanel, key: str) -> None:
    index = panel.model.index(panel.model.place(key), PLACES["value"])
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=panel.table.visualRect(index).center())


def texts(panel: ParametersPanel, column: str) -> list[str]:
    return [panel.model.index(place, PLACES[column]).data() for place in range(panel.model.rowCount())]


@pytest.mark.parametrize("key", ["logg", "subtype", "GALAXY"])
def test_that_a_click_on_a_row_explains_it_and_can_be_undone(panel: ParametersPanel, key: str) -> None:
    click(panel, key)
    panel.draw()
    assert (label_of(panel), panel.model.explained) == (key, key)
    panel._desk.workspace.undo()
    panel.draw()
    assert (label_of(panel), panel.model.explained) == ("teff", "teff")
    assert panel.table.currentIndex().row() == panel.model.place("teff")


def test_that_arrow_keys_go_from_label_to_label_and_pass_over_notes(panel: ParametersPanel) -> None:
    tell(panel, mrs_star())
    assert panel.model.notes() == [4]
    click(panel, "mgh")
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    assert label_of(panel) == "kh"
    for _ in range(3):
        QTest.keyClick(panel.table, Qt.Key.Key_Up)
    assert label_of(panel) == "teff"


def test_that_enter_explains_the_row_that_is_current(panel: ParametersPanel) -> None:
    click(panel, "feh")
    workspace = panel._desk.workspace
    workspace.change("label", replace(workspace.session, display=replace(workspace.session.display, label="logg")))
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert label_of(panel) == "feh"


def test_that_another_label_of_the_session_marks_its_row(panel: ParametersPanel) -> None:
    workspace = panel._desk.workspace
    workspace.change("label", replace(workspace.session, display=replace(workspace.session.display, label="feh")))
    panel.draw()
    assert panel.table.currentIndex().row() == panel.model.place("feh")
    assert workspace.undo_words == "label", "following is no change"


def test_that_a_label_that_nobody_tells_marks_no_row(panel: ParametersPanel) -> None:
    workspace = panel._desk.workspace
    workspace.change("label", replace(workspace.session, display=replace(workspace.session.display, label="kh")))
    panel.draw()
    assert panel.model.place("kh") == -1
    assert not panel.table.currentIndex().isValid()


def test_that_control_c_copies_all_rows(panel: ParametersPanel, qtbot: QtBot) -> None:
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in lines[1:]] == ["Teff", "log g", "[Fe/H]", "MK", "STAR", "GALAXY"]


def test_that_iron_is_what_abundances_are_relative_to_once_the_button_is_pressed(panel: ParametersPanel) -> None:
    assert not panel.ratios.isVisible(), "this star has no abundances"
    tell(panel, mrs_star())
    assert panel.ratios.isVisible()
    QTest.mouseClick(panel.ratios, Qt.MouseButton.LeftButton)
    panel.draw()
    assert texts(panel, "name")[2] == "[Mg/Fe]"
    click(panel, "mgh")
    assert label_of(panel) == "mgh"
    panel._desk.workspace.undo()
    panel._desk.workspace.undo()
    panel.draw()
    assert (texts(panel, "name")[2], panel.ratios.isChecked()) == ("[Mg/H]", False)


def test_that_numbers_that_are_worked_out_anew_are_dimmed_and_stay(panel: ParametersPanel) -> None:
    before = texts(panel, "value")
    tasks_of(panel).now = ["inspect"]
    tasks_of(panel).queue_changed.emit(1)
    assert panel.model.is_stale
    assert texts(panel, "value") == before
    tasks_of(panel).now = ["what-if"]
    tasks_of(panel).queue_changed.emit(1)
    assert (panel.model.is_stale, panel.model.is_wondering) == (False, True)


def test_that_the_last_stars_numbers_stay_dimmed_until_the_next_ones_come(panel: ParametersPanel, qtbot: QtBot) -> None:
    workspace = panel._desk.workspace
    workspace.change("star", replace(workspace.session, current="2"))
    panel.draw()
    assert panel.model.is_stale
    assert texts(panel, "value")[0] == "5772"
    tell(panel, mrs_star(), "2")
    assert not panel.model.is_stale
    assert texts(panel, "value")[0] == "4703"


def test_that_the_last_stars_numbers_go_where_the_next_ones_are_long_in_coming(
    panel: ParametersPanel, qtbot: QtBot
) -> None:
    workspace = panel._desk.workspace
    workspace.change("star", replace(workspace.session, current="2"))
    panel.draw()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 0)
    assert panel.head.text() == "…"


def test_that_what_was_found_in_the_background_is_shown_at_once(panel: ParametersPanel) -> None:
    star = mrs_star()
    workspace = panel._desk.workspace
    panel._desk.findings.learn(Known("2", "done", predictions=star.predictions))
    workspace.change("star", replace(workspace.session, current="2"))
    tell(panel, Inspection(star.spectrum), "2")
    assert texts(panel, "value")[0] == "4703"


def test_that_a_bad_file_has_its_reason_and_no_numbers(panel: ParametersPanel) -> None:
    error = StellarViewError("Cannot read it.", "It ends too early.", "Download it again.")
    panel._desk.findings.learn(Known("1", "failed", error=error))
    panel.draw()
    assert "Cannot read it. It ends too early. Download it again." in panel.head.text()
    assert panel.model.rowCount() == 0
    assert not panel.table.horizontalHeader().isVisible()


def test_that_a_what_if_has_columns_of_its_own_while_there_is_one(panel: ParametersPanel) -> None:
    assert panel.table.isColumnHidden(PLACES["change"])
    star = lrs_star()
    tell(panel, star, what_if=wondered(star, "lrs-stellar", "logg", 0.12))
    assert not panel.table.isColumnHidden(PLACES["change"])
    assert texts(panel, "sigmas")[1] == "+2.0σ"
    assert "What if" in panel.head.text()
    assert not panel.grab().isNull()


@pytest.mark.parametrize("width", [250, 430, 900])
def test_that_the_pdfs_take_what_room_is_left_and_notes_are_read_whole(panel: ParametersPanel, width: int) -> None:
    panel.resize(width, 500)
    tell(panel, mrs_star())
    assert panel.table.horizontalHeader().length() >= panel.table.viewport().width()
    note, row = panel.table.rowHeight(4), panel.table.rowHeight(3)
    assert note > row if width == 250 else note <= row
    assert not panel.grab().isNull()


def test_that_rows_have_one_height_whatever_star_was_there_before(panel: ParametersPanel) -> None:
    panel.resize(250, 500)
    for flags in (("prior-dominated: O, K",), ("prior-dominated: C, Ca",), ()):
        star = mrs_star()
        (name,) = star.predictions
        tell(panel, replace(star, predictions={name: replace(star.predictions[name], flags=flags)}))
        notes = set(panel.model.notes())
        heights = {panel.table.rowHeight(k) for k in range(panel.model.rowCount()) if k not in notes}
        assert len(heights) == 1


def test_that_words_and_letters_follow_theme_and_text_size(
    panel: ParametersPanel, qapp: QApplication, qtbot: QtBot
) -> None:
    tell(panel, lrs_star(star=0.2))
    height = panel.table.rowHeight(0)
    assert LIGHT.roles["first"] in panel.head.text()
    apply_theme(qapp, "dark", 1.6)
    qtbot.waitUntil(lambda: DARK.roles["first"] in panel.head.text() and panel.table.rowHeight(0) > height)


def test_that_rows_are_told_to_those_who_hear_the_screen(panel: ParametersPanel) -> None:
    assert panel.table.accessibleName() == "Parameters"
    words = panel.model.index(0, PLACES["value"]).data(Qt.ItemDataRole.AccessibleTextRole)
    assert words.startswith("Teff: effective temperature\n5772 ± 48 by noise ± 21 by disagreement of members K")
    assert QAccessible.queryAccessibleInterface(panel.picker.cards).text(QAccessible.Text.Name) == "Cards…"


def test_that_every_cell_and_title_says_what_it_means(panel: ParametersPanel) -> None:
    for column in PLACES.values():
        assert panel.model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert "effective temperature" in panel.model.index(0, column).data(Qt.ItemDataRole.ToolTipRole)


def test_that_a_model_is_chosen_with_the_keys_and_given_back_by_undo(panel: ParametersPanel) -> None:
    tasks_of(panel).asked["models"]((InstalledModel("solar", "/m/solar", SOLAR),))
    combo = panel.picker.combos["LRS:class"]
    assert combo.isVisible() and not panel.picker.combos["MRS:labels"].isVisible()
    assert [combo.itemText(place) for place in range(combo.count())][:2] == ["automatic (lrs-class)", "solar"]
    QTest.keyClick(combo, Qt.Key.Key_Down)
    panel.draw()
    workspace = panel._desk.workspace
    assert (workspace.session.model_for("LRS:class"), combo.in_use) == ("solar", "solar")
    assert workspace.undo_words == "model for star, galaxy or quasar"
    workspace.undo()
    panel.draw()
    assert (combo.currentIndex(), combo.in_use) == (0, "lrs-class")


def test_that_looking_for_new_models_changes_no_choice(panel: ParametersPanel) -> None:
    tasks_of(panel).asked.clear()
    combo = panel.picker.combos["LRS:labels"]
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_End)
    assert "models" in tasks_of(panel).asked
    assert panel._desk.workspace.session.models == ()
    assert combo.currentIndex() == 0


def test_that_a_chosen_model_that_is_gone_is_still_named(panel: ParametersPanel) -> None:
    workspace = panel._desk.workspace
    workspace.change("model", workspace.session.with_model("LRS:labels", "gone"))
    panel.draw()
    assert panel.picker.combos["LRS:labels"].in_use == "gone"


def test_that_the_cards_open_beside_the_window_once(panel: ParametersPanel, qtbot: QtBot, tmp_path: Path) -> None:
    tasks_of(panel).asked["models"]((InstalledModel("solar", "/m/solar", SOLAR),))
    for _ in range(2):
        QTest.mouseClick(panel.picker.cards, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    (viewer,) = panel.findChildren(ModelCardViewer)
    assert viewer.isVisible() and not viewer.isModal()
    assert "of the Sun" in viewer.page.toPlainText()
    QTest.mouseClick(viewer.copy_button, Qt.MouseButton.LeftButton)
    assert '"about": "of the Sun"' in QGuiApplication.clipboard().text()
    tasks_of(panel).asked["models"]((InstalledModel("a", "/m/a", error=StellarViewError("Bad.", "Why.", "Do.")),))
    assert "Why." in viewer.page.toPlainText(), "what came meanwhile is shown"
    assert not viewer.copy_button.isEnabled()
    QTest.keyClick(viewer, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not panel.findChildren(ModelCardViewer))
    QTest.mouseClick(panel.picker.cards, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    (again,) = panel.findChildren(ModelCardViewer)
    again.close()
