"""What stands around a panel: axes, the line of its title and legend, and the bar that explains colours."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter
from PySide6.QtWidgets import QGraphicsWidget, QStyleOptionGraphicsItem, QWidget

from stellarview.scene.marks import BandMark, ContourMark, CurveMark, Mark, Panel, PointsMark, SpanMark
from stellarview.ui.plot.look import Look, mixed, thin_pen

_SWATCH, _GAP = 18.0, 6.0
_BAR_WIDTH, _BAR_INSET = 12.0, 10.0
# Words of an axis that is too short for them shrink no further.
_SMALLEST = 0.7
# A sign, a point, and the decimals that come with zooming; small numbers have them from the start.
_MORE_DIGITS, _SMALL_NUMBER, _DIGITS_OF_SMALL = 4, 0.1, 7


class Axis(pg.AxisItem):
    """An axis that says numbers as they are: no "kÅ" for thousands of Angstrom."""

    def __init__(self, side: Literal["left", "bottom"], box: pg.ViewBox) -> None:
        self.side = side
        super().__init__(side)
        self.enableAutoSIPrefix(False)
        self.linkToView(box)

    def show_axis(self, text: str, look: Look, names: Sequence[str] = (), *, bare: bool = False) -> None:
        """Words and colours; `bare` leaves ticks alone, where the panel below has the numbers."""
        colour, metrics = QColor(look.theme.foreground), QFontMetricsF(look.font)
        self.setPen(pg.mkPen(None))  # the box has a border of its own
        self.setTickPen(thin_pen(colour))
        self.setTextPen(colour)
        self.setTickFont(look.font)
        self.setStyle(showValues=not bare, tickLength=5, hideOverlappingLabels=round(0.7 * metrics.height()))
        self.setLogMode(x=look.is_log_x and self.side == "bottom", y=False)
        self.setTicks([list(enumerate(names))] if names else None)
        self._set_label(text, look.font, colour)
        lines = len(text.split("\n")) if text else 0
        if self.side == "bottom":
            self.setHeight(_GAP if bare else (1.2 + 1.25 * lines) * metrics.height())

    def _set_label(self, text: str, font: QFont, colour: QColor) -> None:
        """Lines of a label are centred, which a text item does only if its width is told."""
        self.label.setFont(font)
        self.label.setTextWidth(-1)
        self.setLabel(html.escape(text).replace("\n", "<br>"), color=colour.name())
        option = self.label.document().defaultTextOption()
        option.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.label.document().setDefaultTextOption(option)
        self.label.setTextWidth(self.label.boundingRect().width())
        self.showLabel(bool(text))
        self.resizeEvent()

    def resizeEvent(self, ev: object = None) -> None:
        """Where a short panel has no room for its words, they are written smaller."""
        super().resizeEvent(ev)
        if self.side == "left" and self.label is not None:
            room, width = self.size().height(), self.label.boundingRect().width()
            scale = min(1.0, max(room / width, _SMALLEST)) if width and room else 1.0
            self.label.setScale(scale)
            self.label.setPos(QPointF(self.label.pos().x(), (room + scale * width) / 2))

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Plain numbers: a ratio of 10 to 1000 needs no powers. Of a decade 1, 2 and 5, or the rest would touch."""
        words = [f"{10.0**value * scale:g}" for value in values]
        is_wide = self.range[1] - self.range[0] > 0.5
        return [word if word.strip("0.")[:1] in "125" or not is_wide else "" for word in words]


def left_width(panel: Panel, font: QFont) -> float:
    """The room that the panel's left axis needs, whatever is zoomed to."""
    metrics, most = QFontMetricsF(font), max(map(abs, panel.y_limits))
    digits = _DIGITS_OF_SMALL if most < _SMALL_NUMBER else len(f"{most:.0f}") + _MORE_DIGITS
    lines = len(panel.y_label.split("\n"))
    return metrics.horizontalAdvance("0") * min(digits, 9) + (1.05 * lines + 0.4) * metrics.height()


@dataclass(frozen=True)
class LegendEntry:
    """A swatch and its words."""

    text: str
    colour: QColor
    kind: Literal["line", "area", "dot"]


_SWATCHES: dict[type[Mark], Literal["line", "area", "dot"]] = {
    CurveMark: "line",
    ContourMark: "line",
    BandMark: "area",
    SpanMark: "area",
    PointsMark: "dot",
}


def legend_of(panel: Panel, look: Look) -> list[LegendEntry]:
    """What the panel's marks want to be told of them."""
    entries = []
    for mark in panel.marks:
        if isinstance(mark, CurveMark | ContourMark | BandMark | SpanMark | PointsMark) and mark.legend:
            kind = _SWATCHES[type(mark)]
            entries.append(LegendEntry(mark.legend, look.colour(mark.role, 0.5 if kind == "area" else 1.0), kind))
    return entries


class Header(QGraphicsWidget):
    """One line above the axes, where it hides no data: the title at the left, the legend at the right."""

    def __init__(self, parent: QGraphicsWidget) -> None:
        super().__init__(parent)
        self._title = ""
        self._entries: list[LegendEntry] = []

    def show_header(self, title: str, entries: list[LegendEntry], look: Look) -> None:
        """Replace what stands there; nothing takes no room."""
        self._title, self._entries, self._look = title, entries, look
        metrics = QFontMetricsF(look.font)
        height = metrics.height() + 4.0 if title or entries else _GAP
        self.setMinimumHeight(height)
        self.setMaximumHeight(height)
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        size, metrics = self.size(), QFontMetricsF(self._look.font)
        painter.setFont(self._look.font)
        widths = [metrics.horizontalAdvance(entry.text) + _SWATCH + 2.5 * _GAP for entry in self._entries]
        x = max(size.width() - sum(widths), 0.0)
        text = QColor(self._look.theme.foreground)
        painter.setPen(text)
        room = QRectF(0.0, 0.0, max(x - 2 * _GAP, 0.0), size.height())
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)
        for entry, width in zip(self._entries, widths, strict=True):
            self._paint_swatch(painter, entry, x, size.height() / 2)
            painter.setPen(text)
            place = QRectF(x + _SWATCH + _GAP, 0.0, max(size.width() - x, 0.0), size.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, entry.text)
            x += width

    @staticmethod
    def _paint_swatch(painter: QPainter, entry: LegendEntry, x: float, y: float) -> None:
        if entry.kind == "area":
            painter.fillRect(QRectF(x, y - 5, _SWATCH, 10), entry.colour)
        elif entry.kind == "line":
            pen = thin_pen(entry.colour)
            pen.setWidthF(2.0)
            painter.setPen(pen)
            painter.drawLine(QPointF(x, y), QPointF(x + _SWATCH, y))
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(entry.colour)
            painter.drawEllipse(QPointF(x + _SWATCH / 2, y), 3.5, 3.5)


class ColourBar(QGraphicsWidget):
    """Which colour means what."""

    def __init__(self, parent: QGraphicsWidget) -> None:
        super().__init__(parent)
        self._text = ""

    def show_bar(self, text: str, ends: tuple[float, float], ticks: Sequence[float], colours: Sequence[str],
                 look: Look) -> None:  # fmt: skip
        """Replace the scale."""
        self._text, self._ends, self._colours, self._look = text, ends, tuple(colours), look
        self._ticks = [(float(tick), f"{tick:.4g}".replace("-", "−")) for tick in ticks]
        metrics = QFontMetricsF(look.font)
        widest = max((metrics.horizontalAdvance(words) for _, words in self._ticks), default=0.0)
        width = _BAR_INSET + _BAR_WIDTH + 2 * _GAP + widest + 1.4 * metrics.height()
        self.setMinimumWidth(width)
        self.setMaximumWidth(width)
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        metrics, size = QFontMetricsF(self._look.font), self.size()
        bar = QRectF(_BAR_INSET, metrics.height() + 4.0, _BAR_WIDTH, size.height() - 3.5 * metrics.height())
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        for share in np.linspace(0.0, 1.0, 33):
            gradient.setColorAt(float(share), mixed(self._colours, float(share)))
        painter.fillRect(bar, gradient)
        painter.setPen(thin_pen(QColor(self._look.theme.foreground)))
        painter.drawRect(bar)
        painter.setFont(self._look.font)
        low, high = self._ends
        for tick, words in self._ticks:
            y = bar.bottom() - (tick - low) / ((high - low) or 1.0) * bar.height()
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 4, y))
            place = QRectF(bar.right() + _GAP, y - metrics.height(), size.width(), 2 * metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
        painter.translate(size.width() - 0.3 * metrics.height(), bar.center().y())
        painter.rotate(-90)
        words = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, size.height())
        painter.drawText(QRectF(-size.height() / 2, -metrics.height(), size.height(), metrics.height()),
                         Qt.AlignmentFlag.AlignCenter, words)  # fmt: skip
