"""The panel of the HR diagram: the stars among isochrones, and in words what follows for the current one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QPolygonF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.placement import Placement
from stellarview.engine.curves import Curves, Wanted
from stellarview.engine.jobs import isochrones
from stellarview.scene.marks import PointsMark
from stellarview.scene.placed import placed_text
from stellarview.session.session import HrChoices, Session
from stellarview.ui.desk import Desk
from stellarview.ui.panels.hr_controls import HrControls
from stellarview.ui.panels.hr_scene import (
    Places,
    hr_scene_of,
    placed_prediction,
    places_of,
    wanted_curves,
    why_not_placed,
)
from stellarview.ui.plot.view import TitleLine
from stellarview.ui.quiet_plot import QuietPlot
from stellarview.ui.turns import Turn
from stellarview.ui.widgets import label

_CURVES, _PLACE = "isochrones", "place-in-grid"
# A thousand stars come in over a minute: nobody sees each of their points arrive.
_GATHER_MS = 400
_DOUBT = "color: #d9480f; font-weight: 600"
# Where the plot is lower than this, there is no room for the age's PDF under it.
_ROOM_FOR_AGE = 380


class HrPanel(QWidget):
    """Points are drawn from what is known at once; curves come from the child process, the newest wanted ones last."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._curves: Curves | None = None
        self._complaint, self._had_room = "", False
        self._asked: Wanted | None = None
        self._placed_in: dict[tuple[str, str], Placement] = {}
        self.places = Places()
        self.controls, self.content = HrControls(), QuietPlot(title=False)
        self.verdict, self.summary, self.note = _line("Doubt"), _line("Placement"), TitleLine(self)
        self.verdict.setStyleSheet(_DOUBT)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(2)
        for widget in (self.controls, self.content, self.verdict, self.summary, self.note):
            column.addWidget(widget, int(widget is self.content))
        self._soon = Turn(self, self.draw)
        self._gathering = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gathering.timeout.connect(self._soon.start)
        self._connect()
        self._soon.start()

    def draw(self) -> None:
        """What is known now; nothing while nobody can see it."""
        if not self.isVisible():
            return
        session, findings = self._desk.workspace.session, self._desk.findings
        wanted = wanted_curves(session, findings)
        self._ask(wanted)
        self.controls.show_choices(session.hr, wanted, self._curves)
        placements = self._placements(session)
        self.places = places_of(session, findings, placements)
        if session.stars and (self._curves is not None or self._complaint or self.places.keys):
            scene = hr_scene_of(session, findings, self._curves, self.places, placements)
            self._had_room = self._has_room
            panels = scene.panels if self._had_room else scene.panels[:1]
            self.content.show_scene(replace(scene, panels=panels), keep_range=True)
        else:
            self.content.say("…" if session.stars else "No star yet: open a spectrum.")
        self._tell(session, placements.get(session.current))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was missed."""
        super().showEvent(event)
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room may be room for the age."""
        super().resizeEvent(event)
        if self._has_room != self._had_room:
            self._soon.start()

    @property
    def _has_room(self) -> bool:
        return self.content.height() >= _ROOM_FOR_AGE

    def _connect(self) -> None:
        self.controls.wanted.connect(self._choose)
        self.controls.lasso_wanted.connect(lambda is_on: self.content.plot.set_mode("lasso" if is_on else "pan"))
        self.content.plot.point_clicked.connect(self._go_to)
        self.content.plot.lassoed.connect(self._select)
        self._desk.workspace.changed.connect(self._session_changed)
        self._desk.findings.found.connect(self._rows_changed)
        self._desk.findings.opened_changed.connect(self._star_changed)

    def _session_changed(self, before: Session, now: Session) -> None:
        if any(getattr(before, name) != getattr(now, name) for name in ("stars", "current", "selected", "hr")):
            self._soon.start()

    def _rows_changed(self, keys: set[str]) -> None:
        """Of the star that is looked at at once; points of others may come in together."""
        if self._desk.workspace.session.current in keys:
            self._soon.start()
        elif not self._gathering.isActive():
            self._gathering.start()

    def _star_changed(self, key: str) -> None:
        if key == self._desk.workspace.session.current:
            self._soon.start()

    # Curves and placements come from the child process.

    def _ask(self, wanted: Wanted) -> None:
        """One question at a time: a slider that never rests still sees its curves move."""
        busy = self._desk.tasks.keys()
        if wanted == self._asked or _CURVES in busy:
            return
        self._asked = wanted
        self._desk.tasks.run(
            _CURVES, isochrones.curves, wanted, then=self._got_curves, otherwise=self._refused, urgency="now"
        )

    def _got_curves(self, curves: Curves) -> None:
        self._curves, self._complaint = curves, ""
        self._soon.start()

    def _refused(self, error: StellarViewError) -> None:
        self._curves = None
        self._complaint = f"{error.what} {error.what_to_do}"
        self._soon.start()

    def _placements(self, session: Session) -> dict[str, Placement]:
        """Of the stars that were looked at, in the grid that is shown."""
        placements = {}
        for star in session.stars:
            opened = self._desk.findings.opened(star.key)
            placed = None if opened is None else opened.inspection.placement
            if placed is None or placed_prediction(self._desk.findings.known(star.key)) is None:
                continue
            if session.hr.grid not in ("", placed.grid):
                self._place_in(star.key, session.hr.grid)
                placed = self._placed_in.get((star.key, session.hr.grid))
            if placed is not None:
                placements[star.key] = placed
        return placements

    def _place_in(self, key: str, grid: str) -> None:
        told = placed_prediction(self._desk.findings.known(key))
        job, busy = f"{_PLACE} {key}", self._desk.tasks.keys()
        if told is None or (key, grid) in self._placed_in or job in busy:
            return

        def keep(placement: Placement) -> None:
            self._placed_in[key, grid] = placement
            self._soon.start()

        self._desk.tasks.run(job, isochrones.place_in, told, grid, then=keep, otherwise=self._refused)

    # What is said and what is chosen.

    def _tell(self, session: Session, placement: Placement | None) -> None:
        known = self._desk.findings.known(session.current)
        if not session.current:
            doubt, words = "", ""
        elif placed_prediction(known) is None:
            doubt, words = "", why_not_placed(known)
        elif placement is None:
            doubt, words = "", "The star is being placed…"
        else:
            doubt = " ".join(placement.verdicts)
            words = "" if placement.shortfall else placed_text(placement)
            self.summary.setToolTip("\n".join((f"Isochrones: {placement.grid}", *placement.notes)))
        _say(self.verdict, doubt)
        _say(self.summary, words)
        self.summary.setEnabled(placement is None or placement.is_on_grid)
        about_curves = self._curves.note if self._curves is not None else self._complaint
        note = " ".join(filter(None, (about_curves, *(placement.notes if placement is not None else ()))))
        _say(self.note, note)
        self.note.setToolTip(note)

    def _choose(self, words: str, choices: HrChoices) -> None:
        workspace = self._desk.workspace
        workspace.change(words, replace(workspace.session, hr=choices), merge=words)

    def _go_to(self, _: int, mark: PointsMark, index: int) -> None:
        key = self.places.nearest(float(mark.x[index]), float(mark.y[index]))
        if key:
            workspace = self._desk.workspace
            workspace.change("choice of stars", replace(workspace.session, current=key, selected=()), merge="choice")

    def _select(self, _: int, xs: FloatArray, ys: FloatArray) -> None:
        """The stars within the line; then the mouse moves the diagram again."""
        outline = QPolygonF([QPointF(x, y) for x, y in zip(xs, ys, strict=True)])
        at = zip(self.places.keys, self.places.teff_k, self.places.height, strict=True)
        rule = Qt.FillRule.WindingFill
        keys = tuple(key for key, x, y in at if outline.containsPoint(QPointF(float(x), float(y)), rule))
        self.controls.lasso.setChecked(False)
        workspace = self._desk.workspace
        if keys:
            current = workspace.session.current if workspace.session.current in keys else keys[0]
            selected = keys if len(keys) > 1 else ()
            workspace.change("choice of stars", replace(workspace.session, current=current, selected=selected))


def _line(name: str) -> QLabel:
    one = label("", name)
    one.setWordWrap(True)
    one.setContentsMargins(8, 0, 4, 0)
    one.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    one.hide()
    return one


def _say(line: QLabel, words: str) -> None:
    line.setText(words)
    line.setVisible(bool(words))
