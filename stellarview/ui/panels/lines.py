"""The table of measured lines: look at them, remove some, copy or save all."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHBoxLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from stellarview.session.session import Session
from stellarview.ui.desk import Desk
from stellarview.ui.panels.line_columns import LINE_TABLE, MeasuredRow, measured_rows, row_of, rows_as_text
from stellarview.ui.widgets import button, label, named


class LinesPanel(QWidget):
    """Shows what the session keeps; opens by itself with the first measurement."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.rows: list[MeasuredRow] = []
        self.table = _table()
        self.count = label("", "How many lines were measured")
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self.count, 1)
        self._buttons.addWidget(button("Remove", "Remove the selected rows (Del)", self.remove))
        self._buttons.addWidget(button("Copy", "Copy the selected rows, or all, as text between tabs", self.copy))
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(self.table, 1)
        column.addLayout(self._buttons)
        widget_only = Qt.ShortcutContext.WidgetShortcut
        QShortcut(QKeySequence.StandardKey.Delete, self.table, self.remove, context=widget_only)
        copying = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        copying.setContext(widget_only)  # the constructor's argument is not heeded
        copying.activated.connect(self.copy)
        desk.workspace.changed.connect(self._follow)
        self._show(desk.workspace.session)

    def sizeHint(self) -> QSize:
        """A few rows: the spectrum needs the room more."""
        return QSize(600, 9 * self.fontMetrics().height())

    def chosen(self) -> list[MeasuredRow]:
        """The selected rows."""
        return [self.rows[index.row()] for index in self.table.selectionModel().selectedRows()]

    def remove(self) -> None:
        """Take the selected rows out of the session."""
        chosen = self.chosen()
        session = self._desk.workspace.session
        for key in {row.key for row in chosen}:
            gone = {row.index for row in chosen if row.key == key}
            session = session.with_star(
                key,
                lambda star, gone=gone: replace(  # type: ignore[misc]
                    star, measured=tuple(line for index, line in enumerate(star.measured) if index not in gone)
                ),
            )
        words = "removal of a measured line" if len(chosen) == 1 else f"removal of {len(chosen)} measured lines"
        self._desk.workspace.change(words, session)

    def copy(self) -> None:
        """The selected rows, or all."""
        QGuiApplication.clipboard().setText(rows_as_text(self.chosen() or self.rows))

    def _follow(self, before: Session, now: Session) -> None:
        if before.stars is now.stars:
            return
        had = len(self.rows)
        rows = measured_rows(now)
        if rows != self.rows:
            self._show(now)
            dock = self.parentWidget()
            if not had and rows and isinstance(dock, QDockWidget):
                dock.show()

    def _show(self, session: Session) -> None:
        self.rows = measured_rows(session)
        self.table.setRowCount(len(self.rows))
        for place, row in enumerate(self.rows):
            facts = row_of(row.line)
            for column, one in enumerate(LINE_TABLE):
                item = QTableWidgetItem(one.text(facts))
                item.setToolTip(item.text())
                self.table.setItem(place, column, item)
        self.count.setText(_count_words(len(self.rows)))
        if self.rows:
            self.table.scrollToBottom()


def _count_words(count: int) -> str:
    if not count:
        return (
            "No line is measured yet: click the name of one in the spectrum, or drag over a stretch (S), and measure."
        )
    return "1 line" if count == 1 else f"{count} lines"


def _table() -> QTableWidget:
    table = named(QTableWidget(0, len(LINE_TABLE)), "Measured lines")
    for place, column in enumerate(LINE_TABLE):
        title = QTableWidgetItem(column.title)
        title.setToolTip(column.tip)
        table.setHorizontalHeaderItem(place, title)
        table.setColumnWidth(place, column.width)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table
