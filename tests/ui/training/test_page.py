"""From a dropped table of labels to a run that is ready, as a user does it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from models import write_toy_model
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot
from training_sets import STEPS, write_toy_set
from ui.dropping import drop

from stellarview.app import Program
from stellarview.domain.model_card import LabelScale
from stellarview.io.sets import open_spectrum_set
from stellarview.session.session import Session, StarEntry
from stellarview.training.config_file import read_config
from stellarview.ui.training.page import TrainingPage

SCALES = (
    LabelScale("teff", 5500.0, 500.0, 4000.0, 7000.0),
    LabelScale("logg", 4.0, 0.5, 2.5, 5.5),
    LabelScale("feh", 0.0, 0.3, -1.0, 1.0),
)


class Recorder:
    """Notes which runs were to be started."""

    def __init__(self) -> None:
        self.folders: list[Path] = []

    def queue(self, run_folder: Path) -> None:
        self.folders.append(run_folder)


@pytest.fixture
def given(private_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A parent, spectra and a table whose observation numbers are wrong; `vsini` is no label that anybody knows."""
    for name in ("runs", "models"):
        monkeypatch.setenv(f"STELLARVIEW_{name.upper()}", str(private_folders / name))
    recipe = {"name": "toy", "steps": STEPS}
    folder = private_folders / "models" / "toy-parent"
    write_toy_model(folder, members=2, labels=SCALES, length=160, recipe=recipe, instrument="MRS")
    spectra = write_toy_set(private_folders / "spectra.h5", 60)
    with open_spectrum_set(spectra) as opened:
        labels = opened.labels
        rows = [
            f"{5000 + k},star {k}.fits,{labels['logg'][k]:.3f},{labels['feh'][k]:.3f},{0.05},{k / 7:.2f}"
            for k in range(50)
        ]
    (private_folders / "labels.csv").write_text("\n".join(["obsid,filename,logg,feh,feh_err,vsini", *rows]) + "\n")
    return private_folders


@pytest.fixture
def page(qtbot: QtBot, given: Path, program: Program) -> TrainingPage:
    one = TrainingPage(program.desk, Recorder(), QWidget())
    qtbot.addWidget(one)
    one.resize(1400, 900)
    one.show()
    qtbot.waitUntil(lambda: bool(one.draft.parents))
    return one


def wait(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds)


def choose(qtbot: QtBot, combo: QComboBox, text: str) -> None:
    """With the keyboard."""
    combo.setFocus()
    for _ in range(combo.count()):
        if combo.currentText() == text:
            return
        before = combo.currentIndex()
        down = before < combo.findText(text)
        qtbot.keyClick(combo, Qt.Key.Key_Down if down else Qt.Key.Key_Up)
    assert combo.currentText() == text


def test_that_a_dropped_table_leads_to_a_run_that_is_ready(qtbot: QtBot, page: TrainingPage, given: Path) -> None:
    assert not page.start_button.isEnabled()
    drop(page, [given / "spectra.h5", given / "labels.csv"])
    wait(qtbot, lambda: page.draft.found is not None and not page.draft.is_busy)
    assert page.labels.by.currentText() == "file name (filename)"  # for no observation number matched
    assert "50 of 60 spectra have labels" in page.labels.matched.text()
    assert page.labels.table.combo("feh_err").currentText() == "σ of [Fe/H]"
    choose(qtbot, page.labels.table.combo("vsini"), "new label “vsini”")
    wait(qtbot, lambda: not page.draft.is_busy and page.draft.found is not None)
    assert page.draft.found is not None
    assert page.draft.found.usable_labels == ("logg", "feh", "vsini")
    name, epochs = page.form.controls["name"].widget, page.form.controls["epochs"].widget
    for field, words in ((name, "mine"), (epochs, "3")):
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClicks(field, words)
    assert page.start_button.isEnabled()
    assert "35 stars" in page.form.helps["train"].text()
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    runs = page._runs
    assert isinstance(runs, Recorder)
    wait(qtbot, lambda: bool(runs.folders))
    (folder,) = runs.folders
    assert folder == given / "runs" / "mine"
    config = read_config(folder / "config.toml")
    assert (config.loop.epochs, config.data.labels) == (3, ("logg", "feh", "vsini"))
    with open_spectrum_set(folder / config.data.sets[0]) as spectra:
        assert len(spectra) == 50


def test_that_the_command_line_is_copied_and_the_file_saved(
    qtbot: QtBot, page: TrainingPage, given: Path, program: Program
) -> None:
    drop(page, [given / "spectra.h5"])  # with labels of its own
    wait(qtbot, page.start_button.isEnabled)
    (given / "far").mkdir()
    page.save(given / "far" / "run.toml")
    wait(qtbot, lambda: (given / "far" / "run.toml").exists() and not page.draft.is_busy)
    facts = tomllib.loads((given / "far" / "run.toml").read_text(encoding="utf-8"))
    assert (given / "far" / facts["data"]["sets"][0]).is_file()
    qtbot.mouseClick(page.command, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: "stellarview train" in QApplication.clipboard().text())
    assert str(given / "runs" / "my-model" / "config.toml") in QApplication.clipboard().text()


def test_that_a_cancelled_look_can_go_on(qtbot: QtBot, page: TrainingPage, given: Path) -> None:
    drop(page, [given / "spectra.h5"])
    wait(qtbot, page.stop.isVisible)
    qtbot.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    assert page.draft.is_stopped
    assert not page.start_button.isEnabled()
    drop(page, [given / "spectra.h5"])
    wait(qtbot, lambda: page.draft.label_set is not None)
    page.draft.cancel()
    qtbot.mouseClick(page.again, Qt.MouseButton.LeftButton)
    wait(qtbot, page.start_button.isEnabled)


def test_that_stars_of_the_session_and_a_table_are_enough(
    qtbot: QtBot, page: TrainingPage, given: Path, program: Program
) -> None:
    stars = [StarEntry("", str(given / "spectra.h5"), row) for row in range(3)]
    program.desk.workspace.open(Session().with_stars(stars))
    drop(page, [given / "labels.csv"])
    wait(qtbot, lambda: page.draft.guess is not None and not page.draft.is_busy)
    assert page.labels.table.isVisible()  # before there are spectra
    qtbot.mouseClick(page.labels.buttons[3], Qt.MouseButton.LeftButton)
    wait(qtbot, page.start_button.isEnabled)
    assert page.draft.chosen.given.sources == (str(given / "spectra.h5"),)


def test_that_a_change_of_the_split_is_counted_anew(qtbot: QtBot, page: TrainingPage, given: Path) -> None:
    drop(page, [given / "spectra.h5"])
    wait(qtbot, page.start_button.isEnabled)
    qtbot.mouseClick(page.form.advanced, Qt.MouseButton.LeftButton)
    share = page.form.controls["validation"].widget
    share.setFocus()
    for _ in range(2):
        qtbot.keyClick(share, Qt.Key.Key_Up)
    assert not page.start_button.isEnabled()
    wait(qtbot, page.start_button.isEnabled)
    choices = page.draft.chosen.choices
    assert (choices.train, choices.validation, choices.test) == (0.7, 0.2, 0.1)
    assert "12 stars" in page.form.helps["validation"].text()


def test_that_a_folder_without_spectra_costs_nothing_that_was_there(
    qtbot: QtBot, page: TrainingPage, given: Path, program: Program
) -> None:
    drop(page, [given / "spectra.h5"])
    wait(qtbot, page.start_button.isEnabled)
    (given / "empty").mkdir()
    drop(page, [given / "empty"])
    wait(qtbot, lambda: any("holds no spectra" in words for words in program.desk.messages.log))
    assert page.start_button.isEnabled()


def test_that_what_stops_a_training_keeps_start_shut(qtbot: QtBot, page: TrainingPage, given: Path) -> None:
    few = write_toy_set(given / "few.h5", 8)
    drop(page, [few])
    wait(qtbot, lambda: page.draft.found is not None and not page.draft.is_busy)
    assert not page.start_button.isEnabled()
    assert "stop" in page.start_button.toolTip()
    qtbot.mouseClick(page.labels.buttons[-1], Qt.MouseButton.LeftButton)
    assert page.draft.found is None
    assert page.labels.hint.isVisible()
