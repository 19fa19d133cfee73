"""Strips of colour along the foot of a panel: a second quantity beside the curve that it also colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from stellarview.domain.arrays import FloatArray
from stellarview.scene.marks import HeatStripMark
from stellarview.ui.plot.look import Look, mixed
from stellarview.ui.plot.screen import ScreenItem

_LEVELS = 64


class HeatStripItem(ScreenItem):
    """All strips of a panel. Each column of the screen has the colour of the strongest pixel that falls on it."""

    def show_marks(self, marks: Sequence[HeatStripMark], look: Look) -> None:
        """Draw these strips."""
        self.marks = tuple(marks)
        self._edges = [_edges(look.x_on_axis(mark.x)) for mark in marks]
        palette = [mixed(look.theme.diverging, level / (_LEVELS - 1)) for level in range(_LEVELS)]
        self._colours = np.array([*(colour.rgba() for colour in palette), 0], dtype=np.uint32)
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        size = self.box.rect()
        for mark, edges in zip(self.marks, self._edges, strict=True):
            columns = _strongest(self.x_pixels(edges), mark.values, max(int(size.width()), 1))
            share = 0.5 + 0.5 * columns / (mark.reach or 1.0)
            level = np.clip(np.nan_to_num(share) * _LEVELS, 0, _LEVELS - 1).astype(int)
            row = np.ascontiguousarray(self._colours[np.where(np.isfinite(share), level, _LEVELS)])
            image = QImage(row.data, len(row), 1, 4 * len(row), QImage.Format.Format_ARGB32)
            top, bottom = (1 - mark.top) * size.height(), (1 - mark.bottom) * size.height()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(QRectF(0.0, top, size.width(), bottom - top), image)


def _edges(x: FloatArray) -> FloatArray:
    """Midway between pixels, and as far beyond the first and the last."""
    middle = (x[1:] + x[:-1]) / 2
    return np.concatenate([[2 * x[0] - middle[0]], middle, [2 * x[-1] - middle[-1]]])


def _strongest(edges: FloatArray, values: FloatArray, width: int) -> FloatArray:
    """For each column of the screen the value that is farthest from zero; NaN where nothing falls on it."""
    low, high = np.minimum(edges[:-1], edges[1:]), np.maximum(edges[:-1], edges[1:])
    seen = np.isfinite(values) & (high > 0) & (low < width)
    first = np.clip(np.floor(low[seen]), 0, width - 1).astype(int)
    last = np.clip(np.ceil(high[seen]) - 1, first, width - 1).astype(int)
    columns = np.full(width, np.nan)
    order = np.argsort(np.abs(values[seen]))
    reach = last - first
    for step in range(int(reach.max(initial=-1)) + 1):  # wide pixels cover several columns
        covers, found = order[reach[order] >= step], np.full(width, np.nan)
        found[first[covers] + step] = values[seen][covers]  # the weaker come first
        columns = np.where(np.isnan(columns) | (np.abs(found) > np.abs(columns)), found, columns)
    return columns
