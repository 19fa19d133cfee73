"""Third part of a training: its parent and its choices, made of the dataclass that the run is written from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from stellarview.domain.labels import label_named
from stellarview.domain.model_card import ModelCard, is_model_name
from stellarview.training.preflight import Preflight
from stellarview.training.tuning import tuning_form
from stellarview.ui.training.columns_table import QuietCombo
from stellarview.ui.training.draft import Draft
from stellarview.ui.training.fields import Control, control_for
from stellarview.ui.widgets import label, named, switch, wrapped

_PARENT_TIP = "The model whose weights are the start; it stays as it is."
_SHARES = ("train", "validation", "test")
_SMALL = 0.92


class FormPart(QWidget):
    """All settings on one screen: the basic ones, and behind "Advanced" the rest."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self.parent_model = named(QuietCombo(), "Parent model", _PARENT_TIP)
        self.parent_model.activated.connect(lambda _: draft.choose_parent(str(self.parent_model.currentData())))
        self.about_parent = _help("")
        fields = tuning_form()
        self.controls: dict[str, Control] = {field.name: control_for(field) for field in fields}
        self.helps = {field.name: _help(field.help) for field in fields}
        self._words = {field.name: field.help for field in fields}
        self.advanced = switch("Advanced", "Show all settings, or those alone that everybody is asked")
        self.advanced.setAutoRaise(False)
        self._basic, self.rest = QWidget(), QWidget()
        basic = _grid(self._basic)
        self._add(basic, "parent model", self.parent_model, self.about_parent)
        rest = _grid(self.rest)
        for field in fields:
            where = basic if field.is_basic else rest
            self._add(where, field.text, self.controls[field.name].widget, self.helps[field.name])
            self.controls[field.name].changed.connect(lambda *_, name=field.name: self._changed(name))
        self.rest.hide()
        self.advanced.toggled.connect(self.rest.setVisible)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 0, 0, 0)
        for widget in (self._basic, self.advanced, self.rest):
            column.addWidget(widget)
        draft.changed.connect(self.show_draft)
        self.show_draft()

    def show_draft(self) -> None:
        """The choices as they are, and what they mean in stars."""
        self._show_parents()
        choices = self._draft.chosen.choices
        for name, control in self.controls.items():
            value = getattr(choices, name)
            if control.value() != value:
                with QSignalBlocker(control.widget):
                    control.show(value)
        for name in _SHARES:
            self.helps[name].setText(_share_words(self._words[name], name, self._draft.found))
        is_good = is_model_name(choices.name)
        self.helps["name"].setText(self._words["name"] if is_good else f"<b>Not a name.</b> {self._words['name']}")
        self.controls["architecture"].widget.setEnabled(choices.what == "from scratch")

    def _show_parents(self) -> None:
        models = self._draft.parents
        names = [(f"{one.name} ({one.card.instrument})" if one.card else one.name, one.name) for one in models]
        known = [
            (self.parent_model.itemText(k), self.parent_model.itemData(k)) for k in range(self.parent_model.count())
        ]
        if known != names:
            self.parent_model.clear()
            for text, name in names:
                self.parent_model.addItem(text, name)
        self.parent_model.setCurrentIndex(self.parent_model.findData(self._draft.parent_name))
        card = next((one.card for one in models if one.name == self._draft.parent_name), None)
        self.about_parent.setText(_about(card) if card is not None else "")

    def _add(self, grid: QGridLayout, text: str, widget: QWidget, words: QLabel) -> None:
        row = grid.rowCount()
        title = label(text[:1].upper() + text[1:], text, widget.toolTip())
        title.setBuddy(widget)
        for place, one in enumerate((title, widget, words)):
            grid.addWidget(one, row, place)

    def _changed(self, name: str) -> None:
        values: dict[str, Any] = {key: control.value() for key, control in self.controls.items()}
        if name in _SHARES:
            values |= _whole(values, name)
        self._draft.choose(replace(self._draft.chosen.choices, **values))


def _whole(values: dict[str, Any], changed: str) -> dict[str, float]:
    """The shares make up the whole: what one gains the test loses, and what the test gains training loses."""
    other = "train" if changed == "test" else "test"
    rest = 1.0 - sum(values[name] for name in _SHARES if name != other)
    return {other: round(max(rest, 0.0), 6)}


def _share_words(words: str, name: str, found: Preflight | None) -> str:
    if found is None:
        return words
    part = found.part(name)
    return f"<b>{part.stars:,} stars</b>, {part.spectra:,} spectra. {words}"


def _grid(widget: QWidget) -> QGridLayout:
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(3)
    for place, stretch in enumerate((0, 4, 7)):
        grid.setColumnStretch(place, stretch)
    letters = widget.fontMetrics().averageCharWidth()
    grid.setColumnMinimumWidth(0, 13 * letters)
    grid.setColumnMinimumWidth(1, 22 * letters)
    return grid


def _about(card: ModelCard) -> str:
    tells = ", ".join(label_named(label.key).text for label in card.labels) or ", ".join(card.classes)
    return f"{card.about}. {card.architecture} x {card.members}; tells {tells}."


def _help(words: str) -> QLabel:
    text = wrapped(QLabel(words))
    font = text.font()
    font.setPointSizeF(font.pointSizeF() * _SMALL)
    text.setFont(font)
    return text
