"""Figures leave the window: chosen, seen before they are written, written, told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from ui.told_window import PATIENCE_MS, tell_all, until_idle

from stellarview.app import Program
from stellarview.ui.export_dialog import ExportDialog, shown_views
from stellarview.ui.place_field import PlaceField, file_stem

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(program: Program, example_lrs: Path, tmp_path: Path) -> ExportDialog:
    tell_all(program, [example_lrs])
    program.window.actions_by_key["export-figure"].trigger()
    dialog = program.window.findChild(ExportDialog)
    assert dialog is not None
    dialog.place.set_path(tmp_path / "figure.pdf")
    return dialog


def export(qtbot: QtBot, program: Program, dialog: ExportDialog) -> None:
    qtbot.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: bool(program.desk.messages.log), timeout=PATIENCE_MS)


def test_that_a_figure_is_written_as_it_was_chosen_and_its_place_is_told(
    qtbot: QtBot, program: Program, dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.purpose.setFocus()
    qtbot.keyClick(dialog.purpose, Qt.Key.Key_C)
    dialog.format.setFocus()
    qtbot.keyClick(dialog.format, Qt.Key.Key_S)
    assert (dialog.width_inch.value(), dialog.place.path) == (3.5, tmp_path / "figure.svg")
    export(qtbot, program, dialog)
    text = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert 'width="252pt"' in text
    assert "<text" in text
    facts = json.loads((tmp_path / "figure.provenance.json").read_text(encoding="utf-8"))
    assert facts["view"] == "Spectrum"
    assert facts["command"].startswith("stellarview predict")
    bar = program.window.message_bar
    assert "Show folder" in bar.text
    assert all(label.openExternalLinks() for label in bar.findChildren(QLabel))
    assert "replaced" in dialog.place.note.text()
    assert not dialog.isModal()


def test_that_what_is_seen_follows_the_zoom(qtbot: QtBot, program: Program, dialog: ExportDialog) -> None:
    view = dialog.view
    assert view is not None
    whole = dialog.wish(100)
    assert whole is not None
    assert whole.seen is None
    view.set_x_range(5000.0, 5400.0)
    wish = dialog.wish(100)
    assert wish is not None
    assert wish.seen is not None
    assert wish.seen[0][0] == pytest.approx((5000.0, 5400.0))
    dialog.part.setCurrentText("Everything")
    everything = dialog.wish(100)
    assert everything is not None
    assert everything.seen is None


def test_that_the_figure_is_seen_before_it_is_written(qtbot: QtBot, dialog: ExportDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.picture.pixmap().isNull(), timeout=PATIENCE_MS)
    assert dialog.picture.pixmap().width() > 100


def test_that_a_file_of_another_kind_is_refused_in_words(
    qtbot: QtBot, program: Program, dialog: ExportDialog, tmp_path: Path
) -> None:
    (tmp_path / "figure.pdf").write_text("my notes")
    export(qtbot, program, dialog)
    assert "another kind" in program.window.message_bar.text
    assert (tmp_path / "figure.pdf").read_text() == "my notes"
    assert dialog.export.isEnabled()


def test_that_every_view_that_shows_something_can_be_chosen(
    qtbot: QtBot, program: Program, dialog: ExportDialog
) -> None:
    def names() -> list[str]:
        return [dialog.which.itemText(k) for k in range(dialog.which.count())]

    assert "Spectrum" in names()
    qtbot.waitUntil(lambda: names() == list(shown_views(program.window)), timeout=PATIENCE_MS)


def test_that_the_picture_goes_to_the_clipboard(program: Program, dialog: ExportDialog) -> None:
    program.window.actions_by_key["copy-picture"].trigger()
    assert QGuiApplication.clipboard().image().width() > 100


def test_that_the_star_is_copied_as_code(program: Program, dialog: ExportDialog, example_lrs: Path) -> None:
    texts = {}
    for key in ("copy-python", "copy-commands"):
        program.window.actions_by_key[key].trigger()
        texts[key] = QGuiApplication.clipboard().text()
    compile(texts["copy-python"], "copied", "exec")
    assert str(example_lrs) in texts["copy-python"]
    assert "stellarview explain" in texts["copy-commands"]


def test_that_nothing_is_copied_of_a_star_that_no_model_knows(
    qtbot: QtBot, program: Program, tmp_path: Path, example_lrs: Path
) -> None:
    _, unknown = tell_all(program, [example_lrs, tmp_path / "none.fits"])
    workspace = program.desk.workspace
    workspace.open(workspace.session.without([workspace.session.current]))
    assert workspace.session.current == unknown
    with qtbot.captureExceptions() as caught:
        program.window.actions_by_key["copy-python"].trigger()
    assert "nothing to copy" in str(caught[0][1])
    until_idle(qtbot, program)


def test_that_a_place_keeps_its_name_when_the_ending_changes(qtbot: QtBot) -> None:
    field = PlaceField("file", "File", "")
    qtbot.addWidget(field)
    for name, after in (("a.pdf", "a.svg"), ("J0612.83+2440", "J0612.83+2440.svg"), ("x", "x.svg")):
        field.set_path(Path("/folder") / name)
        field.set_ending(".svg")
        assert field.path == Path("/folder") / after
    field.edit.clear()
    field.set_ending(".svg")
    assert field.path is None


def test_that_proposed_names_are_good_everywhere() -> None:
    assert file_stem("LAMOST J06:12/83", "hr diagram") == "LAMOST_J06_12_83-hr_diagram"
    assert file_stem("", "") == "stellarview"
