"""Stars to label next: ranked with reasons, chosen in the table of stars, written to a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from known_stars import desk_of
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from stellarview.session.session import CatalogueValue
from stellarview.ui.desk import Desk
from stellarview.ui.messages import Messages
from stellarview.ui.training.label_next_view import LabelNextView


@pytest.fixture
def desk() -> Desk:
    """Four stars, of which the second has a value in a table."""
    one = desk_of()
    cast(SimpleNamespace, one).messages = Messages()
    value = CatalogueValue("teff", 4800.0)
    session = one.workspace.session.with_star("2", lambda star: replace(star, catalogue=(value,)))
    one.workspace.change("a value", session)
    return one


@pytest.fixture
def view(desk: Desk, qtbot: QtBot) -> LabelNextView:
    one = LabelNextView(desk)
    qtbot.addWidget(one)
    one.show()
    return one


def click(qtbot: QtBot, button: Any) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_stars_are_ranked_by_the_model_of_the_explained_label_with_reasons(
    qtbot: QtBot, view: LabelNextView
) -> None:
    assert view.model.currentData() == "toy-labels"
    assert not view.choose.isEnabled()
    click(qtbot, view.rank)
    assert sorted(one.star for one in view.found) == ["1", "3", "4"]  # the second needs no label
    assert view.table.item(0, 0).text() == f"star {view.found[0].star}"
    assert "disagree" in view.table.item(0, 2).text()
    view.leave.setChecked(False)
    view.count.setValue(2)
    click(qtbot, view.rank)
    assert len(view.found) == 2


def test_that_the_list_is_chosen_in_the_table_of_stars_and_written(
    qtbot: QtBot, desk: Desk, view: LabelNextView, tmp_path: Path
) -> None:
    click(qtbot, view.rank)
    click(qtbot, view.choose)
    assert set(desk.workspace.session.selected) == {"1", "3", "4"}
    desk.workspace.undo()
    assert desk.workspace.session.selected == ()
    view.write_list(tmp_path / "next.csv")
    head, *rows = (tmp_path / "next.csv").read_text(encoding="utf-8").splitlines()
    assert head == "star,file,row,label,disagreement,reason"
    assert len(rows) == 3
