"""Second part of a training: what the set is like for its parent, how grave that is, and what to do."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from stellarview.scene.marks import Role
from stellarview.training.verdicts import Severity, Verdict
from stellarview.ui.flow_layout import FlowLayout
from stellarview.ui.theme import theme_of
from stellarview.ui.training.draft import Draft
from stellarview.ui.training.histogram import LabelHistogram
from stellarview.ui.widgets import label, wrapped

# A sign, a word and a colour: none of them is needed to tell them apart.
_SIGNS: dict[Severity, tuple[str, str, Role]] = {
    "stop": ("■", "Stop", "first"),
    "warn": ("▲", "Look", "fifth"),
    "fine": ("●", "Fine", "third"),
}
_MOST_STARS = 12


class PreflightPart(QWidget):
    """Shows the last pre-flight, and nothing of an older set."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self._shown: object = self
        self.state = wrapped(label("", "State of the pre-flight"))
        self.rows = QWidget()
        self._grid = QGridLayout(self.rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(2, 1)
        self.pictures = QWidget()
        self._flow = FlowLayout(self.pictures)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 0, 0, 0)
        for widget in (self.state, self.rows, self.pictures):
            column.addWidget(widget)
        draft.changed.connect(self.show_draft)
        draft.progressed.connect(self._show_state)
        self.show_draft()

    def show_draft(self) -> None:
        """The verdicts, the gravest first, and a picture of each label."""
        self._show_state()
        found = self._draft.found
        if found is self._shown:
            return
        self._shown = found
        _empty(self._grid)
        _empty(self._flow)
        for row, verdict in enumerate(found.verdicts if found is not None else ()):
            self._add(row, verdict)
        for check in found.labels if found is not None else ():
            self._flow.addWidget(LabelHistogram(check))
        self.rows.setVisible(found is not None)
        self.pictures.setVisible(found is not None)

    def changeEvent(self, event: QEvent) -> None:
        """Other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._shown = self
            self.show_draft()

    def _show_state(self) -> None:
        draft = self._draft
        error = draft.error
        words = ""
        if draft.is_busy:
            words = draft.words or "In a moment…"
        elif error is not None:
            words = f"<b>{escape(error.what)}</b> {escape(error.why)} <i>{escape(error.what_to_do)}</i>"
        elif draft.is_stopped and draft.found is None:
            words = "Stopped before it was complete."
        elif draft.found is None:
            words = "Nothing is looked at yet: give spectra and labels."
        self.state.setText(words)
        self.state.setVisible(bool(words))

    def _add(self, row: int, verdict: Verdict) -> None:
        sign, word, role = _SIGNS[verdict.severity]
        colour = theme_of(self.palette()).roles[role]
        advice = f" <i>{escape(verdict.what_to_do)}</i>" if verdict.what_to_do else ""
        cells = (f'<span style="color:{colour}">{sign}</span>&nbsp;{word}', escape(verdict.topic))
        top = Qt.AlignmentFlag.AlignTop
        for place, text in enumerate((*cells, f"{escape(verdict.what)}{advice}")):
            cell = QLabel(text, textFormat=Qt.TextFormat.RichText, alignment=top)
            cell.setToolTip(_stars_words(verdict))
            if place == 2:
                wrapped(cell).setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            cell.setAccessibleName(f"{word}: {verdict.topic}")
            self._grid.addWidget(cell, row, place)


def _stars_words(verdict: Verdict) -> str:
    more = f"\nand {len(verdict.stars) - _MOST_STARS} more" if len(verdict.stars) > _MOST_STARS else ""
    return "\n".join(verdict.stars[:_MOST_STARS]) + more


def _empty(layout: QGridLayout | FlowLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
