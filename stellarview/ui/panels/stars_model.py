"""The session's stars as rows for Qt: filtered and sorted in plain Python, which for a thousand rows takes a blink."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from stellarview.domain.errors import StellarViewError
from stellarview.engine.known import Known
from stellarview.session.session import Session, StarEntry
from stellarview.ui.findings import Findings
from stellarview.ui.panels.star_columns import STAR_COLUMNS, Row, sorting_key

Index = QModelIndex | QPersistentModelIndex
KEY_ROLE = Qt.ItemDataRole.UserRole
REASON_ROLE = Qt.ItemDataRole.UserRole + 1  # why a star failed and what to do; '' where it did not
# Reds that are read on white and on black.
_FAILED = QColor("#d9480f")


class StarsModel(QAbstractTableModel):
    """`keys` are the stars that the filter lets through, in the order of the table."""

    noted = Signal(str, str)  # a star's key, its new note

    def __init__(self, findings: Findings) -> None:
        super().__init__()
        self._findings = findings
        self._session = Session()
        self.keys: list[str] = []
        self._places: dict[str, int] = {}
        self._entries: dict[str, StarEntry] = {}

    def show(self, session: Session) -> StellarViewError | None:
        """The rows of this session; returns what is wrong with its filter, which then lets everything through."""
        self._session = session
        self._entries = {star.key: star for star in session.stars}
        keys, error = self._filtered(session)
        if session.sort_by:
            rows = {key: sorting_key(self.row(key), session.sort_by) for key in keys}
            known = [key for key in keys if not rows[key][0]]
            known.sort(key=lambda key: rows[key][1], reverse=session.sort_descending)
            keys = known + [key for key in keys if rows[key][0]]
        self._show_keys(keys)
        return error

    def _show_keys(self, keys: list[str]) -> None:
        """Rows at the end are added without disturbing who scrolls, chooses or writes."""
        count = len(self.keys)
        if keys == self.keys:
            return
        places = {key: place for place, key in enumerate(keys)}
        if count and keys[:count] == self.keys:
            self.beginInsertRows(QModelIndex(), count, len(keys) - 1)
            self.keys, self._places = keys, places
            self.endInsertRows()
        else:
            self.beginResetModel()
            self.keys, self._places = keys, places
            self.endResetModel()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Notes can be written."""
        can_edit = index.isValid() and STAR_COLUMNS[index.column()].is_editable
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if can_edit else Qt.ItemFlag.NoItemFlags)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A note was written: the session is what changes."""
        if role == Qt.ItemDataRole.EditRole and STAR_COLUMNS[index.column()].is_editable:
            self.noted.emit(self.keys[index.row()], str(value).strip())
            return True
        return False

    def refresh(self, keys: set[str]) -> None:
        """Something new is known of these stars."""
        places = [self._places[key] for key in keys if key in self._places]
        if places:
            # Not the notes, of which findings know nothing: one may be in the making.
            last = max(place for place, column in enumerate(STAR_COLUMNS) if not column.is_editable)
            self.dataChanged.emit(self.index(min(places), 0), self.index(max(places), last))

    def row(self, key: str) -> Row:
        """What the table knows of a star, with its note; before it was read, its file's name."""
        known, entry = self._findings.known(key), self._entries.get(key)
        facts = known.row or {"name": _file_name(entry)}
        return {**facts, "note": entry.note} if entry and entry.note else facts

    def place(self, key: str) -> int:
        """The row of a star; -1 where it is not shown."""
        return self._places.get(key, -1)

    def rowCount(self, parent: Index | None = None) -> int:
        """One a star."""
        return len(self.keys)

    def columnCount(self, parent: Index | None = None) -> int:
        """As the table of columns says."""
        return len(STAR_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles and what they mean."""
        if orientation is Qt.Orientation.Horizontal:
            column = STAR_COLUMNS[section]
            return {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.tip}.get(
                Qt.ItemDataRole(role)
            )
        return section + 1 if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        key, column = self.keys[index.row()], STAR_COLUMNS[index.column()]
        known = self._findings.known(key)
        if role == Qt.ItemDataRole.DisplayRole or (role == Qt.ItemDataRole.EditRole and column.is_editable):
            return _cell_text(known, self.row(key), column.key, column.text(self.row(key)))
        if role == Qt.ItemDataRole.ForegroundRole and known.error is not None and column.key != "note":
            return _FAILED
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(key, known)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role in (REASON_ROLE, Qt.ItemDataRole.AccessibleDescriptionRole):
            return _reason(known)
        return key if role == KEY_ROLE else None

    def reasons(self) -> dict[int, str]:
        """Rows of stars that failed, and why."""
        told = ((place, _reason(self._findings.known(key))) for place, key in enumerate(self.keys))
        return {place: reason for place, reason in told if reason}

    def _filtered(self, session: Session) -> tuple[list[str], StellarViewError | None]:
        every = [star.key for star in session.stars]
        if not session.filter.strip():
            return every, None
        from stellarview.session.filter import compile_filter

        try:
            passes = compile_filter(session.filter)
        except StellarViewError as error:
            return every, error
        return [key for key in every if passes(self.row(key))], None

    def _tip(self, key: str, known: Known) -> str:
        entry = self._entries.get(key)
        lines = [entry.path if entry else "", *(str(known.error).splitlines() if known.error else [])]
        lines += [f"{task}: {error.what} {error.why}" for task, error in known.refusals.items()]
        return "\n".join(filter(None, [*lines, entry.note if entry else ""]))


def _reason(known: Known) -> str:
    """What to do goes with it; what failed is the row's name."""
    return "" if known.error is None else f"{known.error.why} {known.error.what_to_do}"


def _cell_text(known: Known, row: Row, key: str, text: str) -> str:
    if key == "flags" and known.error is not None:
        return f"{known.error.what} {known.error.why} {known.error.what_to_do}"
    return "…" if not text and known.state in ("waiting", "read") and key in ("teff", "class") else text


def _file_name(entry: StarEntry | None) -> str:
    if entry is None:
        return ""
    name = entry.path.replace("\\", "/").rsplit("/", 1)[-1]
    return name if entry.row < 0 else f"{name}#{entry.row}"
