"""Lays panels out in rows and columns, with one colour bar for curves that are coloured alike."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsWidget

from stellarview.scene.marks import ColouredCurveMark, ColourScale, Panel, Scene
from stellarview.ui.plot.frame import ColourBar, left_width, link_headers
from stellarview.ui.plot.look import Look
from stellarview.ui.plot.panel import PanelPlot, Room
from stellarview.ui.theme import Theme


class Canvas(pg.GraphicsView):
    """All panels of a scene; panels that a scene does not need are hidden and wait for the next one."""

    _shares: tuple[float, ...] = ()  # pyqtgraph resizes the view before it is made

    def __init__(self) -> None:
        super().__init__(background=None)
        self._page = QGraphicsWidget()
        self._grid = self._new_grid()
        self.setCentralItem(self._page)
        self._bar = ColourBar(self._page)
        self._bar.hide()
        self._pool: list[PanelPlot] = []
        self._shape: tuple[object, ...] = ()
        self.plots: list[PanelPlot] = []

    def show_scene(self, scene: Scene, theme: Theme, font: QFont) -> list[tuple[int, PanelPlot]]:
        """Bring all panels in step; returns those that were made for it, with their places."""
        had = len(self._pool)
        self._pool += [PanelPlot(self._page) for _ in range(len(scene.panels) - had)]
        self.plots = self._pool[: len(scene.panels)]
        self.setBackground(theme.plot)
        coloured = [mark for panel in scene.panels for mark in panel.marks if isinstance(mark, ColouredCurveMark)]
        self._lay_out(scene, has_bar=bool(coloured))
        if coloured:
            reach = coloured[0].reach
            scale = ColourScale(coloured[0].legend, -reach, reach, _ticks(reach))
            self._bar.show_bar(scale, theme.diverging, Look(theme, font))
        # The axes of all panels begin at the same place.
        width = max((left_width(panel, font) for panel in scene.panels), default=0.0)
        for place, (plot, panel) in enumerate(zip(self.plots, scene.panels, strict=True)):
            plot.show_panel(panel, look_of(panel, theme, font), _room_of(scene, place, width))
        for row in _rows(scene, self.plots):
            link_headers([plot.header for plot in row])
        self.resizeEvent(None)
        return list(enumerate(self._pool))[had:]

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Columns keep their widths relative to each other."""
        if self._shares:
            self._share_width()
        super().resizeEvent(event)

    def _new_grid(self) -> QGraphicsGridLayout:
        """Columns of a grid never forget a width that was set: another shape needs another grid."""
        grid = QGraphicsGridLayout(self._page)
        grid.setContentsMargins(0.0, 0.0, 0.0, 2.0)
        grid.setSpacing(4.0)
        return grid

    def _share_width(self) -> None:
        """Boxes, and not what stands beside them, are as wide as the scene says; Qt's stretches are no proportions."""
        shares, count = self._shares, len(self._shares)
        beside = [max(plot.minimumWidth() for plot in self.plots[column::count]) for column in range(count)]
        gaps = self._grid.horizontalSpacing() * (self._grid.columnCount() - 1)
        bar = self._bar.minimumWidth() if self._bar.isVisible() else 0.0
        room = max(self.viewport().width() - bar - gaps - sum(beside), 0.0)
        for column, share in enumerate(shares):
            self._grid.setColumnFixedWidth(column, beside[column] + room * share)

    def _lay_out(self, scene: Scene, *, has_bar: bool) -> None:
        widths = scene.widths or (1.0,) * scene.columns
        self._shares = tuple(width / sum(widths) for width in widths) if scene.columns > 1 else ()
        shape = (len(scene.panels), scene.columns, has_bar)
        if shape != self._shape:
            self._shape = shape
            for index in reversed(range(self._grid.count())):
                self._grid.removeAt(index)
            self._grid = self._new_grid()
            for place, plot in enumerate(self.plots):
                self._grid.addItem(plot, place // scene.columns, place % scene.columns)
            rows = max(self._grid.rowCount(), 1)
            if has_bar:
                self._grid.addItem(self._bar, 0, scene.columns, rows, 1)
            for place, plot in enumerate(self._pool):
                plot.setVisible(place < len(scene.panels))
            self._bar.setVisible(has_bar)
        for plot, panel in zip(self.plots, scene.panels, strict=True):
            plot.setVisible(not panel.is_blank)
        for row in range(self._grid.rowCount()):
            heights = [panel.height for panel in scene.panels[row * scene.columns : (row + 1) * scene.columns]]
            self._grid.setRowPreferredHeight(row, 0.0)
            self._grid.setRowStretchFactor(row, round(100 * max(heights, default=0.0)))


def _rows(scene: Scene, plots: list[PanelPlot]) -> list[list[PanelPlot]]:
    return [plots[start : start + scene.columns] for start in range(0, len(plots), scene.columns)]


def _room_of(scene: Scene, place: int, left_width: float) -> Room:
    """What stands beside and under a panel or its neighbours, so that the axes of all begin and end alike."""
    row, column = place - place % scene.columns, range(place % scene.columns, len(scene.panels), scene.columns)
    is_narrow = all(scene.shares_y(k) or scene.panels[k].is_blank for k in column)
    has_words = any(panel.x_label for panel in scene.panels[row : row + scene.columns])
    has_panel_below = place + scene.columns < len(scene.panels)
    return Room(0.0 if is_narrow else left_width, scene.shares_y(place), has_words, has_panel_below)


def _ticks(reach: float) -> tuple[float, ...]:
    """Round numbers about zero."""
    rough = reach / 2.5
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    step = power * max((k for k in (1, 2, 5) if k * power <= rough), default=1)
    most = int(reach / step)
    return tuple(k * step for k in range(-most, most + 1))


def look_of(panel: Panel, theme: Theme, font: QFont) -> Look:
    """How the marks of this panel are drawn."""
    return Look(theme, font, panel.colour_scale, panel.x_scale == "log")
