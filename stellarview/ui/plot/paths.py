"""Items that are drawn as paths made once: curves, coloured curves and contours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from stellarview.domain.arrays import FloatArray
from stellarview.scene.marks import ColouredCurveMark, ContourMark, CurveMark
from stellarview.ui.plot.look import Look, mixed, thin_pen

# Pieces of so many points are left out where they cannot be seen.
_PIECE = 512
# More levels of colour than an eye tells apart along a line of one pixel.
_LEVELS = 24
# Curves of few points are smooth by nature and steps would show; long ones are noisy, and smoothing them costs time.
_FEW_POINTS = 1000
# Wide pens are slow: only short curves are drawn with them.
_BOLD_PIXELS, _PALE = 2.0, 0.6


@dataclass(frozen=True)
class Stroke:
    """One path with its pen and brush."""

    path: QPainterPath
    pen: QPen
    brush: QBrush
    bounds: QRectF


class PathItem(QGraphicsObject):
    """Draws strokes in data coordinates."""

    gathers = False

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsObject.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._strokes: list[Stroke] = []
        self._bounds = QRectF()
        self._is_smooth = False

    def set_strokes(self, strokes: list[Stroke], *, smooth: bool) -> None:
        """Replace what is drawn."""
        self.prepareGeometryChange()
        self._strokes, self._is_smooth = strokes, smooth
        self._bounds = QRectF()
        for stroke in strokes:
            self._bounds = self._bounds.united(stroke.bounds)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._is_smooth)
        seen = option.exposedRect
        for stroke in self._strokes:
            if stroke.bounds.intersects(seen):
                painter.setPen(stroke.pen)
                painter.setBrush(stroke.brush)
                painter.drawPath(stroke.path)


class CurveItem(PathItem):
    """A line of one pixel, broken where y is not finite; a bold one of few points is wider, a thin one paler."""

    def show_marks(self, marks: Sequence[CurveMark], look: Look) -> None:
        """Draw the one curve."""
        (mark,) = marks
        strength = _PALE if mark.weight == "thin" else 1.0
        colour = look.colour(mark.role, strength) if mark.value is None else look.colour_of_value(mark.value)
        x, y = look.x_on_axis(mark.x), np.asarray(mark.y, dtype=np.float64)
        pen, strokes = thin_pen(colour), []
        if mark.weight == "bold" and len(x) <= _FEW_POINTS:
            pen.setWidthF(_BOLD_PIXELS)
        for start in range(0, len(x), _PIECE):
            piece = slice(start, start + _PIECE + 1)
            strokes += _lines(x[piece], y[piece], pen, "finite")
        self.set_strokes(strokes, smooth=len(x) <= _FEW_POINTS)


class ColouredCurveItem(PathItem):
    """A line whose colour runs with a second quantity: its pieces are sorted into a few colours, one path each."""

    def show_marks(self, marks: Sequence[ColouredCurveMark], look: Look) -> None:
        """Draw the one curve. Each piece has the mean value of its ends."""
        (mark,) = marks
        x, y = look.x_on_axis(mark.x), np.asarray(mark.y, dtype=np.float64)
        share = 0.5 + 0.25 * (mark.values[:-1] + mark.values[1:]) / (mark.reach or 1.0)
        drawn = np.isfinite(y[:-1]) & np.isfinite(y[1:]) & np.isfinite(share)
        level = np.clip(np.nan_to_num(share) * _LEVELS, 0, _LEVELS - 1).astype(int)
        strokes: list[Stroke] = []
        # From the middle outwards, so that what matters lies above what does not.
        for one in sorted(range(_LEVELS), key=lambda k: abs(k - (_LEVELS - 1) / 2)):
            first = np.flatnonzero(drawn & (level == one))
            ends = np.stack([first, first + 1], axis=1).ravel()
            pen = thin_pen(mixed(look.theme.diverging, (one + 0.5) / _LEVELS))
            for start in range(0, len(ends), 2 * _PIECE):
                piece = ends[start : start + 2 * _PIECE]
                strokes += _lines(x[piece], y[piece], pen, "pairs")
        self.set_strokes(strokes, smooth=False)


class ContourItem(PathItem):
    """Lines of equal density; those of higher levels are a little stronger."""

    def show_marks(self, marks: Sequence[ContourMark], look: Look) -> None:
        """Find the lines as matplotlib does."""
        import contourpy

        (mark,) = marks
        lines = contourpy.contour_generator(look.x_on_axis(mark.x), mark.y, mark.density_YX)
        strokes = []
        for place, level in enumerate(mark.levels):
            pen = thin_pen(look.colour(mark.role))
            pen.setWidthF(1.0 + place / max(len(mark.levels) - 1, 1))
            for line in lines.lines(level):
                points = np.asarray(line)
                strokes += _lines(points[:, 0], points[:, 1], pen, "all")
        self.set_strokes(strokes, smooth=True)


def _lines(x: FloatArray, y: FloatArray, pen: QPen, connect: str) -> list[Stroke]:
    if not np.isfinite(y).any():
        return []
    path = pg.arrayToQPath(np.ascontiguousarray(x), np.ascontiguousarray(y), connect=connect)
    bounds = path.boundingRect()
    # Qt never draws what has no height; a level line has none.
    room = 1e-9 * max(abs(bounds.top()), abs(bounds.bottom()), bounds.width(), 1e-30)
    return [Stroke(path, pen, QBrush(Qt.BrushStyle.NoBrush), bounds.adjusted(-room, -room, room, room))]


def transparent(colour: QColor, alpha: float) -> QColor:
    """The same colour, through which something is seen."""
    seen = QColor(colour)
    seen.setAlphaF(alpha)
    return seen
