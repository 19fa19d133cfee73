"""First part of a training: the spectra, the table of labels, how its columns are meant, and what matched."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from stellarview.io.names import display_name
from stellarview.training.label_columns import MatchBy
from stellarview.training.label_set import LabelSet
from stellarview.ui.desk import Desk
from stellarview.ui.training.columns_table import ColumnsTable, QuietCombo
from stellarview.ui.training.draft import Draft
from stellarview.ui.training.meanings import matched_by, ways_of
from stellarview.ui.widgets import button, label, named, wrapped

_SPECTRA = "Spectra (*.fits *.fits.gz *.fit *.fit.gz *.h5 *.hdf5);;All files (*)"
_TABLES = "Tables (*.csv *.tsv *.ecsv *.fits *.vot *.votable *.xml);;All files (*)"
_HINT = (
    "Drop spectra here (a folder, files, or an HDF5 set) and a table of their labels (CSV, ECSV, FITS, VOTable). "
    "A set with labels of its own needs no table."
)


class LabelsPart(QWidget):
    """Shows what the draft has; changes it alone."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__()
        self._desk, self._draft = desk, draft
        self.buttons = (
            button("Folder…", "All spectra of a folder and its subfolders; a table in it is taken, too", self._folder),
            button("Files…", "FITS files or HDF5 sets of spectra", self._files),
            button("Table…", "A table with a row for each star: what it is called, and its labels", self._table),
            button("Stars of this session", "The files of all stars in the table of Inspect", self._session),
            button("Clear", "Take away what was given; files stay", draft.clear),
        )
        row = QHBoxLayout()
        row.setSpacing(4)
        for one in self.buttons:
            row.addWidget(one)
        row.addStretch(1)
        self.hint = label(_HINT, "What to give")
        self.given = label("", "What was given")
        self.notes = label("", "What was guessed")
        self.by = named(QuietCombo(), "Match by", "What tells which spectrum a row belongs to")
        self.by.activated.connect(self._match_by)
        self.by_line = QWidget()
        self.by.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToContents)
        line = QHBoxLayout(self.by_line)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label("Spectra and rows are matched by", "Match by"))
        line.addWidget(self.by)
        line.addStretch(1)
        self.table = ColumnsTable()
        self.table.corrected.connect(draft.choose_columns)
        self.matched = label("", "What matched")
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 0, 0, 0)
        column.addLayout(row)
        for widget in (self.hint, self.given, self.by_line, self.table, self.notes, self.matched):
            column.addWidget(widget)
        for text in (self.hint, self.given, self.notes, self.matched):
            wrapped(text).setTextFormat(Qt.TextFormat.RichText)
        draft.changed.connect(self.show_draft)
        self.show_draft()

    def show_draft(self) -> None:
        """What is given and guessed now."""
        draft, chosen = self._draft, self._draft.chosen
        has_table = draft.guess is not None and chosen.columns is not None
        is_complete = bool(chosen.given.sources) and (bool(chosen.table) or chosen.given.has_labels)
        self.hint.setVisible(not is_complete)
        self.given.setText(_given_words(draft))
        self.given.setVisible(bool(self.given.text()))
        self.by_line.setVisible(has_table)
        self.table.setVisible(has_table)
        self.table.show_columns(draft.guess, chosen.columns)
        self._show_ways()
        self.notes.setText(" ".join(draft.guess.notes) if draft.guess is not None else "")
        self.notes.setVisible(bool(self.notes.text()))
        self.matched.setText(matched_words(draft.label_set) if draft.label_set is not None else "")
        self.matched.setVisible(bool(self.matched.text()))

    def _show_ways(self) -> None:
        guess, columns = self._draft.guess, self._draft.chosen.columns
        if guess is None or columns is None:
            return
        self.by.clear()
        ways = ways_of(guess, columns)
        for way, words in ways.items():
            self.by.addItem(words, way)
        self.by.setCurrentIndex(list(ways).index((columns.match_by, columns.key_column)))

    def _match_by(self, place: int) -> None:
        columns = self._draft.chosen.columns
        way: tuple[MatchBy, str] = self.by.itemData(place)
        if columns is not None:
            self._draft.choose_columns(matched_by(columns, (way[0], way[1])))

    def _folder(self) -> None:
        if folder := QFileDialog.getExistingDirectory(self, "Folder of spectra"):
            self._draft.take_in([folder])

    def _files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "Spectra", "", _SPECTRA)
        self._draft.take_in(files)

    def _table(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Table of labels", "", _TABLES)
        self._draft.take_in([file] if file else [])

    def _session(self) -> None:
        paths = dict.fromkeys(star.path for star in self._desk.workspace.session.stars)
        if paths:
            self._draft.take_in(list(paths))
        else:
            self._desk.messages.tell("The session has no stars: drop spectra on Inspect, or here.")


def matched_words(found: LabelSet) -> str:
    """The counts in a sentence."""
    words = [f"<b>{found.n_matched:,} of {found.n_read:,} spectra have labels</b>, of {found.n_stars:,} stars"]
    words += [f"{found.n_unmatched:,} spectra are not in the table"] if found.n_unmatched else []
    words += [f"{found.n_rows_without_spectrum:,} rows have no spectrum"] if found.n_rows_without_spectrum else []
    words += [f"{found.n_unread:,} files could not be read"] if found.n_unread else []
    return "; ".join(words) + "."


def _given_words(draft: Draft) -> str:
    given = draft.chosen.given
    names = [display_name(Path(path)) for path in given.sources]
    some = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
    words = [f"<b>Spectra</b> {given.n_spectra:,} in {some}"] if names else []
    if draft.chosen.table:
        rows = f", {draft.guess.n_rows:,} rows" if draft.guess is not None else ""
        words.append(f"<b>Labels</b> {display_name(Path(draft.chosen.table))}{rows}")
    elif given.has_labels:
        words.append("<b>Labels</b> those of the set")
    elif names:
        words.append("<b>Labels</b> none yet: drop a table")
    return " &nbsp; ".join(words)
