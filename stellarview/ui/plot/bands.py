"""The area between two curves: Qt fills a polygon of 8,000 corners in 20 ms, and draws a line for each pixel in one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from stellarview.domain.arrays import FloatArray
from stellarview.scene.marks import BandMark
from stellarview.ui.plot.look import Look, thin_pen
from stellarview.ui.plot.paths import transparent

# Of several bands none may hide the others, nor the points that lie among them.
_ALPHA, _ERROR_ALPHA = 0.35, 0.5


class BandItem(QGraphicsObject):
    """One upright line for each column of pixels."""

    gathers = False

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsObject.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._bounds = QRectF()

    def show_marks(self, marks: Sequence[BandMark], look: Look) -> None:
        """Fill the one band; gaps where an edge is NaN."""
        (mark,) = marks
        self.prepareGeometryChange()
        x = look.x_on_axis(mark.x)
        order = slice(None) if np.all(x[1:] >= x[:-1]) else np.argsort(x, kind="stable")
        self._x, self._low, self._high = (np.asarray(v, dtype=np.float64)[order] for v in (x, mark.low, mark.high))
        known = np.isfinite(self._x) & np.isfinite(self._low) & np.isfinite(self._high)
        self._bounds = QRectF()
        if known.any():
            left, right = float(self._x[known].min()), float(self._x[known].max())
            bottom = float(np.minimum(self._low[known], self._high[known]).min())
            top = float(np.maximum(self._low[known], self._high[known]).max())
            self._bounds = QRectF(left, bottom, right - left, top - bottom)
        alpha = _ERROR_ALPHA if mark.role == "error" else _ALPHA
        self._pen = thin_pen(transparent(look.colour(mark.role), alpha))
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        seen = option.exposedRect.intersected(self._bounds)
        pixel = 1.0 / (abs(painter.worldTransform().m11()) * painter.device().devicePixelRatioF() or 1.0)
        columns = columns_of(self._x, self._low, self._high, (seen.left(), seen.right()), pixel)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._pen)
        painter.drawPath(pg.arrayToQPath(*columns, connect="pairs"))


def columns_of(
    x: FloatArray, low: FloatArray, high: FloatArray, ends: tuple[float, float], pixel: float
) -> tuple[FloatArray, FloatArray]:
    """The upright lines that fill the band from one end to the other: two points for each column of pixels.

    A column reaches from the lowest to the highest of the edges within it, be they points or on the way between two.
    """
    left, right = ends
    count = max(int(np.ceil((right - left) / pixel)), 1)
    at = left + (np.arange(count) + 0.5) * pixel
    part = slice(max(int(np.searchsorted(x, left)) - 1, 0), int(np.searchsorted(x, right, side="right")) + 1)
    x, low, high = x[part], low[part], high[part]
    if not x.size:
        return np.empty(0), np.empty(0)
    bottom, top = np.interp(at, x, low, np.nan, np.nan), np.interp(at, x, high, np.nan, np.nan)
    known = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
    column = ((x[known] - left) / pixel).astype(np.int64)
    inside = (column >= 0) & (column < count)
    np.fmin.at(bottom, column[inside], low[known][inside])
    np.fmax.at(top, column[inside], high[known][inside])
    drawn = np.isfinite(bottom) & np.isfinite(top)
    return np.repeat(at[drawn], 2), np.stack([bottom[drawn], top[drawn]], axis=1).ravel()
