"""The parameters of a star as rows for Qt; what must be known of a row stands under it, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from stellarview.ui.panels.parameter_columns import PARAMETER_COLUMNS, row_words
from stellarview.ui.panels.parameter_rows import ParameterRow

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class ParametersModel(QAbstractTableModel):
    """`lines` are rows and, as strings, notes on the row above them. `explained` is the key of the marked row.

    `is_stale` and `is_wondering`: all, or what the edits changed, is being worked out anew.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[ParameterRow | str, ...] = ()
        self.explained = ""
        self.is_stale = False
        self.is_wondering = False

    @property
    def rows(self) -> tuple[ParameterRow, ...]:
        """The lines that are no notes."""
        return tuple(line for line in self.lines if isinstance(line, ParameterRow))

    def show(self, rows: Sequence[ParameterRow]) -> bool:
        """Show these; True where lines came or went."""
        lines = tuple(line for row in rows for line in _lines(row))
        if [_place(line) for line in lines] == [_place(line) for line in self.lines]:
            self.lines = lines
            self._tell()
            return False
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()
        return True

    def mark(self, explained: str, *, is_stale: bool, is_wondering: bool) -> None:
        """Which row is explained, and what is not up to date."""
        if (explained, is_stale, is_wondering) != (self.explained, self.is_stale, self.is_wondering):
            self.explained, self.is_stale, self.is_wondering = explained, is_stale, is_wondering
            self._tell()

    def line(self, index: Index) -> ParameterRow | str:
        """The line of a cell."""
        return self.lines[index.row()]

    def place(self, key: str) -> int:
        """The line that a click on explains this; -1 where there is none."""
        return next((n for n, line in enumerate(self.lines) if not isinstance(line, str) and line.key == key), -1)

    def is_odd(self, place: int) -> bool:
        """Every other row lies on another ground, with its notes."""
        return sum(not isinstance(line, str) for line in self.lines[: place + 1]) % 2 == 0

    def notes(self) -> list[int]:
        """The lines that are notes."""
        return [place for place, line in enumerate(self.lines) if isinstance(line, str)]

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """One a line."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """As the table of columns says."""
        return 0 if parent.isValid() else len(PARAMETER_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles, and what they mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = PARAMETER_COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.tip}.get(
            Qt.ItemDataRole(role)
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; the whole row for those who hear it."""
        line, column = self.line(index), PARAMETER_COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (line if index.column() == 0 else "") if isinstance(line, str) else column.text(line)
        if isinstance(line, str):
            return line if role == Qt.ItemDataRole.ToolTipRole else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row_words(line)}\n\n{column.title}: {column.tip}" if column.title else row_words(line)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return row_words(line)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Notes are read, not chosen: the arrow keys pass over them."""
        if isinstance(self.line(index), str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled

    def _tell(self) -> None:
        if self.lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(PARAMETER_COLUMNS) - 1))


def _lines(row: ParameterRow) -> tuple[ParameterRow | str, ...]:
    """The row, and what must be known of it."""
    return (row, "; ".join(row.flags)) if row.flags else (row,)


def _place(line: ParameterRow | str) -> str:
    """What a line is about: where these stay, no line came or went."""
    return "" if isinstance(line, str) else line.key
