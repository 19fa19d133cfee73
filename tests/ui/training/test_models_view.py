"""The user's own models in the window: found, renamed, passed on, deleted; the session follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from models import write_toy_model
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QToolButton
from pytestqt.qtbot import QtBot
from told_stars import lrs_star

from stellarview.app import Program
from stellarview.domain.prediction_change import LabelChange
from stellarview.engine.models import installed_models
from stellarview.engine.pipe import Progress
from stellarview.io.user_folders import models_folder
from stellarview.session.session import Session, StarEntry
from stellarview.ui.findings import Opened
from stellarview.ui.training.ask_bar import AskBar
from stellarview.ui.training.keeping import Keeping
from stellarview.ui.training.models_view import ModelsView


@pytest.fixture
def view(program: Program, qtbot: QtBot) -> SimpleNamespace:
    write_toy_model(models_folder() / "mine")
    ask, keeping = AskBar(), Keeping(program.desk)
    models = ModelsView(keeping, ask)
    for widget in (ask, models):
        qtbot.addWidget(widget)
        widget.show()
    qtbot.waitUntil(lambda: [model.name for model in keeping.models] == ["mine"])
    return SimpleNamespace(ask=ask, keeping=keeping, models=models)


def names(view: SimpleNamespace) -> list[str]:
    return [model.name for model in view.keeping.models]


def until(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds)


def click(qtbot: QtBot, button: QToolButton) -> None:
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_a_model_is_renamed_passed_on_deleted_and_taken_back(
    qtbot: QtBot, program: Program, view: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, models = program.desk.workspace, view.models
    assert not models.rename.isEnabled()
    models.table.selectRow(0)
    workspace.change("model", workspace.session.with_model("LRS:labels", "mine"))

    click(qtbot, models.rename)
    view.ask.name.setText("better")
    qtbot.keyClick(view.ask.name, Qt.Key.Key_Return)
    until(qtbot, lambda: names(view) == ["better"])
    assert workspace.session.model_for("LRS:labels") == "better"

    file = tmp_path / "better.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    models.table.selectRow(0)
    click(qtbot, models.export)
    until(qtbot, file.is_file)

    click(qtbot, models.delete)
    qtbot.keyClick(view.ask, Qt.Key.Key_Escape)
    assert not view.ask.isVisible()
    assert names(view) == ["better"]  # nobody said yes
    click(qtbot, models.delete)
    click(qtbot, view.ask.yes)
    until(qtbot, lambda: names(view) == [])
    assert workspace.session.model_for("LRS:labels") == ""
    assert "No model of your own yet" in models.note.text()

    for name, expected in (("", ["better"]), ("", ["better"]), ("theirs", ["better", "theirs"])):
        click(qtbot, models.take)
        assert view.ask.name.text() == "better"
        if name:
            qtbot.keyClicks(view.ask.name, name)
        click(qtbot, view.ask.yes)
        until(qtbot, lambda expected=expected: names(view) == expected)
        until(qtbot, lambda: not program.desk.tasks.has("import model"))
    assert any("There is a model better already." in words for words in program.desk.messages.log)


def test_that_a_new_model_is_asked_about_the_open_star(
    qtbot: QtBot, program: Program, view: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, star = program.desk, lrs_star()
    desk.workspace.open(Session().with_stars([StarEntry("", "star.fits")]))
    desk.findings.open("1", Opened((star.spectrum,), star))
    told = lrs_star().predictions["lrs-stellar"]
    asked: list[tuple[object, ...]] = []

    def answer(key: str, function: object, *arguments: object, then: Callable[[object], None], **_: object) -> None:
        asked.append((key, *arguments[1:]))
        then(told)

    monkeypatch.setattr(desk.tasks, "run", answer)
    compared: list[tuple[str, str, tuple[LabelChange, ...]]] = []
    view.keeping.compared.connect(lambda *facts: compared.append(facts))
    view.keeping._compare(next(model for model in installed_models(Progress()) if model.name == "mine"))
    assert asked == [("try model", "mine")]
    ((name, old, changes),) = compared
    assert (name, old) == ("mine", "lrs-stellar")
    assert [change.key for change in changes] == ["teff", "logg", "feh"]
    assert not any(change.is_noteworthy for change in changes)
