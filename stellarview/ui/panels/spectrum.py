"""The spectrum in the middle of the window: flux coloured by what networks looked at, saliency under it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from stellarview.scene.inspect import build_inspect_scene
from stellarview.scene.readout import readout
from stellarview.scene.shown import SpectrumChoices, SpectrumView
from stellarview.session.session import Display, Session
from stellarview.spectrum_view import inspect_view
from stellarview.ui.desk import Desk
from stellarview.ui.plot.view import SceneView
from stellarview.ui.widgets import label


class SpectrumPanel(QWidget):
    """Shows the current star, anew whenever something about it changes; several changes at once are one drawing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.plot = SceneView(link_x=False, crosshair=True)
        self.readout = label(" ", "Under the crosshair")
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(self.plot, 1)
        column.addWidget(self.readout)
        self._view: SpectrumView | None = None
        self._shown_key = ""
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.draw)
        desk.workspace.changed.connect(self._session_changed)
        desk.findings.opened_changed.connect(self._star_changed)
        self.plot.hovered.connect(self._tell)

    def draw(self) -> None:
        """The current star as it is known now."""
        session = self._desk.workspace.session
        opened = self._desk.findings.opened(session.current)
        if opened is None:
            return
        ghost = self._desk.findings.opened(session.ghost) if session.ghost else None
        star = session.star(session.current)
        self._view = inspect_view(
            opened.spectrum,
            choices_of(session.display),
            explained=opened.inspection.explained,
            physics=opened.inspection.physics,
            ghost=ghost.spectrum if ghost else None,
            edits=star.edits if star else (),
            is_waiting=opened.inspection.explained is None,
        )
        self.plot.set_scene(build_inspect_scene(self._view), keep_range=session.current == self._shown_key)
        self._shown_key = session.current

    def _session_changed(self, before: Session, now: Session) -> None:
        if before != now:
            self._soon.start()

    def _star_changed(self, key: str) -> None:
        if key in (self._desk.workspace.session.current, self._desk.workspace.session.ghost):
            self._soon.start()

    def _tell(self, panel: int, x: float, _: float) -> None:
        self.readout.setText(readout(self._view, panel, x) if self._view is not None else " ")


def choices_of(display: Display) -> SpectrumChoices:
    """The session's words in those of the scene."""
    return SpectrumChoices(
        display.flux, display.x_unit, display.medium, display.frame, display.smoothing_pixels, display.layers,
        display.elements, display.arms,
    )  # fmt: skip
