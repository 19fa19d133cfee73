"""The columns of a label table as they were guessed, each with its meaning and unit for correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QTableWidget, QTableWidgetItem

from stellarview.training.label_columns import LabelColumn, LabelColumns, TableGuess
from stellarview.ui.training.meanings import choices_for, meaning_of, units_of, with_meaning, with_unit
from stellarview.ui.widgets import named

_TITLES = ("Column", "First values", "Means", "Unit")
_MEANS, _UNIT = 2, 3
_WIDTHS_LETTERS = {0: 16, 2: 28, 3: 16}
_SHOWN_VALUES, _MOST_ROWS_IN_SIGHT = 3, 9


class QuietCombo(QComboBox):
    """The wheel scrolls what it is in, instead of choosing something unasked."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]


class ColumnsTable(QTableWidget):
    """Shows a reading of the table; `corrected` tells of another one."""

    corrected = Signal(object)  # LabelColumns

    def __init__(self) -> None:
        super().__init__(0, len(_TITLES))
        named(self, "Columns of the label table", "What each column means. Correct what was guessed wrongly.")
        self.setHorizontalHeaderLabels(_TITLES)
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        letter = self.fontMetrics().averageCharWidth()
        for place, letters in _WIDTHS_LETTERS.items():
            header.resizeSection(place, letters * letter)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 9)
        self._guess: TableGuess | None = None
        self._columns: LabelColumns | None = None
        self._passed: _Passed | None = None
        self._row_of: dict[str, int] = {}

    def show_columns(self, guess: TableGuess | None, columns: LabelColumns | None) -> None:
        """This reading; rows are made anew only for another table."""
        is_new = guess is not self._guess
        self._guess, self._columns = guess, columns
        if guess is None or columns is None:
            self.setRowCount(0)
            return
        if is_new:
            self._make_rows(guess, columns)
        for name, row in self._row_of.items():
            self._show_row(row, name, guess, columns)

    def changeEvent(self, event: QEvent) -> None:
        """Other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._guess is not None and self._columns is not None:
            self.show_columns(self._guess, self._columns)

    def combo(self, column: str) -> QComboBox:
        """Where the meaning of a column is chosen."""
        combo = self.cellWidget(self._row_of[column], _MEANS)
        assert isinstance(combo, QComboBox)
        return combo

    def _make_rows(self, guess: TableGuess, columns: LabelColumns) -> None:
        """What means something, or may tell the star, comes first."""
        ways = {column for _, column in guess.ways}
        names = sorted(guess.column_names, key=lambda name: not (name in ways or meaning_of(name, columns)))
        self._row_of = {name: row for row, name in enumerate(names)}
        self.setRowCount(len(names))
        for name, row in self._row_of.items():
            place = guess.column_names.index(name)
            values = ", ".join(cells[place] for cells in guess.sample[:_SHOWN_VALUES])
            for column, text in enumerate((name, values)):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
                item.setToolTip(text)
                self.setItem(row, column, item)
            self.setCellWidget(row, _MEANS, self._combo(f"What {name} means", name, "meaning"))
        height = self.horizontalHeader().sizeHint().height() + 4
        height += sum(self.rowHeight(row) for row in range(min(len(names), _MOST_ROWS_IN_SIGHT)))
        self.setFixedHeight(height)

    def _combo(self, title: str, column: str, what: str) -> QComboBox:
        combo = named(QuietCombo(), title)
        combo.setFrame(False)
        combo.activated.connect(lambda _: self._choose(column, what, str(combo.currentData())))
        return combo

    def _show_row(self, row: int, name: str, guess: TableGuess, columns: LabelColumns) -> None:
        meaning = meaning_of(name, columns)
        _fill(self.cellWidget(row, _MEANS), choices_for(name, guess, columns), meaning)
        label = next((one for one in columns.labels if one.column == name), None)
        self._show_unit(row, name, label, guess.units.get(name, ""))
        if (title := self.item(row, 0)) is not None:
            group = QPalette.ColorGroup.Active if meaning else QPalette.ColorGroup.Disabled
            title.setForeground(self.palette().brush(group, QPalette.ColorRole.Text))

    def _show_unit(self, row: int, name: str, label: LabelColumn | None, of_table: str) -> None:
        """To choose where there is a choice; else the table's own word comes first."""
        units = units_of(label.key) if label is not None else ()
        combo = self.cellWidget(row, _UNIT)
        if label is not None and len(units) > 1:
            if combo is None:
                combo = self._combo(f"Unit of {name}", name, "unit")
                self.setCellWidget(row, _UNIT, combo)
            _fill(combo, {one: one for one in units}, label.unit)
        elif combo is not None:
            self.removeCellWidget(row, _UNIT)
        item = QTableWidgetItem(of_table or next(iter(units), "") if len(units) == 1 else "")
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.setItem(row, _UNIT, item)

    def _choose(self, column: str, what: str, choice: str) -> None:
        """Arrow keys pass by other meanings: what those took from other columns is given back on the way."""
        if self._columns is None:
            return
        passed = self._passed
        if passed is None or (passed.column, passed.what, passed.after) != (column, what, self._columns):
            passed = _Passed(column, what, self._columns, self._columns)
        change = with_meaning if what == "meaning" else with_unit
        self._passed = replace(passed, after=change(passed.before, column, choice))
        self.corrected.emit(self._passed.after)


@dataclass(frozen=True)
class _Passed:
    """Corrections of one column, one after the other."""

    column: str
    what: str
    before: LabelColumns
    after: LabelColumns


def _fill(combo: object, choices: Mapping[str, str], chosen: str) -> None:
    assert isinstance(combo, QComboBox)
    known = {str(combo.itemData(place)): combo.itemText(place) for place in range(combo.count())}
    if known != choices:
        combo.clear()
        for data, text in choices.items():
            combo.addItem(text, data)
    combo.setCurrentIndex(combo.findData(chosen))
