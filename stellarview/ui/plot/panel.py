"""One panel of a scene on the screen: its box, axes and the items of its marks, made once and used again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsWidget

from stellarview.scene.marks import LineLabelMark, Mark, Panel, PointsMark
from stellarview.ui.plot.frame import GAP, Axis, ColourBar, Header, legend_of
from stellarview.ui.plot.items import MARKS, MarkItem
from stellarview.ui.plot.look import Look, thin_pen
from stellarview.ui.plot.mouse import MouseBox
from stellarview.ui.plot.points import PointsItem
from stellarview.ui.plot.screen import LineLabelItem, ScreenItem, SpanItem

# What lies in pixels lies below all curves (spans) or above them (names).
_BELOW, _ABOVE = -200.0, 200.0


@dataclass(frozen=True)
class Room:
    """What is kept free for words, at the left and at the foot, and which neighbours have the numbers.

    `left_width` is in pixels; 0 where the neighbour's axis serves the whole column.
    """

    left_width: float
    shares_y: bool
    has_foot: bool
    has_panel_below: bool


class PanelPlot(QGraphicsWidget):
    """Shows one panel after the other."""

    def __init__(self, parent: QGraphicsWidget) -> None:
        super().__init__(parent)
        self.box = MouseBox()
        self.header, self.bar = Header(self), ColourBar(self)
        self.left, self.bottom = Axis("left", self.box), Axis("bottom", self.box)
        self._grid = QGraphicsGridLayout(self)
        self._grid.setContentsMargins(2.0, 0.0, 10.0, 0.0)
        self._grid.setSpacing(0.0)
        self._grid.addItem(self.header, 0, 1)
        self._grid.addItem(self.left, 1, 0)
        self._grid.addItem(self.box, 1, 1)
        self._grid.addItem(self.bottom, 2, 1)
        self._grid.setRowStretchFactor(1, 1)
        self._grid.setColumnStretchFactor(1, 1)
        self._has_bar = False
        self.crosshair = tuple(pg.InfiniteLine(angle=angle) for angle in (90, 0))
        for line in self.crosshair:
            line.hide()
            line.setZValue(_ABOVE)
            self.box.addItem(line, ignoreBounds=True)
        self._items: dict[tuple[type[Mark], int], MarkItem] = {}
        self._shown: list[MarkItem] = []

    def show_panel(self, panel: Panel, look: Look, room: Room) -> None:
        """Bring axes and items in step with the panel; ranges are left to the view."""
        self.content, self.look = panel, look
        self.box.set_colours(look.theme)
        for line in self.crosshair:
            line.setPen(thin_pen(QColor(look.theme.faint), Qt.PenStyle.DashLine))
        self.left.show_axis(panel.y_label, look, has_ticks=room.shares_y)
        self.left.setWidth(room.left_width or GAP)
        self.bottom.show_axis(panel.x_label, look, panel.x_names, has_ticks=room.has_panel_below)
        self.bottom.leave_foot(room.has_foot, look.font)
        self.header.show_header(panel.title, legend_of(panel, look), look)
        self._show_bar()
        self._show_marks(panel.marks)

    def _show_bar(self) -> None:
        scale = self.content.colour_scale
        if scale is not None:
            self.bar.show_bar(scale, self.look.theme.sequential, self.look)
            self._grid.addItem(self.bar, 0, 2, 3, 1)
        elif self._has_bar:
            self._grid.removeItem(self.bar)
        self._has_bar = scale is not None
        self.bar.setVisible(self._has_bar)

    def _show_marks(self, marks: Sequence[Mark]) -> None:
        before, self._shown = self._shown, []
        for place, (key, group) in enumerate(_groups(marks)):
            item = self._item(key)
            item.show_marks(group, self.look)  # type: ignore[arg-type]
            if not isinstance(item, ScreenItem):
                item.setZValue(float(place))
            item.show()
            self._shown.append(item)
        for item in before:
            if item not in self._shown:
                item.hide()

    def _item(self, key: tuple[type[Mark], int]) -> MarkItem:
        if key not in self._items:
            kind = MARKS[key[0]]
            if issubclass(kind, ScreenItem):
                item: MarkItem = kind(self.box)
                item.setZValue(_BELOW if kind is SpanItem else _ABOVE)
            else:
                item = kind()
                self.box.addItem(item, ignoreBounds=True)
            self._items[key] = item
        return self._items[key]

    def show_names(self, marks: Sequence[LineLabelMark]) -> None:
        """Other names of lines in place of those of the panel."""
        item = self._item((LineLabelMark, 0))
        assert isinstance(item, LineLabelItem)
        item.show_marks(marks, self.look)  # type: ignore[arg-type]  # pyqtgraph has no types: items look like all their kin
        item.show()
        if item not in self._shown:
            self._shown.append(item)

    def stretch(self) -> float:
        """How many times as high the y axis must reach for the names of lines to have their room."""
        return max((item.stretch() for item in self._shown if isinstance(item, LineLabelItem)), default=1.0)

    def shown_items(self) -> tuple[MarkItem, ...]:
        """The items of the marks that are seen, from the lowest to the topmost."""
        return tuple(self._shown)

    def line_at(self, pixel: QPointF) -> LineLabelMark | None:
        """The name of a line under the mouse; `pixel` is in the box."""
        met = (item.mark_at(pixel) for item in self._shown if isinstance(item, LineLabelItem))
        return next(met, None)

    def hover_line(self, mark: LineLabelMark | None) -> None:
        """Light up this name, and no other."""
        for item in self._shown:
            if isinstance(item, LineLabelItem):
                item.hover(mark)

    def point_at(self, pixel: QPointF) -> tuple[PointsMark, int] | None:
        """The point under the mouse, and its index in its mark; the topmost first."""
        place, size = self.box.mapToView(pixel), self.box.viewPixelSize()
        for item in reversed(self._shown):
            if isinstance(item, PointsItem):
                index = item.index_near(place, size)
                if index is not None:
                    return item.mark, index
        return None

    def reason_at(self, pixel: QPointF) -> str:
        """Why the stretch under the mouse is shaded."""
        place, size = self.box.mapToView(pixel), self.box.viewPixelSize()
        reasons = [item.reason_at(place.x(), size[0]) for item in self._shown if isinstance(item, SpanItem)]
        return "\n".join(filter(None, reasons))

    def show_crosshair(self, x: float | None, y: float | None) -> None:
        """Lines through the mouse; none for None. In the axis' coordinates."""
        for line, at in zip(self.crosshair, (x, y), strict=True):
            line.setVisible(at is not None)
            if at is not None:
                line.setPos(at)

    def data_x(self, x: Any) -> Any:
        """From the axis to data: back from the logarithm."""
        return 10.0**x if self.look.is_log_x else x


def _groups(marks: Sequence[Mark]) -> Iterator[tuple[tuple[type[Mark], int], list[Mark]]]:
    """Marks with the key of the item that draws them, in order."""
    groups: dict[tuple[type[Mark], int], list[Mark]] = {}
    counts: dict[type[Mark], int] = {}
    for mark in marks:
        kind = type(mark)
        place = 0 if MARKS[kind].gathers else counts.get(kind, 0)
        counts[kind] = place + 1
        groups.setdefault((kind, place), []).append(mark)
    yield from groups.items()
