"""Tables and sheets leave the window, of the stars that are meant."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from astropy.table import Table
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui.told_window import PATIENCE_MS, annotate, tell_all

from stellarview.app import Program
from stellarview.ui.results_dialog import WHICH, ReportDialog, TableDialog, chosen_stars

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def keys(program: Program, example_lrs: Path, example_mrs: Path, tmp_path: Path) -> list[str]:
    keys = tell_all(program, [example_lrs, example_mrs, tmp_path / "none.fits"])
    annotate(program, keys[0], "a solar twin?")
    return keys


def told(qtbot: QtBot, program: Program) -> str:
    qtbot.waitUntil(lambda: bool(program.desk.messages.log), timeout=PATIENCE_MS)
    return program.desk.messages.log[-1]


@pytest.mark.parametrize("ending", [".ecsv", ".fits"])
def test_that_all_results_are_written_and_read_again(
    qtbot: QtBot, program: Program, keys: list[str], tmp_path: Path, ending: str
) -> None:
    program.window.actions_by_key["export-table"].trigger()
    dialog = program.window.findChild(TableDialog)
    assert dialog is not None
    dialog.format.setCurrentText({".ecsv": "ECSV", ".fits": "FITS"}[ending])
    assert str(dialog.place.path).endswith(ending)
    dialog.place.set_path(tmp_path / f"all{ending}")
    qtbot.mouseClick(dialog.act, LEFT)
    assert "The table of 3 stars is in" in told(qtbot, program)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = Table.read(tmp_path / f"all{ending}")
    note = table["note"][0]
    assert (note.decode() if isinstance(note, bytes) else note) == "a solar twin?"
    assert float(table["teff"][0]) == pytest.approx(5772.0)
    assert len(table) == 3


def test_that_the_stars_are_those_that_are_called_so(program: Program, keys: list[str]) -> None:
    window, workspace = program.window, program.desk.workspace
    workspace.change("", replace(workspace.session, selected=(keys[2], keys[0]), filter='note ~ "twin"'))
    chosen = {which: [star.key for star in chosen_stars(window, which)] for which in WHICH}
    assert chosen == {
        "Current star": [keys[0]],
        "Selected stars": [keys[2], keys[0]],
        "Stars that the filter shows": [keys[0]],
        "All stars": keys,
    }


def test_that_sheets_are_drawn_star_by_star_and_then_their_table(
    qtbot: QtBot, program: Program, keys: list[str], tmp_path: Path
) -> None:
    workspace = program.desk.workspace
    workspace.change("", replace(workspace.session, selected=(keys[0], keys[2])))
    program.window.actions_by_key["report"].trigger()
    dialog = program.window.findChild(ReportDialog)
    assert dialog is not None
    assert dialog.stars.which == "Selected stars"
    dialog.place.set_path(tmp_path / "sheets")
    qtbot.keyClick(dialog.place.edit, Qt.Key.Key_Return)
    assert program.window.statusBar().currentMessage() == "Report: 0 of 2 sheets"
    words = told(qtbot, program)
    assert "1 sheet is in" in words
    assert "1 could not be drawn: report.ecsv says why." in words
    assert (tmp_path / "sheets" / "spec-synthetic-G2V.pdf").read_bytes().startswith(b"%PDF")
    assert len(Table.read(tmp_path / "sheets" / "report.ecsv")) == 2
