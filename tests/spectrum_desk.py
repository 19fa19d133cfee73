"""A desk with a star on it that is open and explained, without child processes; and a mouse for its plot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from explained_star import explained, star
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.inspection import Inspection
from stellarview.domain.prediction import Mixture, Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.what_if import WhatIf
from stellarview.engine.known import known_of
from stellarview.engine.pipe import Progress
from stellarview.session.session import Session, StarEntry
from stellarview.ui.choices import current_star
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Findings, Opened
from stellarview.ui.messages import Messages
from stellarview.ui.panels.spectrum import SpectrumPanel
from stellarview.ui.plot.screen import LineLabelItem
from stellarview.ui.workspace import Workspace

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class PatientTasks(QObject):
    """Runs nothing and remembers what was asked for."""

    busy_changed, progressed = Signal(bool), Signal(str, int, int)
    queue_changed, failed, broke = Signal(int), Signal(str, object), Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, dict[str, Any]] = {}

    def run(self, key: str, function: Callable[..., Any], *arguments: Any, **how: Any) -> None:
        self.asked[key] = {"function": function, "arguments": arguments, **how}
        self.queue_changed.emit(len(self.asked))

    def do(self, prefix: str) -> None:
        """Do now what was asked for last under such a key."""
        key = [key for key in self.asked if key.startswith(prefix)][-1]
        job = self.asked.pop(key)
        try:
            job["then"](job["function"](Progress(), *job["arguments"]))
        except StellarViewError as error:
            job["otherwise"](error)

    def cancel(self, key: str) -> None:
        self.asked.pop(key, None)

    def cancel_all(self, prefix: str = "") -> None:
        self.asked = {key: job for key, job in self.asked.items() if not key.startswith(prefix)}
        self.queue_changed.emit(len(self.asked))

    def keys(self) -> list[str]:
        return list(self.asked)


def prediction(teff: float = 5800.0) -> Prediction:
    return Prediction("toy", {"teff": Mixture(np.array([teff - 10.0, teff + 10.0]), np.full(2, 50.0))})


def what_if(edits: tuple[Edit, ...], teff: float) -> WhatIf:
    return WhatIf(edits, prediction(), prediction(teff))


def opened(*exposures: str) -> Opened:
    spectra: tuple[Spectrum, ...] = tuple(star(exposure=name) for name in exposures or ("coadd",))
    told = {"toy": prediction()}
    return Opened(spectra, Inspection(spectra[0], exposures, predictions=told, explained=explained()))


def desk_of_two() -> Desk:
    """Two stars; the first one is looked at, and open."""
    session = Session().with_stars([StarEntry("", "/x/one.fits"), StarEntry("", "/x/two.fits")])
    one = Desk(Workspace(session), Findings(), PatientTasks(), None, Messages(), None)  # type: ignore[arg-type]
    found = opened("coadd", "83555758")
    one.findings.open("1", found)
    one.findings.learn(known_of(session.stars[0], found.inspection, "done"))
    return one


@dataclass(frozen=True)
class Hand:
    """Moves a mouse over the plot of a panel, in the units of its axes."""

    panel: SpectrumPanel

    def pixel(self, plot: int, x: float, y: float) -> QPoint:
        box = self.panel.plot.canvas.plots[plot].box
        return QPoint(self.panel.plot.canvas.mapFromScene(box.mapViewToScene(QPointF(x, y))))

    def drag(self, plot: int, start: tuple[float, float], end: tuple[float, float], keys: Any = NONE) -> None:
        viewport = self.panel.plot.canvas.viewport()
        first, last = self.pixel(plot, *start), self.pixel(plot, *end)
        QTest.mouseMove(viewport, first)
        QTest.mousePress(viewport, LEFT, keys, first)
        for place in ((first + last) / 2, last):
            there = QPointF(viewport.mapToGlobal(place))
            move = QMouseEvent(QEvent.Type.MouseMove, QPointF(place), there, Qt.MouseButton.NoButton, LEFT, keys)
            QApplication.sendEvent(viewport, move)
        QTest.mouseRelease(viewport, LEFT, keys, last)

    def click(self, plot: int, pixel: QPointF) -> None:
        """At a pixel of the panel's box."""
        box, canvas = self.panel.plot.canvas.plots[plot].box, self.panel.plot.canvas
        QTest.mouseClick(canvas.viewport(), LEFT, pos=canvas.mapFromScene(box.mapToScene(pixel)))


def with_ghost(desk: Desk) -> None:
    """The second star is open, too."""
    desk.findings.open("2", replace(opened(), spectra=(star(-40.0),)))


def press(widget: QWidget, words: str) -> None:
    """The button of these words, with the mouse."""
    found = [one for one in widget.findChildren(QToolButton) if one.text().strip() == words and one.isVisible()]
    assert found, words
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def edits_of(desk: Desk) -> tuple[Edit, ...]:
    star = current_star(desk)
    return star.edits if star else ()


def names_in(panel: SpectrumPanel, plot: int = 0) -> LineLabelItem:
    (item,) = [one for one in panel.plot.canvas.plots[plot].shown_items() if isinstance(one, LineLabelItem)]
    return item
