"""The table of stars: sort, filter, choose one to look at and several to compare."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from stellarview.session.session import Session
from stellarview.ui.desk import Desk
from stellarview.ui.panels.failed_rows import FailedRows
from stellarview.ui.panels.star_columns import STAR_COLUMNS
from stellarview.ui.panels.stars_model import KEY_ROLE, StarsModel
from stellarview.ui.widgets import label, named

# Rows that come in by hundreds are sorted and filtered anew a few times a second, not at each.
_PAUSE_MS = 150
_NOTE = next(place for place, column in enumerate(STAR_COLUMNS) if column.key == "note")
_FILTER_TIP = (
    "Show only some stars, for example: teff > 5000 & snr > 30. Known: name, snr, class, mk, teff, logg, feh, rv, "
    "novelty, flags, note; < <= > >= = != ~ (contains), & | ! and parentheses"
)


class StarsPanel(QWidget):
    """The table and its filter. It shows the session and changes nothing else."""

    menu_wanted = Signal(QPoint)  # on the screen; what is in it, the window knows

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._is_following = False
        self.model = StarsModel(desk.findings)
        self.filter = QLineEdit(placeholderText="Filter: teff > 5000 & snr > 30", clearButtonEnabled=True)
        named(self.filter, "Filter of the stars", _FILTER_TIP)
        self.table = _table(self.model)
        FailedRows(self.table, self.model, _NOTE)
        self.count = label("", "How many stars are shown")
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        for widget in (self.filter, self.table, self.count):
            column.addWidget(widget)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._show_anew)
        self._connect()
        self._show_session(Session(), desk.workspace.session)

    def step(self, by: int) -> None:
        """Look at the star so many rows on."""
        if self.model.keys:
            place = self.model.place(self._desk.workspace.session.current)
            place = min(max(place + by, 0), len(self.model.keys) - 1)
            self._look_at(self.model.keys[place], (self.model.keys[place],))

    def write_note(self) -> None:
        """Open the note of the star that is looked at."""
        place = self.model.place(self._desk.workspace.session.current)
        if place >= 0:
            index = self.model.index(place, _NOTE)
            self.table.setFocus()
            self.table.scrollTo(index)
            self.table.edit(index)

    def copy(self) -> None:
        """The selected rows as text."""
        QGuiApplication.clipboard().setText(self.text_of_selected())

    def text_of_selected(self) -> str:
        """The selected rows as text between tabs, with the titles first."""
        keys = set(self._desk.workspace.session.selected) or {self._desk.workspace.session.current}
        rows = [[column.title for column in STAR_COLUMNS]]
        for place, key in enumerate(self.model.keys):
            if key in keys:
                cells = [self.model.index(place, column).data() for column in range(len(STAR_COLUMNS))]
                rows.append([str(cell or "") for cell in cells])
        return "\n".join("\t".join(row) for row in rows)

    def _connect(self) -> None:
        self.filter.textEdited.connect(self._set_filter)
        self.table.horizontalHeader().sectionClicked.connect(self._sort)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.table.selectionModel().currentRowChanged.connect(self._went_to)
        self.table.copy_wanted.connect(self.copy)
        self.model.noted.connect(self._note)
        self.table.customContextMenuRequested.connect(self._ask_for_menu)
        self._desk.workspace.changed.connect(self._show_session)
        self._desk.findings.found.connect(self._refresh)

    def _note(self, key: str, note: str) -> None:
        workspace = self._desk.workspace
        noted = workspace.session.with_star(key, lambda star: replace(star, note=note))
        workspace.change("note", noted)

    def _ask_for_menu(self, at: QPoint) -> None:
        self.menu_wanted.emit(self.table.viewport().mapToGlobal(at))

    def _set_filter(self, text: str) -> None:
        workspace = self._desk.workspace
        workspace.change("filter", replace(workspace.session, filter=text), merge="filter")

    def _sort(self, section: int) -> None:
        workspace, key = self._desk.workspace, STAR_COLUMNS[section].key
        session = workspace.session
        turns = session.sort_by == key and not session.sort_descending
        is_over = session.sort_by == key and session.sort_descending
        workspace.change("order of stars", replace(session, sort_by="" if is_over else key, sort_descending=turns))

    def _selected(self, *_: QItemSelection) -> None:
        if not self._is_following:
            keys = tuple(str(index.data(KEY_ROLE)) for index in self.table.selectionModel().selectedRows())
            self._look_at(self._desk.workspace.session.current, keys)

    def _went_to(self, index: QModelIndex, _: QModelIndex) -> None:
        if not self._is_following and index.isValid():
            self._look_at(str(index.data(KEY_ROLE)), self._desk.workspace.session.selected)

    def _look_at(self, current: str, selected: tuple[str, ...]) -> None:
        workspace = self._desk.workspace
        chosen = selected if len(selected) > 1 else ()
        workspace.change(
            "choice of stars", replace(workspace.session, current=current, selected=chosen), merge="choice"
        )

    def _show_session(self, before: Session, now: Session) -> None:
        if self.filter.text() != now.filter:
            self.filter.setText(now.filter)
        rows = ("stars", "filter", "sort_by", "sort_descending")
        if any(getattr(before, name) != getattr(now, name) for name in rows) or not self.model.keys:
            self._show_anew()
        self._follow(now)

    def _show_anew(self) -> None:
        if self.table.state() is QAbstractItemView.State.EditingState:
            self._pause.start()  # a new order would take the note away from who writes it
            return
        session, bar = self._desk.workspace.session, self.table.verticalScrollBar()
        self._is_following, scrolled = True, bar.value()
        error = self.model.show(session)
        bar.setValue(scrolled)
        self._is_following = False
        self.filter.setStyleSheet("color: #d9480f" if error else "")
        self.filter.setToolTip(str(error) if error else _FILTER_TIP)
        header = self.table.horizontalHeader()
        keys = [column.key for column in STAR_COLUMNS]
        header.setSortIndicatorShown(session.sort_by in keys)
        if session.sort_by in keys:
            order = Qt.SortOrder.DescendingOrder if session.sort_descending else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(keys.index(session.sort_by), order)
        shown, total = len(self.model.keys), len(session.stars)
        stars = "1 star" if total == 1 else f"{total} stars"
        self.count.setText(stars if shown == total else f"{shown} of {stars}")
        self._follow(session)

    def _follow(self, session: Session) -> None:
        """The table's own selection as the session says."""
        self._is_following = True
        selection, flags = self.table.selectionModel(), QItemSelectionModel.SelectionFlag
        place = self.model.place(session.current)
        selection.setCurrentIndex(self.model.index(place, 0), flags.NoUpdate)
        selected = QItemSelection()
        for key in session.selected or (session.current,):
            at = self.model.place(key)
            if at >= 0:
                selected.select(self.model.index(at, 0), self.model.index(at, len(STAR_COLUMNS) - 1))
        selection.select(selected, flags.ClearAndSelect)
        self._is_following = False

    def _refresh(self, keys: set[str]) -> None:
        self.model.refresh(keys)
        session = self._desk.workspace.session
        if (session.filter or session.sort_by) and not self._pause.isActive():
            self._pause.start()


class _Table(QTableView):
    """Copies rows, where Qt would copy one cell."""

    copy_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)


def _table(model: StarsModel) -> _Table:
    table = named(_Table(), "Stars")
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
    table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    table.setTabKeyNavigation(False)  # Tab leaves the table: arrow keys go through its cells
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
    header = table.horizontalHeader()
    header.setSectionsClickable(True)
    header.setSectionsMovable(True)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for place, column in enumerate(STAR_COLUMNS):
        table.setColumnWidth(place, column.width)
    return table
