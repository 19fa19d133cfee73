"""The spectrum in the middle of the window: tools, flux coloured by what networks looked at, what-ifs, readout."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stellarview.scene.inspect import build_inspect_scene, build_overview, layout, names_between
from stellarview.scene.marks import CurveMark, LineLabelMark, Scene, SpanMark
from stellarview.scene.readout import readout
from stellarview.scene.regions import Region, region_between, region_of_line
from stellarview.scene.shown import SpectrumChoices, SpectrumView
from stellarview.session.session import Display, Session
from stellarview.spectrum_view import inspect_view
from stellarview.ui.companion import Companion
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Opened
from stellarview.ui.panels.region_popup import RegionPopup
from stellarview.ui.panels.spectrum_bar import SpectrumBar
from stellarview.ui.panels.spectrum_menus import name_of
from stellarview.ui.panels.what_if_strip import WhatIfStrip
from stellarview.ui.plot.overview import OverviewBar
from stellarview.ui.plot.view import SceneView, TitleLine
from stellarview.ui.turns import Turn

# Names of lines are laid out anew when a zoom rests for so long.
_REST_MS = 40
# Jobs of the inspector that end with an explanation.
_ON_THE_WAY = {"open", "velocity", "inspect", "explain"}


class SpectrumPanel(QWidget):
    """Shows the current star, anew whenever something about it changes; several changes at once are one drawing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.plot = SceneView(link_x=False, crosshair=True)
        self.bar = SpectrumBar(desk, home=self.plot.home, back=self.plot.back)
        self.strip = WhatIfStrip(desk)
        self.overviews: list[OverviewBar] = []
        self._overview_row = QHBoxLayout()
        self.readout = TitleLine(self)
        self.readout.setAccessibleName("Under the crosshair")
        font = QFont()
        font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width: numbers must not dance under a moving mouse
        self.readout.setFont(font)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(2)
        for widget in (self.bar, self.strip):
            column.addWidget(widget)
        column.addWidget(self.plot, 1)
        column.addLayout(self._overview_row)
        column.addWidget(self.readout)
        self.popup = RegionPopup(desk, self, self.plot)
        self._companion = Companion(desk, self)
        self._view: SpectrumView | None = None
        self._shown_key = ""
        self._drawn: object = None
        self._soon = Turn(self, self.draw)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        desk, plot = self._desk, self.plot
        self._rest.timeout.connect(self._name_lines)
        self._rest.timeout.connect(self._align_overviews)
        desk.workspace.changed.connect(self._session_changed)
        desk.findings.opened_changed.connect(self._star_changed)
        desk.findings.found.connect(self._learned)
        plot.hovered.connect(self._tell)
        plot.range_changed.connect(self._rest.start)
        plot.region_selected.connect(self._offer_stretch)
        plot.line_clicked.connect(self._offer_line)
        plot.clicked.connect(lambda *_: self.popup.hide())
        self.popup.closed.connect(self._soon.start)
        self.strip.chosen.connect(self._offer_edit)

    def draw(self) -> None:
        """The current star as it is known now."""
        self.refresh()
        session = self._desk.workspace.session
        opened = self._desk.findings.opened(session.current)
        if opened is None:
            self._show_nothing(session)
            return
        is_other = session.current != self._shown_key
        if is_other:
            self.popup.hide()
        asked = self._asked(session, opened)
        wish = (session.current, opened.spectrum, session.display, asked, self._region)
        if wish == self._drawn:  # something else about the star changed: what is said in the strip, for example
            return
        self._drawn = wish
        zoomed = {} if is_other else self._zoomed()
        self._view = inspect_view(opened.spectrum, choices_of(session.display), **asked)
        self.plot.set_scene(self._with_region(build_inspect_scene(self._view)), keep_range=not is_other)
        self._zoom_again(zoomed)
        self._show_overviews(self._view)
        self._name_lines()
        self._rest.start()
        self._shown_key = session.current

    @property
    def _region(self) -> Region | None:
        """What the popup is about."""
        return self.popup.region if self.popup.isVisible() else None

    def _asked(self, session: Session, opened: Opened) -> dict[str, Any]:
        """What is to be seen besides the spectrum itself."""
        second = self._desk.findings.opened(session.ghost) if session.ghost not in ("", session.current) else None
        star, occlusion = session.star(session.current), opened.occlusion
        is_of_label = occlusion is not None and occlusion.label_key == session.display.label
        return {
            "explained": opened.inspection.explained,
            "physics": opened.inspection.physics,
            "ghost": second.spectrum if second else None,
            "ghost_name": name_of(self._desk, session.ghost) if second else "",
            "edits": star.edits if star else (),
            "is_waiting": not _ON_THE_WAY.isdisjoint(self._desk.tasks.keys()),
            "measured": star.measured if star else (),
            "occlusion": occlusion if is_of_label else None,
        }

    def _show_nothing(self, session: Session) -> None:
        """The star before stays until the next one is read; what cannot be read is said in its place."""
        error = self._desk.findings.known(session.current).error
        if error is None and session.current:
            return
        self._view, self._shown_key, self._drawn = None, "", None
        self.popup.hide()
        self.plot.set_scene(Scene((), f"{error.what} {error.why} {error.what_to_do}" if error else "", ""))
        for bar in self.overviews:
            bar.hide()
        self.readout.setText("")

    def _zoomed(self) -> dict[str, tuple[float, float]]:
        """What the user has zoomed to along x, by arm."""
        panels = layout(self._view) if self._view is not None else []
        ranges = zip(panels, self.plot.ranges(), self.plot.home_ranges(), strict=False)
        return {arm.arm.name: seen[0] for (arm, kind), seen, home in ranges if kind == "flux" and seen[0] != home[0]}

    def _zoom_again(self, seen: dict[str, tuple[float, float]]) -> None:
        """A scene with one strip more is another one to the plot, but not to the user."""
        panels = layout(self._view) if self._view is not None else []
        for index, (arm, kind) in enumerate(panels):
            is_home = self.plot.ranges()[index][0] == self.plot.home_ranges()[index][0]
            if kind == "flux" and arm.arm.name in seen and is_home:
                self.plot.set_x_range(*seen[arm.arm.name], index)

    def refresh(self) -> None:
        """What stands around the plot."""
        session = self._desk.workspace.session
        opened = self._desk.findings.opened(session.current)
        self.bar.refresh(session, opened)
        self.strip.refresh(session, opened)
        if self.plot.mode != session.display.tool:
            self.plot.set_mode(session.display.tool)

    def offer_sight(self) -> None:
        """What is in sight of the first panel, to be changed or measured: the way without a mouse."""
        if self._view is not None and self.plot.ranges():
            self._offer_stretch(0, *self.plot.ranges()[0][0])

    def _show_overviews(self, view: SpectrumView) -> None:
        """One under each column; arms below each other have no axis in common that could be dragged."""
        is_shown = view.columns == len(view.arms)
        panels = build_overview(view).panels if is_shown else ()
        while len(self.overviews) < len(panels):
            bar = OverviewBar()
            self._overview_row.addWidget(bar)
            bar.link(self.plot, len(self.overviews))
            self.overviews.append(bar)
        for index, bar in enumerate(self.overviews):
            bar.setVisible(index < len(panels))
            if index < len(panels):
                (curve,) = (mark for mark in panels[index].marks if isinstance(mark, CurveMark))
                bar.set_curve(np.asarray(curve.x), np.asarray(curve.y))

    def _align_overviews(self) -> None:
        """Each overview begins and ends where the axes over it do."""
        count = sum(bar.isVisible() for bar in self.overviews)
        boxes = [plot.box.sceneBoundingRect() for plot in self.plot.canvas.plots[:count]]
        if not boxes:
            return
        left, right = round(boxes[0].left()), round(self.plot.canvas.width() - boxes[-1].right())
        self._overview_row.setContentsMargins(max(left, 0), 0, max(right, 0), 0)
        self._overview_row.setSpacing(round(boxes[1].left() - boxes[0].right()) if count > 1 else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rest.start()

    def _name_lines(self) -> None:
        """More names where less of the spectrum is in sight."""
        if self._view is None or self.plot.scene is None:
            return
        for panel, (seen, home) in enumerate(zip(self.plot.ranges(), self.plot.home_ranges(), strict=True)):
            if layout(self._view)[panel][1] == "flux" and panel < len(self.plot.scene.panels):
                marks = self.plot.scene.panels[panel].marks
                usual = tuple(mark for mark in marks if isinstance(mark, LineLabelMark))
                self.plot.set_names(panel, usual if seen[0] == home[0] else names_between(self._view, panel, seen[0]))

    def _with_region(self, scene: Scene) -> Scene:
        """With the stretch that the popup is about."""
        region = self._region
        if region is None or self._view is None:
            return scene
        ends = np.array([region.start_angstrom, region.stop_angstrom])
        low, high = self._view.axis.place(ends, "vacuum", "rest").tolist()
        span = SpanMark(low, high, "label", region.name)
        panels = [
            replace(panel, marks=(span, *panel.marks)) if kind == "flux" and _meets(arm.x_limits, low, high) else panel
            for panel, (arm, kind) in zip(scene.panels, layout(self._view), strict=True)
        ]
        return replace(scene, panels=tuple(panels))

    def _session_changed(self, before: Session, now: Session) -> None:
        if before != now:
            self._soon.start()

    def _star_changed(self, key: str) -> None:
        if key in (self._desk.workspace.session.current, self._desk.workspace.session.ghost):
            self._soon.start()

    def _learned(self, keys: set[str]) -> None:
        if self._desk.workspace.session.current in keys:
            self._soon.start()

    def _tell(self, panel: int, x: float, _: float) -> None:
        known = self._view is not None and panel < len(layout(self._view))
        self.readout.setText(readout(self._view, panel, x) if known and self._view is not None else " ")

    def _offer_stretch(self, panel: int, x0: float, x1: float) -> None:
        if self._view is not None:
            self._offer(region_between(self._view, x0, x1), panel, max(x0, x1))

    def _offer_line(self, mark: LineLabelMark) -> None:
        region = region_of_line(self._view, mark) if self._view is not None else None
        if region is not None:
            self._offer(region, self._panel_at(mark.x), mark.x)

    def _offer_edit(self, index: int) -> None:
        star = self._desk.workspace.session.star(self._desk.workspace.session.current)
        is_shown = self._shown_key == self._desk.workspace.session.current
        if star is None or index >= len(star.edits) or self._view is None or not is_shown:
            return
        edit = star.edits[index]
        ends = np.array([edit.start_angstrom, edit.stop_angstrom])
        region = region_between(self._view, *self._view.axis.place(ends, "vacuum", "rest").tolist())
        x = float(self._view.axis.place(ends, "vacuum", "rest")[1])
        place = self._at(self._panel_at(x), x)
        self.popup.show_region(replace(region, name=edit.name), place, index, edit.kind)
        self._soon.start()

    def _offer(self, region: Region, panel: int, x: float) -> None:
        if self._shown_key != self._desk.workspace.session.current:
            return  # the next star is on its way: changes would be its
        self.popup.show_region(region, self._at(panel, x))
        self._soon.start()

    def _panel_at(self, x: float) -> int:
        panels = layout(self._view) if self._view is not None else []
        return next((k for k, (arm, kind) in enumerate(panels) if kind == "flux" and _meets(arm.x_limits, x, x)), 0)

    def _at(self, panel: int, x: float) -> QPoint:
        place = self.plot.mapTo(self, self.plot.place_of(panel, x))
        return QPoint(place.x(), place.y())


def _meets(limits: tuple[float, float], low: float, high: float) -> bool:
    return low < limits[1] and high > limits[0]


def choices_of(display: Display) -> SpectrumChoices:
    """The session's words in those of the scene."""
    return SpectrumChoices(**{field.name: getattr(display, field.name) for field in fields(SpectrumChoices)})
