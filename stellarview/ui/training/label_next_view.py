"""Which stars of the session to label next: a list with reasons, to choose in the table of stars or to write down."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from stellarview.domain.labels import label_named
from stellarview.domain.prediction import Prediction
from stellarview.engine import runs as jobs
from stellarview.training.label_next import Candidate
from stellarview.ui.desk import Desk
from stellarview.ui.widgets import button, label, named

_COLUMNS = ("Star", "Label", "Why")
_HEAD = ("star", "file", "row", "label", "disagreement", "reason")


class LabelNextView(QWidget):
    """Ranks by what the members of one model disagree on, more than noise explains."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.found: list[Candidate] = []
        self.model = named(QComboBox(), "Model", "Whose members are asked")
        self.count = named(QSpinBox(), "How many", "How many stars to propose")
        self.count.setRange(1, 500)
        self.count.setValue(20)
        self.count.setSuffix(" stars")
        self.leave = named(QCheckBox("Leave out stars with values"), "Leave out stars with values",
                           "Stars for which a table says what they are need no label")  # fmt: skip
        self.leave.setChecked(True)
        self.rank = button("Label these next", "Rank the stars of the session by what a label would teach", self._rank)
        self.choose = button("Select in the table", "Select these stars in the table of stars", self._choose)
        self.write = button("Export CSV…", "Write the list to a file", self._export)
        self.note = label("", "What to know")
        self.note.setWordWrap(True)
        self.table = named(QTableWidget(0, len(_COLUMNS)), "Stars to label next")
        self.table.setHorizontalHeaderLabels(_COLUMNS)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 8)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self._lay_out()
        self.table.itemActivated.connect(lambda item: self._open(item.row()))
        desk.findings.found.connect(lambda _: self._fill_models() if self.isVisible() else None)
        self._show([])

    def _lay_out(self) -> None:
        asked, acts = QHBoxLayout(), QHBoxLayout()
        for widget in (self.rank, self.count, label("by", "by"), self.model, self.leave):
            asked.addWidget(widget)
        asked.addStretch(1)
        acts.addWidget(self.choose)
        acts.addWidget(self.write)
        acts.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(asked)
        column.addWidget(self.note)
        column.addWidget(self.table, 1)
        column.addLayout(acts)

    def showEvent(self, event: object) -> None:
        """What models have told by now."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._fill_models()
        if not self.found:
            self._show([])

    def predictions(self, model: str) -> dict[str, Prediction]:
        """What this model told of the session's stars, by star."""
        findings, told = self._desk.findings, {}
        for star in self._desk.workspace.session.stars:
            one = findings.known(star.key).predictions.get(model)
            if one is not None:
                told[star.key] = one
        return told

    def _fill_models(self) -> None:
        stars = self._desk.workspace.session.stars
        counts = Counter(name for star in stars for name in self._desk.findings.known(star.key).predictions)
        entries = [f"{name} ({count} stars)" for name, count in counts.most_common()]
        if [self.model.itemText(place) for place in range(self.model.count())] != entries:
            chosen = self.model.currentData()
            self.model.clear()
            for name, count in counts.most_common():
                self.model.addItem(f"{name} ({count} stars)", name)
            self.model.setCurrentIndex(max(self.model.findData(chosen or self._usual_model()), 0))
        self.rank.setEnabled(bool(counts))

    def _usual_model(self) -> str:
        """The one that tells the explained label of the current star, or of any."""
        session, known = self._desk.workspace.session, self._desk.findings.known
        for key in (session.current, *(star.key for star in session.stars)):
            for name, told in known(key).predictions.items():
                if session.display.label in told.labels:
                    return name
        return ""

    def _rank(self) -> None:
        stars = self._desk.workspace.session.stars
        labelled = [star.key for star in stars if star.catalogue] if self.leave.isChecked() else []
        told = self.predictions(str(self.model.currentData()))
        self._desk.tasks.run(
            "label next", jobs.rank, told, self.count.value(), labelled, then=self._show, urgency="now"
        )

    def _show(self, found: list[Candidate]) -> None:
        self.found = found
        self.table.setRowCount(len(found))
        for place, one in enumerate(found):
            for number, text in enumerate((self._name(one.star), label_named(one.key).text, one.reason)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(place, number, item)
        self.choose.setEnabled(bool(found))
        self.write.setEnabled(bool(found))
        self.note.setText(self._words())

    def _words(self) -> str:
        if self.found:
            return "A label of the first ones would teach most; stars like an earlier one come later."
        if not self._desk.workspace.session.stars:
            return "There are no stars in the session."
        return "Stars whose members disagree more than noise explains are those that a model has seen too few of."

    def _choose(self) -> None:
        workspace = self._desk.workspace
        keys = tuple(one.star for one in self.found if workspace.session.star(one.star) is not None)
        workspace.change("stars to label next", replace(workspace.session, selected=keys))
        self._desk.messages.tell(f"{len(keys)} stars are selected in the table of stars.")

    def _open(self, place: int) -> None:
        workspace, key = self._desk.workspace, self.found[place].star
        if workspace.session.star(key) is not None:
            workspace.change("another star", replace(workspace.session, current=key))

    def _export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Stars to label next", "label-next.csv", "CSV (*.csv)")
        if path:
            self.write_list(Path(path))

    def write_list(self, path: Path) -> None:
        """The list as CSV, a row a star."""
        stars = {star.key: star for star in self._desk.workspace.session.stars}
        rows = [
            (self._name(one.star), stars[one.star].path, str(stars[one.star].row), one.key,
             f"{one.uncertainty:.4g}", one.reason)
            for one in self.found if one.star in stars
        ]  # fmt: skip
        messages = self._desk.messages
        self._desk.tasks.run(
            "write label next", jobs.write_list, path, [_HEAD, *rows],
            then=lambda path: messages.tell_place(f"The list is in {path}.", path), lane="writing",
        )  # fmt: skip

    def _name(self, key: str) -> str:
        return str(self._desk.findings.known(key).row.get("name") or key)
