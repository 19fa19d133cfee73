"""A question asked once, in the page itself: what cannot be undone at a click is not done at one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit

from stellarview.ui.widgets import button, named


class AskBar(QFrame):
    """Hidden until something is asked; Esc says no."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("askBar")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("Question")
        self.words = QLabel(wordWrap=True)
        self.name = named(QLineEdit(), "Name", "Small letters, digits, '-', '.' and '_'")
        self.name.setMinimumWidth(160)
        self.option = named(QCheckBox(), "Option")
        self.yes = button("Yes", "Do it", self._say_yes)
        self.no = button("No", "Leave it as it is (Esc)", self.hide, is_flat=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 4, 4)
        row.addWidget(self.words, 1)
        for widget in (self.name, self.option, self.yes, self.no):
            row.addWidget(widget)
        self.name.returnPressed.connect(self._say_yes)
        self._act: Callable[[], None] = self.hide
        self.hide()

    def ask(self, words: str, yes: str, act: Callable[[], None]) -> None:
        """Yes or no."""
        self._show(words, yes, act)
        self.yes.setFocus()

    def ask_name(self, words: str, yes: str, name: str, act: Callable[[], None], option: str = "") -> None:
        """A name, and perhaps a box to tick; `act` reads them here."""
        self._show(words, yes, act)
        self.name.setText(name)
        self.name.show()
        self.option.setChecked(False)
        self.option.setText(option)
        self.option.setAccessibleName(option)
        self.option.setVisible(bool(option))
        self.name.setFocus()
        self.name.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _show(self, words: str, yes: str, act: Callable[[], None]) -> None:
        self.words.setText(words)
        self.yes.setText(yes)
        self.yes.setAccessibleName(yes)
        self.name.hide()
        self.option.hide()
        self._act = act
        self.show()

    def _say_yes(self) -> None:
        self.hide()
        self._act()
