"""Results that leave the window: a table of all that was told, and a sheet for each star."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QPushButton, QVBoxLayout

from stellarview.engine.jobs import export
from stellarview.engine.wishes import SheetWish
from stellarview.inspection.summary import sheet_name
from stellarview.inspection.table import ResultsTable, Told
from stellarview.io.results import TABLE_ENDINGS
from stellarview.scene.figure import FORMATS
from stellarview.session.session import StarEntry
from stellarview.ui.place_field import PlaceField
from stellarview.ui.widgets import label, named

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow

_FORMAT_NAMES = {".ecsv": "ECSV", ".vot": "VOTable", ".fits": "FITS", ".csv": "CSV"}
_SUMMARY = "report.ecsv"


def _current(window: MainWindow) -> list[str]:
    return [window.desk.workspace.session.current]


def _selected(window: MainWindow) -> list[str]:
    return [*window.desk.workspace.session.selected]


def _filtered(window: MainWindow) -> list[str]:
    return [*window.stars.model.keys]


def _all(window: MainWindow) -> list[str]:
    return [star.key for star in window.desk.workspace.session.stars]


# What the user calls them: their keys.
WHICH: dict[str, Callable[[MainWindow], list[str]]] = {
    "Current star": _current,
    "Selected stars": _selected,
    "Stars that the filter shows": _filtered,
    "All stars": _all,
}


def chosen_stars(window: MainWindow, which: str) -> list[StarEntry]:
    """The stars of a row of WHICH, in the order that it gives."""
    entries = {star.key: star for star in window.desk.workspace.session.stars}
    return [entries[key] for key in WHICH[which](window) if key in entries]


def told_of(window: MainWindow, stars: list[StarEntry]) -> list[Told]:
    """What is known of these stars by now."""
    findings = window.desk.findings
    told = []
    for star in stars:
        known = findings.known(star.key)
        file = star.path if star.row < 0 else f"{star.path}#{star.row}"
        told.append(Told({"file": file, **known.row}, known.predictions, star.note))
    return told


def write_table(window: MainWindow, stars: list[StarEntry], path: Path, then: Callable[[Path], None]) -> None:
    """All results of these stars to a file, whose path `then` gets."""
    tasks = window.desk.tasks

    def write(table: ResultsTable) -> None:
        tasks.run("write table", export.write_table, path, table, then=then)

    tasks.run("gather table", export.gather, told_of(window, stars), then=write, lane="writing")


class WhichStars(QComboBox):
    """Which stars are meant, with how many they are."""

    def fill(self, window: MainWindow, preferred: str) -> None:
        """Only what there is."""
        before = self.which if self.count() else preferred
        self.clear()
        for which in WHICH:
            if count := len(chosen_stars(window, which)):
                self.addItem(which if count == 1 else f"{which} ({count})", which)
        self.setCurrentIndex(max(self.findData(before), 0))

    @property
    def which(self) -> str:
        """A row of WHICH."""
        return str(self.currentData() or "Current star")


class _ResultsDialog(QDialog):
    """Which stars, which format, where to."""

    def __init__(self, window: MainWindow, title: str, format_names: list[str], place: PlaceField, act: str) -> None:
        super().__init__(window)
        self._window, self._desk = window, window.desk
        self.setWindowTitle(title)
        self.stars = named(WhichStars(), "Stars", "Which stars")
        self.format = named(QComboBox(), "Format", "Which kind of file")
        self.format.addItems(format_names)
        self.place = place
        self.act = named(QPushButton(act), act, title)
        self.note = label("", "What to know")
        self.note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.act, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow("&Stars", self.stars)
        form.addRow("&Format", self.format)
        form.addRow("&Folder" if act == "Draw" else "F&ile", place)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(buttons)
        place.changed.connect(lambda: self.act.setEnabled(place.path is not None))
        self.accepted.connect(self._go)
        self.resize(620, 0)

    def _waiting_words(self) -> str:
        done, total = self._desk.inspector.done_of_total
        return f"{total - done} stars are still being looked at: they are not in it yet." if total else ""

    def _go(self) -> None:
        raise NotImplementedError


class TableDialog(_ResultsDialog):
    """All results as one table."""

    def __init__(self, window: MainWindow) -> None:
        place = PlaceField("file", "File", "Where the table goes")
        super().__init__(window, "Export the results as a table", [_FORMAT_NAMES[e] for e in TABLE_ENDINGS], place,
                         "Export")  # fmt: skip
        self.format.currentTextChanged.connect(lambda _: place.set_ending(self._ending))

    @property
    def _ending(self) -> str:
        return next(ending for ending, name in _FORMAT_NAMES.items() if name == self.format.currentText())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.stars.fill(self._window, "All stars")
        self.note.setText(self._waiting_words())
        if self.place.path is None:
            self.place.set_path(Path(self._window.files.last_folder) / f"stellarview-results{self._ending}")

    def _go(self) -> None:
        stars, path = chosen_stars(self._window, self.stars.which), self.place.path
        if stars and path is not None:
            messages, count = self._desk.messages, "1 star" if len(stars) == 1 else f"{len(stars)} stars"
            write_table(
                self._window, stars, path.absolute(),
                lambda path: messages.tell_place(f"The table of {count} is in {path}.", path),
            )  # fmt: skip


class ReportDialog(_ResultsDialog):
    """A sheet for each star in a folder, as `stellarview report` draws them."""

    def __init__(self, window: MainWindow) -> None:
        place = PlaceField("folder", "Folder", "Where the sheets go; made where it is not there")
        super().__init__(window, "Report: a sheet for each star", [name.upper() for name in FORMATS], place, "Draw")
        self._runs = 0

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        has_several = len(self._desk.workspace.session.selected) > 1
        self.stars.clear()
        self.stars.fill(self._window, "Selected stars" if has_several else "Current star")
        self.note.setText("A sheet takes a few seconds. Sheets of the same name are replaced.")
        if self.place.path is None:
            self.place.set_path(Path(self._window.files.last_folder) / "stellarview-report")

    def _go(self) -> None:
        stars, folder = chosen_stars(self._window, self.stars.which), self.place.path
        if stars and folder is not None:
            self._runs += 1
            ReportRun(self._window, stars, folder.absolute(), self.format.currentText().lower(), self._runs).start()


class ReportRun:
    """One job a star, so that what the user looks at meanwhile need not wait for all; then the table of them."""

    def __init__(self, window: MainWindow, stars: list[StarEntry], folder: Path, format_: str, number: int) -> None:
        self._window, self._desk = window, window.desk
        self._stars, self._folder, self._format, self._number = stars, folder, format_, number
        self._rows: dict[str, Mapping[str, Any]] = {}

    def start(self) -> None:
        """Ask for all of it."""
        session = self._desk.workspace.session
        chosen = {choice.task: choice.model for choice in session.models}
        names: list[str] = []
        for star in self._stars:
            names.append(sheet_name(Path(star.path), star.row, names))
            wish = SheetWish(
                self._folder / f"{names[-1]}.{self._format}", session.display.label, chosen, "StellarView, Report"
            )
            self._desk.tasks.run(
                f"report {self._number} {star.key}", export.write_one_sheet, star, wish,
                then=partial(self._add, star.key), lane="networks",
            )  # fmt: skip
        self._tell_progress()

    def _add(self, key: str, row: Mapping[str, Any]) -> None:
        self._rows[key] = row
        self._tell_progress()
        if len(self._rows) == len(self._stars):
            rows = [self._rows[star.key] for star in self._stars]
            self._desk.tasks.run(
                f"report {self._number}", export.write_summary, self._folder / _SUMMARY, rows, then=self._finish
            )

    def _tell_progress(self) -> None:
        self._window.statusBar().showMessage(f"Report: {len(self._rows)} of {len(self._stars)} sheets", 60_000)

    def _finish(self, table: Path) -> None:
        self._window.statusBar().clearMessage()
        failed = [row for row in self._rows.values() if row.get("name") is None]
        drawn = len(self._rows) - len(failed)
        words = f"{'1 sheet is' if drawn == 1 else f'{drawn} sheets are'} in {table.parent}."
        if failed:
            words += f" {len(failed)} could not be drawn: {_SUMMARY} says why."
        self._desk.messages.tell_place(words, table.parent)
