"""The table of measured lines: opens with the first one, removes, copies, saves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from explained_star import measured
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from stellarview.domain.errors import StellarViewError
from stellarview.engine.files import save_lines
from stellarview.engine.pipe import Progress
from stellarview.session.store import load_session, save_session
from stellarview.ui.desk import Desk
from stellarview.ui.panels.line_columns import LINE_TABLE, measured_rows, rows_as_text
from stellarview.ui.panels.lines import LinesPanel


def keep(desk: Desk, key: str, *exposures: str) -> None:
    lines = tuple(measured(name) for name in exposures)
    session = desk.workspace.session.with_star(key, lambda star: replace(star, measured=(*star.measured, *lines)))
    desk.workspace.change("measurement", session)


@pytest.fixture
def dock(desk: Desk, qtbot: QtBot) -> QDockWidget:
    one = QDockWidget("Lines")
    one.setWidget(LinesPanel(desk))
    qtbot.addWidget(one)
    return one


def lines_in(dock: QDockWidget) -> LinesPanel:
    panel = dock.widget()
    assert isinstance(panel, LinesPanel)
    return panel


def test_that_the_table_opens_with_the_first_line_and_not_again(desk: Desk, dock: QDockWidget) -> None:
    assert not dock.isVisible()
    keep(desk, "1", "coadd")
    assert dock.isVisible()
    dock.hide()
    keep(desk, "2", "coadd")
    assert not dock.isVisible()
    assert lines_in(dock).table.rowCount() == 2


def test_that_an_empty_table_says_how_it_is_filled(desk: Desk, dock: QDockWidget) -> None:
    assert "click the name of one" in lines_in(dock).count.text()
    keep(desk, "1", "coadd")
    assert lines_in(dock).count.text() == "1 line"


def test_that_cells_say_value_and_sigma(desk: Desk, dock: QDockWidget) -> None:
    keep(desk, "1", "coadd")
    table = lines_in(dock).table
    cells = {column.title: table.item(0, place).text() for place, column in enumerate(LINE_TABLE)}  # type: ignore[union-attr]
    assert cells["EW (Å)"] == "2.250 ± 0.030"
    assert (cells["Line"], cells["Profile"], cells["Velocity (km/s)"]) == ("Mg b1", "gaussian", "")


def test_that_selected_rows_are_removed_and_come_back(desk: Desk, dock: QDockWidget, qtbot: QtBot) -> None:
    keep(desk, "1", "coadd", "83555758")
    keep(desk, "2", "coadd")
    panel = lines_in(dock)
    dock.activateWindow()
    panel.table.setFocus()
    qtbot.waitUntil(panel.table.hasFocus)
    panel.table.selectRow(1)
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert [(row.key, row.line.exposure) for row in panel.rows] == [("1", "coadd"), ("2", "coadd")]
    desk.workspace.undo()
    assert len(panel.rows) == 3


def test_that_rows_are_copied_in_full(desk: Desk, dock: QDockWidget) -> None:
    keep(desk, "1", "coadd", "83555758")
    panel = lines_in(dock)
    panel.copy()
    titles, first, second = QGuiApplication.clipboard().text().split("\n")
    assert titles.split("\t")[:3] == ["file", "exposure", "line"]
    assert "ew (Angstrom)" in titles.split("\t")
    assert first.split("\t")[:3] == ["a.fits", "coadd", "Mg b1"]
    assert len(first.split("\t")) == len(second.split("\t")) == len(titles.split("\t"))


@pytest.mark.filterwarnings("ignore:The unit 'Angstrom' has been deprecated")  # VOUnit says so, astronomers do not
@pytest.mark.parametrize("name", ["lines.ecsv", "lines.csv", "lines.vot", "lines.fits"])
def test_that_lines_are_saved_as_tables(desk: Desk, name: str, tmp_path: Path) -> None:
    from astropy.table import Table

    keep(desk, "1", "coadd", "83555758")
    rows = [row.line.row for row in measured_rows(desk.workspace.session)]
    save_lines(Progress(), str(tmp_path / name), rows)
    table = Table.read(tmp_path / name)
    assert list(table["ew"]) == [2.25, 2.25]
    assert len(table) == 2


def test_that_an_unknown_format_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match=r"Cannot write a table as \.doc"):
        save_lines(Progress(), str(tmp_path / "lines.doc"), [])


def test_that_measured_lines_travel_with_the_session(desk: Desk, tmp_path: Path) -> None:
    keep(desk, "1", "coadd")
    session = desk.workspace.session
    save_session(session, tmp_path / "s.stellarview")
    back = load_session(tmp_path / "s.stellarview").session
    assert [star.measured for star in back.stars] == [star.measured for star in session.stars]
    assert rows_as_text(measured_rows(back)) == rows_as_text(measured_rows(session))
