"""What a new user should try first: three hints, one after the other, that go away for good."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from stellarview.ui.preferences import Preferences
from stellarview.ui.widgets import button, named

HINTS = (
    "<b>1</b>&nbsp; Drop a spectrum, a folder or a list on the window.",
    "<b>2</b>&nbsp; Click a parameter to see which lines drive it.",
    "<b>3</b>&nbsp; Drag over a line: what if it were not there?",
)


class HintBar(QFrame):
    """One hint at a time, over the window's content; how far it got is a setting."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("hintBar")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName("Hint for the first steps")
        self._preferences = preferences
        self._text = named(QLabel(textFormat=Qt.TextFormat.RichText), "Hint")
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.next = button("Next", "The next hint", self._go_on)
        self.never = button("Do not show again", "No more hints", self._end, is_flat=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 4, 4)
        for widget in (self._text, self.next, self.never):
            row.addWidget(widget)
        for one in (self.next, self.never):
            one.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        preferences.changed.connect(lambda _: self._show())
        self._show()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def _show(self) -> None:
        settings = self._preferences.settings
        is_over = settings.hint_done or settings.hint_step >= len(HINTS)
        self.setVisible(not is_over)
        if not is_over:
            is_last = settings.hint_step == len(HINTS) - 1
            self._text.setText(HINTS[settings.hint_step])
            self.next.setText("Done" if is_last else "Next")
            self.next.setAccessibleName(self.next.text())
            self.never.setVisible(not is_last)

    def _go_on(self) -> None:
        step = self._preferences.settings.hint_step + 1
        self._preferences.change(hint_step=step, hint_done=step >= len(HINTS))

    def _end(self) -> None:
        self._preferences.change(hint_done=True)
