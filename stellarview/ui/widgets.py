"""Small widgets with their words: each has a tooltip, and a name for those who hear the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


def named(widget: AnyWidget, name: str, tip: str = "") -> AnyWidget:
    """The widget with its name and tooltip."""
    widget.setAccessibleName(name)
    widget.setToolTip(tip)
    return widget


def label(text: str, name: str, tip: str = "") -> QLabel:
    """Words on the screen."""
    return named(QLabel(text), name, tip)


def wrapped(text: QLabel) -> QLabel:
    """The words as wide as there is room, in as many lines as that takes."""
    text.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)  # or the label would keep room for more lines than it has
    text.setSizePolicy(policy)
    return text


def switch(text: str, tip: str) -> QToolButton:
    """A flat button that stays down."""
    one = named(QToolButton(), text, tip)
    one.setText(text)
    one.setCheckable(True)
    one.setAutoRaise(True)
    return one


def button(text: str, tip: str, act: Callable[[], object], *, is_flat: bool = False) -> QToolButton:
    """A button with a word on it."""
    one = named(QToolButton(), text, tip)
    one.setText(text)
    one.setAutoRaise(is_flat)
    one.clicked.connect(lambda *_: act())
    return one
