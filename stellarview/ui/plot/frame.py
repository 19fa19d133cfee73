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
from PySide6.QtWidgets import QGraphicsSceneResizeEvent, QGraphicsWidget, QStyleOptionGraphicsItem, QWidget

from stellarview.scene.marks import BandMark, ColourScale, ContourMark, CurveMark, Mark, Panel, PointsMark, SpanMark
from stellarview.ui.plot.look import Look, mixed, thin_pen

_SWATCH, GAP = 14.0, 6.0
_BAR_WIDTH, _BAR_INSET = 12.0, 10.0
# Words of an axis that is too short for them shrink no further.
_SMALLEST = 0.7
# A sign, a point, and the decimals that come with zooming; small numbers have them from the start.
_MORE_DIGITS, _SMALL_NUMBER, _DIGITS_OF_SMALL = 4, 0.1, 7
# As many as stars that are compared.
_MOST_LINES = 6


class Axis(pg.AxisItem):
    """An axis that says numbers as they are: no "kÅ" for thousands of Angstrom."""

    def __init__(self, side: Literal["left", "bottom"], box: pg.ViewBox) -> None:
        self.side = side
        super().__init__(side)
        self.enableAutoSIPrefix(False)
        self.linkToView(box)

    def show_axis(self, text: str, look: Look, names: Sequence[str] = (), *, has_ticks: bool = True) -> None:
        """Words and colours. Without words there are no numbers, but ticks where a neighbour has the numbers."""
        colour = QColor(look.theme.foreground)
        self.setPen(pg.mkPen(None))  # the box has a border of its own
        self.setTickPen(thin_pen(colour))
        self.setTextPen(colour)
        self.setTickFont(look.font)
        apart = round(0.7 * QFontMetricsF(look.font).height())
        length = 5 if text or has_ticks else 0
        self.setStyle(showValues=bool(text), tickLength=length, hideOverlappingLabels=apart)
        self.setLogMode(x=look.is_log_x and self.side == "bottom", y=False)
        self.setTicks([list(enumerate(names))] if names else None)
        self._set_label(text, look.font, colour)

    def leave_foot(self, has_words: bool, font: QFont) -> None:
        """As high as numbers and a line of words, where this panel or one beside it has them."""
        self.setHeight(2.45 * QFontMetricsF(font).height() if has_words else GAP)

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
            colour = look.colour(mark.role, 0.5 if kind == "area" else 1.0)
            if isinstance(mark, CurveMark) and mark.value is not None:
                colour = look.colour_of_value(mark.value)
            entries.append(LegendEntry(mark.legend, colour, kind))
    return entries


class Header(QGraphicsWidget):
    """Above the axes, where it hides no data: the title at the left, the legend at the right, in several lines where
    one is too short. Of a legend that needs more lines still, the last words are left out.
    """

    def __init__(self, parent: QGraphicsWidget) -> None:
        super().__init__(parent)
        self._title = ""
        self._entries: list[LegendEntry] = []
        self._row = [self]

    def show_header(self, title: str, entries: list[LegendEntry], look: Look) -> None:
        """Replace what stands there; nothing takes no room."""
        self._title, self._entries, self._look = title, entries, look
        self._fit()
        self.update()

    def lines(self) -> list[list[LegendEntry]]:
        """The legend as it is broken into lines; the first one is shared with the title."""
        lines: list[list[LegendEntry]] = [[]]
        whole, taken = self.size().width(), self._title_width() + 2 * GAP if self._title else 0.0
        for entry in self._entries:
            width = self._entry_width(entry)
            if taken and taken + width > whole:
                if len(lines) == _MOST_LINES:
                    break
                lines.append([])
                taken = 0.0
            lines[-1].append(entry)
            taken += width
        return lines

    def needed_height(self) -> float:
        """Of its own title and legend."""
        height = QFontMetricsF(self._look.font).height()
        return len(self.lines()) * height + 4.0 if self._title or self._entries else GAP

    def link(self, row: list[Header]) -> None:
        """Be as high as the highest of these, so that panels side by side begin at the same height."""
        self._row = row
        self._fit()

    def resizeEvent(self, event: QGraphicsSceneResizeEvent) -> None:
        """A wider panel needs fewer lines."""
        super().resizeEvent(event)
        if event.newSize().width() != event.oldSize().width():
            self._fit()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        metrics, whole = QFontMetricsF(self._look.font), self.size().width()
        painter.setFont(self._look.font)
        text = QColor(self._look.theme.foreground)
        lines = self.lines()
        top = self.size().height() - 2.0 - len(lines) * metrics.height()
        for place, line in enumerate(lines):
            y = top + place * metrics.height()
            x = max(whole - sum(map(self._entry_width, line)), 0.0)
            painter.setPen(text)
            if place == 0:
                room = QRectF(0.0, y, x - 2 * GAP if line else whole, metrics.height())
                title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room.width())
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)
            for entry in line:
                self._paint_swatch(painter, entry, x, y + metrics.height() / 2)
                painter.setPen(text)
                words = QRectF(x + _SWATCH + GAP, y, max(whole - x - _SWATCH - GAP, 0.0), metrics.height())
                told = metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, words.width())
                painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, told)
                x += self._entry_width(entry)

    def _fit(self) -> None:
        height = max(one.needed_height() for one in self._row)
        for one in self._row:
            one.setMinimumHeight(height)
            one.setMaximumHeight(height)

    def _entry_width(self, entry: LegendEntry) -> float:
        return QFontMetricsF(self._look.font).horizontalAdvance(entry.text) + _SWATCH + 2 * GAP

    def _title_width(self) -> float:
        return QFontMetricsF(self._look.font).horizontalAdvance(self._title)

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


def link_headers(row: Sequence[Header]) -> None:
    """Those of panels side by side are equally high."""
    for header in row:
        header.link([*row])


class ColourBar(QGraphicsWidget):
    """Which colour means what."""

    def __init__(self, parent: QGraphicsWidget) -> None:
        super().__init__(parent)
        self._text = ""

    def show_bar(self, scale: ColourScale, colours: Sequence[str], look: Look) -> None:
        """Replace the scale."""
        self._text, self._colours, self._look = scale.text, tuple(colours), look
        self._ticks = [(scale.share(float(tick)), f"{tick:.4g}".replace("-", "−")) for tick in scale.ticks]
        metrics = QFontMetricsF(look.font)
        widest = max((metrics.horizontalAdvance(words) for _, words in self._ticks), default=0.0)
        width = _BAR_INSET + _BAR_WIDTH + 2 * GAP + widest + 1.4 * metrics.height()
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
        for share, words in self._ticks:
            y = bar.bottom() - share * bar.height()
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 4, y))
            place = QRectF(bar.right() + GAP, y - metrics.height(), size.width(), 2 * metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
        painter.translate(size.width() - 0.3 * metrics.height(), bar.center().y())
        painter.rotate(-90)
        words = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, size.height())
        painter.drawText(QRectF(-size.height() / 2, -metrics.height(), size.height(), metrics.height()),
                         Qt.AlignmentFlag.AlignCenter, words)  # fmt: skip
