"""Rows of stars that could not be read: across the table, the reason and what to do, in what is seen of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from stellarview.ui.panels.stars_model import REASON_ROLE, StarsModel
from stellarview.ui.turns import Turn

Index = QModelIndex | QPersistentModelIndex
# A longer reason is told by the row's tooltip.
_MOST_LINES = 8
_ROOM = 4
_WORDS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)


class FailedRows(QStyledItemDelegate):
    """Gives the rows of failed stars their height and their words, all others what they had."""

    def __init__(self, table: QTableView, model: StarsModel, columns: int) -> None:
        super().__init__(table)
        self._table, self._model, self._columns = table, model, columns
        self._tall: set[int] = set()
        self._soon = Turn(self, self._fit)
        table.setItemDelegateForColumn(0, self)
        table.viewport().installEventFilter(self)
        for signal in (model.modelReset, model.rowsInserted, model.dataChanged):
            signal.connect(self._soon.start)
        self._soon.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another width has other lines."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange):
            self._soon.start()
        return super().eventFilter(watched, event)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The name and the words under it, wherever the table was scrolled to."""
        reason = index.data(REASON_ROLE)
        if not reason:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        table = self._table
        table.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, table)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
        painter.save()
        painter.setPen(option.palette.color(role))
        seen = self._seen(QRect(option.rect))
        high = QFontMetrics(option.font).height()
        elided = QFontMetrics(option.font).elidedText(name, Qt.TextElideMode.ElideMiddle, seen.width())
        painter.setClipRect(seen)
        painter.drawText(seen, _WORDS, elided)
        painter.drawText(seen.adjusted(0, high, 0, 0), _WORDS, reason)
        painter.restore()

    def _seen(self, cell: QRect) -> QRect:
        return QRect(_ROOM, cell.top() + _ROOM, self._table.viewport().width() - 2 * _ROOM, cell.height() - 2 * _ROOM)

    def _fit(self) -> None:
        """Spans and heights; a row that is another star's now has its usual height again."""
        reasons = self._model.reasons()
        usual, metrics = self._table.verticalHeader().defaultSectionSize(), self._table.fontMetrics()
        width = self._table.viewport().width() - 2 * _ROOM
        self._table.clearSpans()
        for place in self._tall - reasons.keys():
            if place < self._model.rowCount():
                self._table.setRowHeight(place, usual)
        for place, reason in reasons.items():
            words = metrics.boundingRect(QRect(0, 0, width, 10_000), _WORDS, reason).height()
            lines = min(words, _MOST_LINES * metrics.lineSpacing())
            self._table.setRowHeight(place, metrics.height() + lines + 2 * _ROOM)
            self._table.setSpan(place, 0, 1, self._columns)
        self._tall = set(reasons)
