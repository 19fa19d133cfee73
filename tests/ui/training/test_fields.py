"""A widget for every kind of setting, that holds what it was given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox
from pytestqt.qtbot import QtBot

from stellarview.training.form import FormField, Kind
from stellarview.training.tuning import TuningChoices, tuning_form
from stellarview.ui.training.fields import MAKERS, control_for


def test_that_every_kind_has_a_widget() -> None:
    assert set(MAKERS) == set(get_args(Kind))


@pytest.mark.parametrize("field", tuning_form(), ids=lambda field: field.name)
def test_that_a_default_comes_back_unchanged(qtbot: QtBot, field: FormField) -> None:
    control = control_for(field)
    qtbot.addWidget(control.widget)
    assert control.value() == field.default
    assert control.widget.toolTip() == field.help


def test_that_the_choices_are_made_of_their_controls() -> None:
    assert TuningChoices(**{field.name: field.default for field in tuning_form()}) == TuningChoices()


def test_that_zero_says_what_it_stands_for(qtbot: QtBot) -> None:
    told = {field.name: control_for(field).widget for field in tuning_form()}
    for name, words in (("batch", "automatic"), ("rate", "found by a test"), ("members", "as the parent")):
        spin = told[name]
        assert isinstance(spin, QSpinBox | QDoubleSpinBox)
        assert spin.text() == words


@pytest.mark.parametrize(("typed", "value"), [("0.0003", 0.0003), ("0.00001", 0.00001)])
def test_that_small_rates_can_be_typed(qtbot: QtBot, typed: str, value: float) -> None:
    (field,) = (field for field in tuning_form() if field.name == "rate")
    control = control_for(replace(field, zero=""))
    qtbot.addWidget(control.widget)
    control.widget.show()
    qtbot.keyClick(control.widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(control.widget, typed)
    qtbot.keyClick(control.widget, Qt.Key.Key_Return)
    told: Any = control.value()
    assert told == pytest.approx(value)
    assert isinstance(control.widget, QDoubleSpinBox)
    assert control.widget.text() == typed
