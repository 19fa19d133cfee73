"""Widgets for the kinds of settings; `MAKERS` is the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from stellarview.training.form import FormField, Kind
from stellarview.ui.training.columns_table import QuietCombo
from stellarview.ui.widgets import named

_LARGEST = 2_000_000_000
_AS_PARENT = "as the parent"


@dataclass(frozen=True, eq=False)
class Control:
    """A widget that holds the value of one setting."""

    widget: QWidget
    value: Callable[[], Any]
    show: Callable[[Any], None]
    changed: Any  # the signal of its widget


def control_for(field: FormField) -> Control:
    """The widget of this kind, with its words."""
    control = MAKERS[field.kind](field)
    named(control.widget, field.text, field.help)
    control.show(field.default)
    return control


class _WholeNumber(QSpinBox):
    """Turned by keys and arrows; the wheel scrolls the form."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _Number(QDoubleSpinBox):
    """As many digits as the number has."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def textFromValue(self, value: float) -> str:
        return f"{value:.6f}".rstrip("0").rstrip(".")


def _choice(field: FormField) -> Control:
    combo = QuietCombo()
    for one in dict.fromkeys((*(() if field.default in field.choices else (field.default,)), *field.choices)):
        combo.addItem(one.replace("_", " ") or _AS_PARENT, one)
    return Control(
        combo, combo.currentData, lambda value: combo.setCurrentIndex(combo.findData(value)), combo.activated
    )


def _whole_number(field: FormField) -> Control:
    spin = _WholeNumber()
    spin.setRange(int(field.low or 0), int(field.high if field.high is not None else _LARGEST))
    spin.setSpecialValueText(field.zero)
    spin.setGroupSeparatorShown(True)
    return Control(spin, spin.value, spin.setValue, spin.valueChanged)


def _number(field: FormField) -> Control:
    spin = _Number()
    spin.setLocale(QLocale.c())  # or a comma would be wanted where a point stands
    spin.setDecimals(6)
    spin.setRange(float(field.low or 0.0), float(field.high if field.high is not None else _LARGEST))
    spin.setSingleStep(0.05 if field.high is not None and field.high <= 1 and not field.zero else 0.0001)
    spin.setSpecialValueText(field.zero)
    return Control(spin, spin.value, spin.setValue, spin.valueChanged)


def _text(field: FormField) -> Control:
    edit = QLineEdit()
    return Control(edit, lambda: edit.text().strip(), edit.setText, edit.textChanged)


def _switch(field: FormField) -> Control:
    box = QCheckBox()
    return Control(box, box.isChecked, box.setChecked, box.toggled)


def _list(field: FormField) -> Control:
    edit = QLineEdit()
    edit.setPlaceholderText("all")
    return Control(
        edit,
        lambda: tuple(word for word in edit.text().replace(",", " ").split()),
        lambda value: edit.setText(", ".join(value)),
        edit.textChanged,
    )


def _table(field: FormField) -> Control:
    """Such a setting has no form; it is shown as it is in the file, to be changed there."""
    edit = QLineEdit()
    edit.setReadOnly(True)
    edit.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return Control(edit, lambda: field.default, lambda value: edit.setText(str(value)), edit.editingFinished)


MAKERS: dict[Kind, Callable[[FormField], Control]] = {
    "choice": _choice,
    "whole number": _whole_number,
    "number": _number,
    "text": _text,
    "switch": _switch,
    "list": _list,
    "table": _table,
}
