"""Inspect and Train share the window, and neither loses anything to the other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from stellarview.app import Program


@pytest.fixture
def window(private_folders: Path, monkeypatch: pytest.MonkeyPatch, program: Program) -> object:
    monkeypatch.setenv("STELLARVIEW_RUNS", str(private_folders / "runs"))
    return program.window


def test_that_panels_hide_in_train_and_come_back_as_they_were(qtbot: QtBot, window: object, program: Program) -> None:
    docks = program.window.docks
    docks["pdf"].hide()
    docks["lines"].show()
    before = {key: dock.isVisibleTo(program.window) for key, dock in docks.items()}
    qtbot.keyClick(program.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert program.window.workspaces.training.isVisible()
    assert not any(dock.isVisible() for dock in docks.values())
    assert not program.window.actions_by_key["remove"].isEnabled()
    assert not program.window.actions_by_key["normalised"].isEnabled()
    program.window.workspaces.training.form.controls["epochs"].show(7)
    qtbot.keyClick(program.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert {key: dock.isVisibleTo(program.window) for key, dock in docks.items()} == before
    assert program.window.spectrum.isVisible()
    qtbot.keyClick(program.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert program.window.workspaces.training.draft.chosen.choices.epochs == 7


def test_that_the_tabs_switch_and_a_layout_is_kept_from_train_too(window: object, program: Program) -> None:
    tabs = program.window.workspaces.tabs
    before = bytes(program.window.saveState().data())
    tabs.setCurrentIndex(1)
    assert program.window.workspaces.name == "train"
    assert bytes(program.window.workspaces.layout().data()) == before
    program.window.restore_layout()
    assert (program.window.workspaces.name, tabs.currentIndex()) == ("inspect", 0)


def test_that_messages_of_the_status_bar_leave_the_tabs_in_sight(window: object, program: Program) -> None:
    program.window.statusBar().showMessage("Theme: dark")
    assert program.window.workspaces.tabs.isVisible()


def test_that_train_makes_the_window_no_wider(qtbot: QtBot, window: object, program: Program) -> None:
    program.window.resize(1280, 800)
    program.window.workspaces.go("train")
    program.window.workspaces.go("inspect")
    qtbot.wait(50)
    assert program.window.width() == 1280


def test_that_train_is_loaded_when_it_is_wanted_and_never_brings_torch() -> None:
    code = (
        "import sys, stellarview.app; print('stellarview.ui.training' in sys.modules);"
        "import stellarview.ui.training.workspace; print('torch' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["False", "False"]
