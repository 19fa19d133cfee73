"""The star's parameters: what every model tells, how sure it is, and what speaks against it. A click explains."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from stellarview.domain.inspection import Inspection
from stellarview.domain.labels import label_named, relative_to_iron
from stellarview.session.session import Session
from stellarview.ui.desk import Desk
from stellarview.ui.panels.model_picker import ModelPicker
from stellarview.ui.panels.parameter_cells import ParameterCells, small
from stellarview.ui.panels.parameter_columns import PARAMETER_COLUMNS, shown_columns
from stellarview.ui.panels.parameter_rows import ParameterRow, as_tsv, parameter_rows
from stellarview.ui.panels.parameter_words import head_html, novelty_tip, refusal_html
from stellarview.ui.panels.parameters_model import ParametersModel
from stellarview.ui.theme import theme_of
from stellarview.ui.turns import Turn
from stellarview.ui.widgets import button, label, named

# How long the last star's numbers stay, dimmed, while nothing is known of the next: longer would be a lie.
_PATIENCE_MS = 700
_PDF = next(place for place, column in enumerate(PARAMETER_COLUMNS) if column.kind == "pdf")
_OF_HEADER, _ROOM_IN_ROW = 0.92, 6
_WORK = {"open", "velocity", "inspect"}


class ParametersPanel(QWidget):
    """Shows the current star, anew whenever something about it changes; several changes at once are one drawing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._is_following = False
        self._shown_key = ""
        self.model = ParametersModel()
        self.cells = ParameterCells(self.model)
        self.head = _head()
        self.table = _table(self.model, self.cells)
        self.ratios = button("[X/Fe]", "Show abundances relative to iron instead of hydrogen", self._switch_ratios)
        self.ratios.setCheckable(True)
        self.ratios.hide()
        self.picker = ModelPicker(desk)
        foot = QHBoxLayout()
        foot.addWidget(self.ratios)
        foot.addWidget(self.picker, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 2)
        column.addWidget(self.head)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self._soon = Turn(self, self.draw)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._connect()

    def draw(self) -> None:
        """The current star as it is known now."""
        session = self._desk.workspace.session
        seen, known = self._seen(session.current), self._desk.findings.known(session.current)
        self.picker.follow(seen.spectrum.instrument if seen is not None else None)
        if known.error is not None:
            self._show(session, refusal_html("", known.error, theme_of(self.palette())), ())
        elif seen is not None and (seen.predictions or seen.refusals):
            self._show_answers(session, seen)
        elif not session.current:
            self._show(session, "", ())
        elif session.current != self._shown_key and not self._patience.isActive():
            self._patience.start()
        self._follow_work()

    def text_of_rows(self) -> str:
        """All rows as text between tabs, with the titles first."""
        return as_tsv(self.model.rows)

    def changeEvent(self, event: QEvent) -> None:
        """Colours of words change with the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Models are looked for once somebody can see them."""
        super().showEvent(event)
        if not self.picker.models:
            self.picker.look()
        self._soon.start()

    def _connect(self) -> None:
        self._patience.timeout.connect(self._give_up)
        self._desk.workspace.changed.connect(lambda *_: self._soon.start())
        self._desk.findings.opened_changed.connect(lambda key: self._found({key}))
        self._desk.findings.found.connect(self._found)
        self._desk.tasks.queue_changed.connect(lambda _: self._follow_work())
        self.table.selectionModel().currentRowChanged.connect(self._went_to)
        self.table.activated.connect(self._explain)
        self.table.widened.connect(self._soon.start)
        copying = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        copying.setContext(Qt.ShortcutContext.WidgetShortcut)  # the constructor's argument is not heeded
        copying.activated.connect(self._copy)

    def _found(self, keys: set[str]) -> None:
        if self._desk.workspace.session.current in keys:
            self._soon.start()

    def _seen(self, key: str) -> Inspection | None:
        """What is known of the star; before the bounds are there, what was found in the background."""
        opened, known = self._desk.findings.opened(key), self._desk.findings.known(key)
        if opened is None or opened.inspection.predictions or opened.inspection.refusals:
            return None if opened is None else opened.inspection
        return replace(opened.inspection, predictions=known.predictions, refusals=known.refusals)

    def _show_answers(self, session: Session, seen: Inspection) -> None:
        opened, star = self._desk.findings.opened(session.current), session.star(session.current)
        what_if = {} if opened is None else opened.what_if
        is_relative = session.display.is_relative_to_iron
        catalogue = () if star is None else star.catalogue
        rows = parameter_rows(seen, catalogue, what_if, is_relative_to_iron=is_relative)
        self.head.setToolTip(novelty_tip(seen))
        self.ratios.setChecked(is_relative)
        self._show(session, head_html(seen, what_if, theme_of(self.palette())), rows)

    def _show(self, session: Session, head: str, rows: tuple[ParameterRow, ...]) -> None:
        self._patience.stop()
        self._shown_key = session.current
        if self.head.text() != head:
            self.head.setText(head)
        self.head.setVisible(bool(head))
        self.table.horizontalHeader().setVisible(bool(rows))
        self.ratios.setVisible(bool(relative_to_iron([row.key for row in rows])))
        self._is_following = True
        has_new_lines = self.model.show(rows)
        self._arrange(has_new_lines=has_new_lines)
        place = self.model.place(session.display.label)
        if place != self.table.currentIndex().row():
            self.table.setCurrentIndex(self.model.index(place, 0) if place >= 0 else QModelIndex())
        self._is_following = False

    def _arrange(self, *, has_new_lines: bool) -> None:
        """Columns as wide as what they say, in smaller letters where room is short; notes across all of them."""
        for place, is_shown in enumerate(shown_columns(self.model.rows)):
            self.table.setColumnHidden(place, not is_shown)
        header, room = self.table.horizontalHeader(), self.table.viewport().width()
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + _ROOM_IN_ROW)
        for font in (self.font(), small(self.font())):
            self.table.setFont(font)
            header.setFont(small(font, _OF_HEADER))
            self.cells.align(font)
            self.table.resizeColumnsToContents()
            if header.length() <= room:
                break
        # Qt's own stretching would not leave the others the room that they need.
        least = self.cells.LEAST_PDF_WIDTH
        self.table.setColumnWidth(_PDF, max(least, room - header.length() + header.sectionSize(_PDF)))
        if has_new_lines:
            self.table.clearSpans()
            for place in range(self.model.rowCount()):  # else one that was a note keeps its height
                self.table.setRowHeight(place, self.table.verticalHeader().defaultSectionSize())
        for place in self.model.notes():
            if has_new_lines:
                self.table.setSpan(place, 0, 1, len(PARAMETER_COLUMNS))
            self.table.setRowHeight(place, self.cells.note_height(str(self.model.lines[place]), self.font(), room))

    def _give_up(self) -> None:
        """The last star's numbers stood long enough."""
        self._show(self._desk.workspace.session, "…", ())

    def _follow_work(self) -> None:
        """Numbers that are being worked out anew are dimmed."""
        keys, session = set(self._desk.tasks.keys()), self._desk.workspace.session
        is_stale = bool(keys & _WORK) or (session.current != self._shown_key)
        self.model.mark(session.display.label, is_stale=is_stale, is_wondering="what-if" in keys)
        self.head.setEnabled(not is_stale)

    def _went_to(self, current: QModelIndex, _: QModelIndex) -> None:
        if not self._is_following:
            self._explain(current)

    def _explain(self, index: QModelIndex) -> None:
        """Another label: the spectrum follows by itself."""
        line = self.model.line(index) if index.isValid() else ""
        if isinstance(line, ParameterRow):
            workspace = self._desk.workspace
            display = replace(workspace.session.display, label=line.key)
            workspace.change(
                f"explanation of {label_named(line.key).text}", replace(workspace.session, display=display)
            )

    def _switch_ratios(self) -> None:
        workspace = self._desk.workspace
        display = replace(workspace.session.display, is_relative_to_iron=self.ratios.isChecked())
        workspace.change("abundances relative to iron", replace(workspace.session, display=display))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text_of_rows())


class ParametersTable(QTableView):
    """Says when it has more or less room, also because its own scroll bar came or went."""

    widened = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns and notes want to be laid out anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.widened.emit()


def _head() -> QLabel:
    head = label("", "What is told of the star as a whole")
    head.setWordWrap(True)
    head.setAlignment(Qt.AlignmentFlag.AlignTop)
    head.setTextFormat(Qt.TextFormat.RichText)
    by = Qt.TextInteractionFlag
    head.setTextInteractionFlags(by.TextSelectableByMouse | by.TextSelectableByKeyboard)
    head.setVisible(False)
    return head


def _table(model: ParametersModel, cells: ParameterCells) -> ParametersTable:
    table = named(ParametersTable(), "Parameters")
    table.setModel(model)
    table.setItemDelegate(cells)
    table.setShowGrid(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)  # the explained row is marked, none selected
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setMinimumSectionSize(1)
    header = table.horizontalHeader()
    header.setMinimumSectionSize(10)
    header.setSectionsClickable(False)
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    return table
