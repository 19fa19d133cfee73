"""The strip over the plot that lists what-if changes, and says what they do to the label that is explained."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from stellarview.domain.edit import Edit
from stellarview.scene.layers.edits import edit_words
from stellarview.session.session import Session
from stellarview.ui.choices import clear_edits, remove_edit
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Opened
from stellarview.ui.flow_layout import FlowLayout
from stellarview.ui.occlusion import JOB
from stellarview.ui.widgets import button, label, named


class WhatIfStrip(QWidget):
    """One chip an edit: its words open it again, its cross takes it away. Nothing to say takes no room."""

    chosen = Signal(int)  # the index of an edit

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._edits: tuple[Edit, ...] = ()
        self._chips: list[QWidget] = []
        self._progress = ""
        self._row = FlowLayout(self)
        self._row.setContentsMargins(4, 0, 4, 2)
        self.title = label("What if:", "What-if changes", "Changes of the spectrum, and what they do to the prediction")
        self.clear = button("Clear all", "The spectrum as it is (Ctrl+Shift+E)", lambda: clear_edits(desk))
        self.told = label("", "What the changes do")
        self.map = label("", "Progress of the occlusion map")
        self.stop = button("Stop", "Stop the occlusion map", lambda: desk.tasks.cancel_all(JOB))
        for widget in (self.title, self.clear, self.told, self.map, self.stop):
            self._row.addWidget(widget)
        desk.tasks.progressed.connect(self._show_progress)
        desk.tasks.queue_changed.connect(self._show_map)
        self.refresh(desk.workspace.session, None)

    def refresh(self, session: Session, opened: Opened | None) -> None:
        """The edits of the current star, and what became of the label with them."""
        star = session.star(session.current)
        edits = star.edits if star else ()
        if edits != self._edits:
            self._edits = edits
            self._make_chips()
        for widget in (self.title, self.clear, self.told):
            widget.setVisible(bool(edits))
        words, tip, is_new = told_of(opened, edits, session.display.label)
        self.told.setText(words)
        self.told.setToolTip(tip)
        self.told.setEnabled(is_new)
        self._show_map()

    def _make_chips(self) -> None:
        """The layout has no insert: what follows the chips is put behind them again."""
        for chip in self._chips:
            self._row.removeWidget(chip)
            chip.deleteLater()
        self._chips = [self._chip(index, edit) for index, edit in enumerate(self._edits)]
        behind: tuple[QWidget, ...] = (self.clear, self.told, self.map, self.stop)
        for widget in behind:
            self._row.removeWidget(widget)
        for widget in (*self._chips, *behind):
            self._row.addWidget(widget)

    def _chip(self, index: int, edit: Edit) -> QWidget:
        chip = QWidget()
        row = QHBoxLayout(chip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        words = edit_words(edit) if edit.name else edit.words
        row.addWidget(button(words, f"{edit.words}. Press to change it", lambda: self.chosen.emit(index)))
        cross = named(QToolButton(), f"Remove {edit.words}", f"Remove: {edit.words}")
        cross.setText("×")
        cross.clicked.connect(partial(self._remove, index))
        row.addWidget(cross)
        return chip

    def _remove(self, index: int, *_: object) -> None:
        remove_edit(self._desk, index)

    def _show_progress(self, key: str, done: int, total: int) -> None:
        if key == JOB:
            self._progress = f": {done} of {total} windows"
            self._show_map()

    def _show_map(self, *_: object) -> None:
        is_mapping = JOB in self._desk.tasks.keys()  # noqa: SIM118  (no mapping)
        if not is_mapping:
            self._progress = ""
        self.map.setText(f"Occlusion map{self._progress}")
        self.map.setVisible(is_mapping)
        self.stop.setVisible(is_mapping)
        self.setVisible(is_mapping or bool(self._edits))


def told_of(opened: Opened | None, edits: tuple[Edit, ...], key: str) -> tuple[str, str, bool]:
    """What the model that tells the label says of the edits, what to know of it, and whether it is of these edits."""
    if not edits:
        return "", "", True
    answers = [one for one in opened.what_if.values() if key in one.keys] if opened else []
    if not answers:
        return "…", "On its way, or no model tells this label", False
    (answer, *_) = answers
    flags = f"  {'; '.join(answer.flags)}" if answer.flags else ""
    tip = "Before → after (change ± scatter of the members' own changes, change over the label's sigma)"
    return f"{answer.sentence(key)}{flags}", f"{tip}. Model: {answer.after.model}", answer.edits == edits
