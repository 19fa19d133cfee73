"""The small bar beside a stretch or a line that was pointed at: change it, or measure it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from stellarview.domain.edit import Edit, EditKind
from stellarview.domain.line_measurement import Profile
from stellarview.scene.regions import Region
from stellarview.ui.choices import WHAT_IF, change_star, current_star, put_edit
from stellarview.ui.desk import Desk
from stellarview.ui.measuring import measure
from stellarview.ui.widgets import button, label, named


@dataclass(frozen=True)
class Amount:
    """A kind of edit that has an amount: its slider from low to high in steps, where it begins, and its words."""

    kind: EditKind
    low: float
    high: float
    steps: int
    neutral: float
    text: Callable[[float], str]


AMOUNTS: dict[EditKind, Amount] = {
    "scale": Amount("scale", 0.0, 2.0, 100, 1.0, lambda value: f"depth × {value:.2f}"),
    "shift": Amount("shift", -300.0, 300.0, 600, 0.0, lambda value: f"{value:+.0f} km/s"),
}
PROFILES: tuple[tuple[Profile, str, str], ...] = (
    ("none", "Width", "Equivalent width between the ends, against the continuum beside them (absorption is positive)"),
    ("gaussian", "Gaussian", "Equivalent width, and a Gaussian fitted with its continuum"),
    ("voigt", "Voigt", "Equivalent width, and a Voigt profile fitted with its continuum"),
)
_gestures = itertools.count(1)


class RegionPopup(QFrame):
    """A child of the panel, over the plot. Esc takes back what its slider did; a click elsewhere leaves it so."""

    closed = Signal()

    def __init__(self, desk: Desk, parent: QWidget, focus_back: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._focus_back = desk, focus_back
        self.region: Region | None = None
        self._index: int | None = None
        self._kind: EditKind = "scale"
        self._merge = ""
        self._has_changed = False
        self._before: tuple[Edit, ...] = ()
        self.setObjectName("popup")
        self.setStyleSheet("#popup { background: palette(window); border: 1px solid palette(highlight); }")
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self, "Change or measure")
        self.title, self.words = label("", "What was chosen"), label("", "About it")
        self.slider = named(QSlider(Qt.Orientation.Horizontal), "Amount of the change", "Everything follows the slider")
        self.slider.setMinimumWidth(180)
        self.slider.valueChanged.connect(self._on_slide)
        self.slider.sliderPressed.connect(self._begin_gesture)
        self.amount = label("", "The amount")
        self._lay_out()
        self.hide()

    def show_region(self, region: Region, at: QPoint, index: int | None = None, kind: EditKind | None = None) -> None:
        """Offer what can be done; `index` is that of an edit which is to be changed."""
        self.region, self._index, self._has_changed = region, index, False
        self._before = self._edits
        self._begin_gesture()
        self.title.setText(f"<b>{region.name or 'Stretch'}</b>")
        self.words.setText("\n".join(region.words))
        self._sliders.hide()
        if kind in AMOUNTS:
            self._offer(kind)
        self._place(at)
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.hide()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """The keys go back to the plot, not to whatever Qt finds first."""
        super().hideEvent(event)
        self.closed.emit()
        self._focus_back.setFocus()

    def cancel(self) -> None:
        """As if it had never been opened."""
        if self._has_changed:
            while self._edits != self._before and self._desk.workspace.undo_words.startswith(WHAT_IF):
                self._desk.workspace.undo()
            change_star(self._desk, "what-if changes", lambda star: replace(star, edits=self._before))
        self.hide()

    @property
    def _edits(self) -> tuple[Edit, ...]:
        star = current_star(self._desk)
        return star.edits if star else ()

    def _lay_out(self) -> None:
        changes, fits = QHBoxLayout(), QHBoxLayout()
        changes.addWidget(button("Mask", "What if this were not there?", self._mask))
        changes.addWidget(button("Scale…", "Make it deeper or shallower", partial(self._offer, "scale")))
        changes.addWidget(button("Shift…", "Move it along the spectrum", partial(self._offer, "shift")))
        changes.addStretch(1)
        changes.addWidget(button("×", "Close (Esc takes the change back)", self.hide, is_flat=True))
        fits.addWidget(label("Measure:", "Measure"))
        for profile, words, tip in PROFILES:
            fits.addWidget(button(words, tip, partial(self._measure, profile)))
        fits.addStretch(1)
        self._sliders = QWidget()
        line = QHBoxLayout(self._sliders)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.slider)
        line.addWidget(self.amount)
        self.amount.setMinimumWidth(self.amount.fontMetrics().horizontalAdvance("depth × 0.00 "))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        for widget in (self.title, self.words):
            column.addWidget(widget)
        column.addLayout(changes)
        column.addWidget(self._sliders)
        column.addLayout(fits)

    def _place(self, at: QPoint) -> None:
        """Beside the place, within the panel."""
        self.adjustSize()
        panel, size = self.parentWidget(), self.sizeHint()
        room = panel.rect() if panel is not None else self.rect()
        left = min(max(at.x() + 12, 4), max(room.width() - size.width() - 4, 4))
        top = min(max(at.y() + 12, 4), max(room.height() - size.height() - 4, 4))
        self.setGeometry(left, top, size.width(), size.height())

    def _begin_gesture(self) -> None:
        """From here on steps belong together; before the slider was first moved, so does its begin."""
        self._merge = f"what if {next(_gestures)}"

    def _mask(self) -> None:
        self._put("mask", 0.0)
        self.hide()

    def _offer(self, kind: EditKind) -> None:
        """Show the slider, where the edit stands or where it changes nothing."""
        amount, edits = AMOUNTS[kind], self._edits
        now = amount.neutral
        if self._index is not None and self._index < len(edits) and edits[self._index].kind == kind:
            now = edits[self._index].amount
        self._kind = kind
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, amount.steps)
            self.slider.setValue(round((now - amount.low) / (amount.high - amount.low) * amount.steps))
        self.amount.setText(amount.text(now))
        self._sliders.show()
        self._place(self.pos() - QPoint(12, 12))
        self.slider.setFocus()

    def _on_slide(self, step: int) -> None:
        amount = AMOUNTS[self._kind]
        value = amount.low + (amount.high - amount.low) * step / amount.steps
        self.amount.setText(amount.text(value))
        self._put(self._kind, value)

    def _put(self, kind: EditKind, value: float) -> None:
        if self.region is not None:
            region = self.region
            edit = Edit(region.start_angstrom, region.stop_angstrom, kind, round(value, 3), region.name)
            self._index = put_edit(self._desk, self._index, edit, self._merge)
            self._has_changed = True

    def _measure(self, profile: Profile) -> None:
        if self.region is not None:
            measure(self._desk, self.region, profile)
        self.hide()
