"""Items that live in a panel's pixels, because their height does not follow the y axis: spans, and names of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPolygonF, QStaticText
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from stellarview.domain.arrays import FloatArray, IntArray
from stellarview.scene.marks import LineLabelMark, Role, SpanMark
from stellarview.scene.overlays.line_labels import spread
from stellarview.ui.plot.look import Look, thin_pen
from stellarview.ui.plot.mouse import MouseBox
from stellarview.ui.plot.paths import transparent

# What is always there and seldom matters is fainter than what somebody did.
_SPAN_OPACITY, _FAINT_OPACITY, _HATCH_OPACITY = 0.4, 0.22, 0.7
_FAINT_ROLES: frozenset[Role] = frozenset({"sky"})
_TICK, _ELBOW, _TEXT_GAP, _TOP_GAP = 7.0, 7.0, 3.0, 4.0
_NAME_SHARE_OF_FONT = 0.88
# Of a y axis: a lower panel shows the flux before it shows all of the names.
_MOST_STRETCH = 1.6
# Words of spans stand above the strip of colours at the foot.
_TEXT_FOOT = 0.045


class ScreenItem(QGraphicsObject):
    """A child of the panel's box itself, which thus has pixels for coordinates."""

    gathers = True

    def __init__(self, box: MouseBox) -> None:
        super().__init__(box)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.box = box
        box.sigRangeChanged.connect(self._on_range)
        box.sigResized.connect(self._on_size)

    def _on_range(self, *_: object) -> None:
        self.update()

    def _on_size(self, *_: object) -> None:
        self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        return QRectF(self.box.rect())

    def x_pixels(self, x: FloatArray) -> FloatArray:
        """Where data stand on the screen."""
        first, last = self.box.viewRange()[0]
        share = (x - first) / (last - first)
        return np.asarray((1 - share if self.box.xInverted() else share) * self.box.rect().width())


class SpanItem(ScreenItem):
    """All spans of a panel."""

    def show_marks(self, marks: Sequence[SpanMark], look: Look) -> None:
        """Draw these spans over the whole height."""
        self.marks = tuple(marks)
        ends = [(mark.start, mark.stop) for mark in marks]
        self._ends = look.x_on_axis(np.array(ends, dtype=np.float64).reshape(-1, 2))
        self._brushes = [_brush_of(mark, look) for mark in marks]
        self._font = QFont(look.font)
        self._font.setPointSizeF(look.font.pointSizeF() * _NAME_SHARE_OF_FONT)
        self._text_colour, self._behind = QColor(look.theme.foreground), transparent(QColor(look.theme.plot), 0.8)
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        height, width = self.box.rect().height(), self.box.rect().width()
        pixels = np.sort(self.x_pixels(self._ends), axis=1)
        for k in np.flatnonzero((pixels[:, 1] >= 0) & (pixels[:, 0] <= width)):
            start, stop = max(float(pixels[k, 0]), 0.0), min(float(pixels[k, 1]), width)
            place = QRectF(start, 0.0, max(stop - start, 1.0), height)  # never invisible
            painter.fillRect(place, self._brushes[k])
        for index, room in self.layout_texts():
            painter.setFont(self._font)
            painter.fillRect(room, self._behind)
            painter.setPen(self._text_colour)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.marks[index].text)

    def layout_texts(self) -> list[tuple[int, QRectF]]:
        """The words of the spans in sight and where they stand: at the foot, in rows, so that none hides another."""
        size, metrics = self.box.rect(), QFontMetricsF(self._font)
        pixels = np.sort(self.x_pixels(self._ends), axis=1)
        ends: list[float] = []  # how far each row is taken
        placed = []
        for k in sorted(range(len(pixels)), key=lambda index: float(pixels[index, 0])):
            start, stop = max(float(pixels[k, 0]), 0.0), min(float(pixels[k, 1]), size.width())
            if not self.marks[k].text or stop < start:
                continue
            wide = metrics.horizontalAdvance(self.marks[k].text) + 2 * _TEXT_GAP
            left = min(max((start + stop - wide) / 2, 0.0), max(size.width() - wide, 0.0))
            row = next((r for r, end in enumerate(ends) if end <= left), len(ends))
            ends[row : row + 1] = [left + wide]
            top = (1 - _TEXT_FOOT) * size.height() - (row + 1) * metrics.height()
            placed.append((k, QRectF(left, top, wide, metrics.height())))
        return placed

    def reason_at(self, x: float, pixel: float) -> str:
        """Why it is shaded there; a span narrower than a pixel is met all the same."""
        met = (self._ends[:, 0] - 2 * pixel <= x) & (x <= self._ends[:, 1] + 2 * pixel)
        reasons = [self.marks[k].reason for k in np.flatnonzero(met)]
        return "\n".join(dict.fromkeys(filter(None, reasons)))


def _brush_of(mark: SpanMark, look: Look) -> QBrush:
    if mark.is_hatched:
        return QBrush(look.colour(mark.role, _HATCH_OPACITY), Qt.BrushStyle.BDiagPattern)
    return QBrush(look.colour(mark.role, _FAINT_OPACITY if mark.role in _FAINT_ROLES else _SPAN_OPACITY))


class LineLabelItem(ScreenItem):
    """All names of lines of a panel, laid out anew whenever the x axis moves, so that none touches another."""

    def show_marks(self, marks: Sequence[LineLabelMark], look: Look) -> None:
        """Name these lines."""
        self.marks = tuple(sorted(marks, key=lambda mark: mark.x))
        self._x = look.x_on_axis(np.array([mark.x for mark in self.marks], dtype=np.float64))
        self._font = QFont(look.font)
        self._font.setPointSizeF(look.font.pointSizeF() * _NAME_SHARE_OF_FONT)
        self._colours = [look.colour(mark.role) for mark in self.marks]
        self._behind = transparent(QColor(look.theme.plot), 0.75)
        self._texts = [QStaticText(mark.text) for mark in self.marks]
        for text in self._texts:
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.prepare(font=self._font)
        self._hovered: LineLabelMark | None = None
        self.update()

    def layout_names(self) -> list[tuple[int, float, QRectF]]:
        """Which names are shown: index, where the line stands, and the upright rectangle that the name fills."""
        size, spacing = self.box.rect(), QFontMetricsF(self._font).height()
        at = self.x_pixels(self._x)
        seen = np.flatnonzero((at >= 0) & (at <= size.width()))
        room = max(int(size.width() / spacing), 1)
        if len(seen) > room:  # evenly thinned, where a narrow panel cannot hold them all
            seen = seen[np.linspace(0, len(seen) - 1, room).round().astype(int)]
        seen = seen[np.argsort(at[seen], kind="stable")]
        centres = spread([float(at[k]) for k in seen], spacing, (0.0, size.width()))
        foot = self._foot_pixels(seen)
        placed = []
        for k, centre in zip(seen, centres, strict=True):
            long = self._texts[k].size().width()
            top = foot - _TICK - _ELBOW - _TEXT_GAP - long
            placed.append((int(k), float(at[k]), QRectF(QPointF(centre - spacing / 2, top), QSizeF(spacing, long))))
        return placed

    def _foot_pixels(self, seen: IntArray) -> float:
        """Where ticks begin: at the marks' share of the height, or lower where the longest name needs the room."""
        if not len(seen):
            return 0.0
        share = min(self.marks[int(k)].foot for k in seen)
        return max((1 - share) * float(self.box.rect().height()), self._needed_pixels(seen))

    def _needed_pixels(self, seen: Iterable[int]) -> float:
        longest = max(self._texts[int(k)].size().width() for k in seen)
        return longest + _TICK + _ELBOW + _TEXT_GAP + _TOP_GAP

    def stretch(self) -> float:
        """How many times as high the y axis must reach for the names to stand above what the marks leave free."""
        height, foot = float(self.box.rect().height()), min((mark.foot for mark in self.marks), default=1.0)
        if not self.marks or height <= 0.0:
            return 1.0
        left = height - self._needed_pixels(range(len(self.marks))) - _TICK
        return min(max(foot * height / left, 1.0), _MOST_STRETCH) if left > 0.0 else _MOST_STRETCH

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setFont(self._font)
        for k, x, place in self.layout_names():
            painter.setPen(thin_pen(self._colours[k]))
            knee = place.bottom() + _TEXT_GAP + _ELBOW
            elbow = [
                QPointF(x, knee + _TICK),
                QPointF(x, knee),
                QPointF(place.center().x(), place.bottom() + _TEXT_GAP),
            ]
            painter.drawPolyline(QPolygonF(elbow))
            painter.fillRect(place, self._behind)
            painter.save()
            painter.translate(place.bottomLeft())
            painter.rotate(-90)
            painter.drawStaticText(0, 0, self._texts[k])
            painter.restore()
            if self.marks[k] is self._hovered:
                painter.drawRect(place)
                painter.setPen(thin_pen(self._colours[k], Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(x, knee + _TICK), QPointF(x, self.box.rect().height()))

    def mark_at(self, pixel: QPointF) -> LineLabelMark | None:
        """The name under the mouse."""
        for k, _, place in self.layout_names():
            if place.contains(pixel):
                return self.marks[k]
        return None

    def hover(self, mark: LineLabelMark | None) -> None:
        """Show which line a name belongs to."""
        if mark is not self._hovered:
            self._hovered = mark
            self.update()
