"""A user's afternoon: a table of labels is dropped, a model is trained, judged, promoted, and tells of a star."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from models import write_toy_model
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSpinBox
from pytestqt.qtbot import QtBot
from training_sets import STEPS, write_toy_set
from ui.dropping import drop

from stellarview.app import Program
from stellarview.domain.model_card import LabelScale
from stellarview.io.sets import open_spectrum_set
from stellarview.session.session import StarEntry
from stellarview.ui.training.page import TrainingPage
from stellarview.ui.training.runs import Runs
from stellarview.ui.training.runs_view import RunsView

SCALES = (LabelScale("logg", 4.0, 0.5, 2.5, 5.5), LabelScale("feh", 0.0, 0.3, -1.0, 1.0))


@pytest.fixture
def given(private_folders: Path) -> Path:
    """A parent, spectra, and a table that knows two labels of most of them by their files' names."""
    recipe = {"name": "toy", "steps": STEPS}
    parent = private_folders / "stellarview_models" / "toy-parent"
    write_toy_model(parent, members=2, labels=SCALES, length=160, recipe=recipe, instrument="MRS")
    with open_spectrum_set(write_toy_set(private_folders / "spectra.h5", 120)) as opened:
        labels = opened.labels
        rows = [f"star {k}.fits,{labels['logg'][k]:.3f},{labels['feh'][k]:.3f}" for k in range(110)]
    (private_folders / "labels.csv").write_text("\n".join(["filename,logg,feh", *rows]) + "\n")
    return private_folders


def until(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds)


def click(qtbot: QtBot, one: QAbstractButton) -> None:
    assert one.isVisible()
    assert one.isEnabled()
    qtbot.mouseClick(one, Qt.MouseButton.LeftButton)


def test_that_a_dropped_table_ends_in_a_promoted_model_that_tells_of_a_star(
    qtbot: QtBot, given: Path, program: Program
) -> None:
    runs = Runs(program.desk)
    view = RunsView(program.desk, runs)
    page = TrainingPage(program.desk, runs, view)
    qtbot.addWidget(page)
    page.resize(1600, 1000)
    page.show()
    until(qtbot, lambda: bool(page.draft.parents))

    drop(page, [given / "spectra.h5", given / "labels.csv"])
    until(qtbot, lambda: page.draft.found is not None and not page.draft.is_busy)
    controls = page.form.controls
    for name, words in (("what", "from scratch"), ("architecture", "StarNet")):
        combo = controls[name].widget
        assert isinstance(combo, QComboBox)
        combo.setCurrentText(words)
        combo.activated.emit(combo.currentIndex())
    for name, number in (("epochs", 4), ("members", 2)):
        box = controls[name].widget
        assert isinstance(box, QSpinBox)
        box.setValue(number)
    until(qtbot, lambda: page.start_button.isEnabled() and not page.draft.is_busy)
    click(qtbot, page.start_button)

    until(qtbot, lambda: [run.state for run in runs.seen] == ["done"])
    folder = runs.seen[0].folder
    until(qtbot, lambda: runs.judged.get(folder) is not None and view.judgement.promote.isEnabled())
    view.details.setCurrentWidget(view.judgement)
    click(qtbot, view.judgement.promote)
    view.ask.name.setText("my-own")
    view.ask.option.setChecked(True)
    click(qtbot, view.ask.yes)
    workspace = program.desk.workspace
    until(qtbot, lambda: workspace.session.model_for("MRS:labels") == "my-own")

    session = workspace.session.with_stars([StarEntry("", str(given / "spectra.h5"), row=115)])
    workspace.change("a star without a label", replace(session, current="1"))
    until(qtbot, lambda: "my-own" in program.desk.findings.known("1").predictions)
    assert set(program.desk.findings.known("1").predictions["my-own"].labels) == {"logg", "feh"}
