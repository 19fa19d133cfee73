"""Paints the cells of the table of parameters: numbers under their decimal points, small PDFs, discreet colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from stellarview.domain.prediction import Mixture
from stellarview.ui.panels.parameter_columns import AT_ODDS, LITTLE, MUCH, PARAMETER_COLUMNS, ParameterColumn
from stellarview.ui.panels.parameter_rows import ParameterRow
from stellarview.ui.panels.parameters_model import ParametersModel
from stellarview.ui.theme import Theme, theme_of

Index = QModelIndex | QPersistentModelIndex
_ROOM, _BAR = 3, 3
_PDF_POINTS, _PDF_REACH, _PDF_ROOM = 73, 3.5, 3.0
_CHANGES = ("change", "sigmas")
_MAY_BE_BOLD = ("name", *_CHANGES)
_DIM, _SMALL = 0.45, 0.88
_FLAG = "⚑ "


class ParameterCells(QStyledItemDelegate):
    """Draws everything itself: Qt's own selection would hide what colours say."""

    LEAST_PDF_WIDTH = 30

    def __init__(self, model: ParametersModel) -> None:
        super().__init__()
        self._model = model
        self._fractions: dict[int, float] = {}
        self._note_font, self._note_width = QFont(), 0

    def align(self, font: QFont) -> None:
        """Find out how much room each column needs behind its decimal points."""
        for place, column in enumerate(PARAMETER_COLUMNS):
            metrics = _widest(font, column)
            parts = [_fraction(column.text(row)) for row in self._model.rows]
            self._fractions[place] = max((metrics.horizontalAdvance(part) for part in parts), default=0.0)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for the whole part, the point, and the longest fraction of the column."""
        line, column = self._model.line(index), PARAMETER_COLUMNS[index.column()]
        metrics = _widest(option.font, column)
        height = int(metrics.height()) + 6
        if isinstance(line, str):
            return QSize(0, height)  # goes across all columns
        if column.kind == "pdf":
            return QSize(self.LEAST_PDF_WIDTH, height)
        text = column.text(line)
        missing = self._fractions.get(index.column(), 0.0) - metrics.horizontalAdvance(_fraction(text))
        width = metrics.horizontalAdvance(text) + (missing if column.kind == "number" else 0.0)
        return QSize(int(width) + 2 * _ROOM + (_BAR if column.kind == "name" else 0), height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        line, column = self._model.line(index), PARAMETER_COLUMNS[index.column()]
        theme = theme_of(option.palette)
        area = QRectF(option.rect)
        painter.save()
        painter.setFont(option.font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._model.is_odd(index.row()):
            painter.fillRect(area, QColor(theme.alternate))
        if isinstance(line, str):
            painter.setFont(small(self._note_font))
            self._paint_note(painter, area, line, theme)
        else:
            if line.key == self._model.explained:
                _paint_mark(painter, area, column, theme, has_focus=option.widget.hasFocus())
            painter.setOpacity(_DIM if self._is_dim(line, column) else 1.0)
            if column.kind == "pdf" and line.mixture is not None:
                _paint_pdf(painter, area, line, line.mixture, theme)
            else:
                self._paint_text(painter, area, index, line, theme)
        painter.restore()

    def _is_dim(self, row: ParameterRow, column: ParameterColumn) -> bool:
        if column.key in _CHANGES:
            return self._model.is_stale or self._model.is_wondering
        return self._model.is_stale or (row.is_dim and column.key not in ("catalogue", "name"))

    def _is_bold(self, row: ParameterRow, column: ParameterColumn) -> bool:
        """The explained row's name, and what an edit moved for good."""
        if column.kind == "name":
            return row.key == self._model.explained
        return column.key in _CHANGES and _moved(row) >= MUCH

    def _paint_text(self, painter: QPainter, area: QRectF, index: Index, row: ParameterRow, theme: Theme) -> None:
        column = PARAMETER_COLUMNS[index.column()]
        text, side = column.text(row), Qt.AlignmentFlag.AlignLeft
        if self._is_bold(row, column):
            painter.setFont(_bold(painter.font()))
        area = area.adjusted(_ROOM, 0, -_ROOM, 0)
        if column.kind == "name":
            area.adjust(_BAR, 0, 0, 0)
        elif column.kind == "number":
            side = Qt.AlignmentFlag.AlignRight
            fraction = QFontMetricsF(painter.font()).horizontalAdvance(_fraction(text))
            area.adjust(0, 0, fraction - self._fractions.get(index.column(), 0.0), 0)
        painter.setPen(_colour(row, column, theme))
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)

    def note_height(self, note: str, font: QFont, width: int) -> int:
        """How high a note is in a table so wide; from now on notes have this font, only smaller."""
        self._note_font, self._note_width = font, width
        area = self._note_area(QRectF(0, 0, width, 1000))
        metrics = QFontMetricsF(small(font))
        return int(metrics.boundingRect(area, Qt.TextFlag.TextWordWrap, f"{_FLAG}{note}").height()) + 3

    def _paint_note(self, painter: QPainter, area: QRectF, note: str, theme: Theme) -> None:
        painter.setOpacity(_DIM if self._model.is_stale else 1.0)
        painter.setPen(theme.colour("first"))
        painter.drawText(self._note_area(area), Qt.TextFlag.TextWordWrap, f"{_FLAG}{note}")

    def _note_area(self, area: QRectF) -> QRectF:
        """What is seen of it without scrolling."""
        return QRectF(area.left() + 4 * _ROOM, area.top(), self._note_width - 5 * _ROOM, area.height())


def _paint_mark(painter: QPainter, area: QRectF, column: ParameterColumn, theme: Theme, *, has_focus: bool) -> None:
    """The explained row on a tint, stronger where keys would move it, with a bar at its beginning."""
    tint = QColor(theme.highlight)
    tint.setAlpha(85 if has_focus else 50)
    painter.fillRect(area, tint)
    if column.kind == "name":
        painter.fillRect(QRectF(area.left(), area.top(), _BAR, area.height()), QColor(theme.highlight))


def _widest(font: QFont, column: ParameterColumn) -> QFontMetricsF:
    """Of the letters that a column may have."""
    return QFontMetricsF(_bold(font) if column.key in _MAY_BE_BOLD else font)


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setBold(True)
    return bold


def small(font: QFont, factor: float = _SMALL) -> QFont:
    """For what stands beside the numbers."""
    small = QFont(font)
    small.setPointSizeF(factor * font.pointSizeF())
    return small


def _fraction(text: str) -> str:
    """What stands behind the whole part: `.41`, `σ`, ''."""
    place = next((n for n, sign in enumerate(text) if sign in ".σ∞ " and n > 0), len(text))
    return text[place:]


def _moved(row: ParameterRow) -> float:
    """How far an edit moved a label, in its sigmas; of classes ten percent count as one."""
    if row.change is None:
        return 0.0
    return abs(row.change.value) * 10 if row.change.in_sigmas is None else abs(row.change.in_sigmas)


def _colour(row: ParameterRow, column: ParameterColumn, theme: Theme) -> QColor:
    """Quiet, but for what an edit moved and what a catalogue contradicts: up is orange, down is blue."""
    if column.key in _CHANGES and row.change is not None and _moved(row) >= LITTLE:
        colour = theme.colour("first" if row.change.value > 0 else "second")
        colour.setAlphaF(1.0 if _moved(row) >= MUCH else 0.75)
        return colour
    if column.key == "difference" and row.known is not None:
        difference = row.difference(row.known)
        return theme.colour("first" if difference is not None and abs(difference) >= AT_ODDS else "zero")
    return theme.colour("masked") if column.key in ("unit", *_CHANGES) else QColor(theme.foreground)


def _paint_pdf(painter: QPainter, area: QRectF, row: ParameterRow, mixture: Mixture, theme: Theme) -> None:
    """The mixture over what 3.5 sigmas reach, its middle 68% shaded, and the catalogue's value."""
    area = area.adjusted(_ROOM, _PDF_ROOM, -_ROOM, -_PDF_ROOM + 1)
    reach = _PDF_REACH * mixture.sigma
    x = np.linspace(mixture.mean - reach, mixture.mean + reach, _PDF_POINTS)
    density = mixture.pdf(x)
    left = area.left() + (x - x[0]) / (2 * reach) * area.width()
    up = area.bottom() - density / density.max() * area.height()
    share = np.cumsum(density) / density.sum()
    middle = np.flatnonzero((share >= 0.16) & (share <= 0.84))
    colour = theme.colour("second")
    shade = QColor(colour)
    shade.setAlphaF(0.28)
    if middle.size:
        points = [QPointF(left[n], up[n]) for n in middle]
        ends = [QPointF(points[-1].x(), area.bottom()), QPointF(points[0].x(), area.bottom())]
        painter.fillPath(_path([*points, *ends]), shade)
    painter.setPen(QPen(colour, 1.2))
    painter.drawPath(_path([QPointF(a, b) for a, b in zip(left, up, strict=True)]))
    if row.known is not None and abs(row.known.value - mixture.mean) <= reach:
        place = area.left() + (row.known.value - x[0]) / (2 * reach) * area.width()
        painter.setPen(QPen(QColor(theme.foreground), 1.4))
        painter.drawLine(QPointF(place, area.top()), QPointF(place, area.bottom()))


def _path(points: list[QPointF]) -> QPainterPath:
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    return path
