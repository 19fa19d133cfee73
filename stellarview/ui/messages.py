"""What went wrong, shown where it disturbs nobody: a bar with what happened, why, and what to do."""

from __future__ import annotations

import sys
import traceback
from html import escape
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from stellarview.domain.errors import StellarViewError
from stellarview.ui.widgets import button

_MOST_KEPT = 100
_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded


class Messages(QObject):
    """Collects what is to be said; the bar shows the last of it."""

    said = Signal(str, str)  # text, details

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.log: list[str] = []

    def tell(self, words: str, details: str = "") -> None:
        """Something the user should know."""
        self.log = [*self.log[1 - _MOST_KEPT :], f"{words}\n{details}".strip()]
        self.said.emit(words, details)

    def tell_place(self, words: str, path: Path) -> None:
        """Something was written: where, with a link to its folder."""
        folder = QUrl.fromLocalFile(str(path if path.is_dir() else path.parent)).toString(_ENCODED)
        self.tell(f'{escape(words)} <a href="{escape(folder)}">Show folder</a>', f"{words}\n{path}")

    def tell_error(self, error: StellarViewError) -> None:
        """Something went wrong that the user can act on."""
        what, why, what_to_do = map(escape, (error.what, error.why, error.what_to_do))
        self.tell(f"<b>{what}</b> {why} <i>{what_to_do}</i>", str(error))

    def tell_bug(self, trace: str) -> None:
        """Something went wrong that is our fault."""
        last = trace.strip().splitlines()[-1] if trace.strip() else "unknown"
        words = "<b>StellarView made a mistake.</b> Your session is safe. Please report it with the copied details."
        self.tell(f"{words} <i>{escape(last)}</i>", trace)

    def own_excepthook(self) -> None:
        """Exceptions in slots end here; without, Qt prints them and the program goes on as if nothing were."""

        def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if isinstance(error, StellarViewError):
                self.tell_error(error)
            else:
                text = "".join(traceback.format_exception(kind, error, trace))
                sys.stderr.write(text)
                self.tell_bug(text)

        sys.excepthook = hook


class MessageBar(QFrame):
    """One line over the window's content, gone with a click or the next message."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("Message")
        self._details = ""
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self._text.setAccessibleName("What the message says")
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._text.setOpenExternalLinks(True)
        copy = button("Copy details", "Copy the whole message", self._copy, is_flat=True)
        close = button("Close", "Close the message (Esc)", self.hide, is_flat=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 4, 4)
        for widget in (self._text, copy, close):
            row.addWidget(widget)
        self.hide()
        messages.said.connect(self._show)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def _show(self, words: str, details: str) -> None:
        self._text.setText(words)
        self._details = details or words
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
