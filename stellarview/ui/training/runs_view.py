"""The right half of the Train workspace: all runs, the chosen ones in detail, the user's models, stars to label."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSortFilterProxyModel, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSplitter,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from stellarview.ui.desk import Desk
from stellarview.ui.training.ask_bar import AskBar
from stellarview.ui.training.compare_page import ComparePage
from stellarview.ui.training.judgement_page import JudgementPage
from stellarview.ui.training.keeping import Keeping
from stellarview.ui.training.label_next_view import LabelNextView
from stellarview.ui.training.models_view import ModelsView
from stellarview.ui.training.progress_page import ProgressPage
from stellarview.ui.training.runs import Runs
from stellarview.ui.training.runs_model import COLUMNS, FOLDER_ROLE, SORT_ROLE, RunsModel
from stellarview.ui.widgets import named

_STARTED = next(place for place, column in enumerate(COLUMNS) if column.title == "Started")
_WIDTHS = {"Run": 130, "State": 68, "Epochs": 80, "Best loss": 70, "Left": 52, "Verdict": 66, "From": 86, "Labels": 118}
_TABLE_HEIGHT = 150


class RunsView(QWidget):
    """Shows what `runs` knows, and keeps which of them are chosen."""

    def __init__(self, desk: Desk, runs: Runs) -> None:
        super().__init__()
        self.runs = runs
        self.keeping = Keeping(desk, self)
        self.ask = AskBar()
        self.model = RunsModel()
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSourceModel(self.model)
        self.sorted.setSortRole(SORT_ROLE)
        self.table = self._make_table()
        self.progress = ProgressPage(runs, self.ask)
        self.judgement = JudgementPage(runs, self.keeping, self.ask)
        self.compare = ComparePage(runs)
        self.models = ModelsView(self.keeping, self.ask)
        self.label_next = LabelNextView(desk)
        self.details = self._tabs(
            "The chosen run",
            ("Progress", "Curves, figures, and what the run listens to", self.progress),
            ("Judgement", "What it came to, on stars that it never saw", self.judgement),
            ("Settings", "Results and settings of the chosen runs side by side", self.compare),
        )
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(self.table)
        halves.addWidget(self.details)
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        halves.setSizes([_TABLE_HEIGHT, 4 * _TABLE_HEIGHT])
        halves.setChildrenCollapsible(False)
        self.tabs = self._tabs(
            "Runs and models",
            ("Runs", "All training runs", halves),
            ("My models", "Models that you promoted or imported", self.models),
            ("Label these next", "Stars of the session that would teach most", self.label_next),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.ask)
        column.addWidget(self.tabs, 1)
        self._wanted: tuple[str, ...] = ()
        self._was_stalled = False
        runs.changed.connect(self._show)
        runs.renamed.connect(self._follow)
        runs.judged_changed.connect(lambda _: self._show_details())
        desk.tasks.busy_changed.connect(lambda _: self._show_details())
        self.table.selectionModel().selectionChanged.connect(self._chosen)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The folders of the chosen runs, from the top."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return tuple(str(self.sorted.index(row, 0).data(FOLDER_ROLE)) for row in rows)

    def choose(self, *folders: str) -> None:
        """Choose these runs, as soon as they are there."""
        self._wanted = folders
        self._select(folders)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on the runs are looked at."""
        super().showEvent(event)
        self.runs.look()

    def _make_table(self) -> QTableView:
        table = named(QTableView(), "Training runs", "Choose one to see it, several to compare them")
        table.setModel(self.sorted)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setSortingEnabled(True)
        table.sortByColumn(_STARTED, Qt.SortOrder.DescendingOrder)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 6)
        table.setMinimumHeight(80)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for place, column in enumerate(COLUMNS):
            if column.title in _WIDTHS:
                table.setColumnWidth(place, _WIDTHS[column.title])
        return table

    def _tabs(self, name: str, *pages: tuple[str, str, QWidget]) -> QTabWidget:
        tabs = named(QTabWidget(), name)
        named(tabs.tabBar(), name)  # it takes the focus
        tabs.setDocumentMode(True)
        for title, tip, page in pages:
            tabs.setTabToolTip(tabs.addTab(page, title), tip)
        return tabs

    def _show(self) -> None:
        before = self._wanted or self.chosen
        known = {run.folder for run in self.model.runs}
        self.model.show(self.runs.seen)
        new = [run.folder for run in self.runs.seen if run.folder not in known]
        if known and new and not self._wanted:  # what was just started is what the user wants to see
            before = tuple(new)
        elif not before and self.runs.seen:
            before = (self.runs.seen[0].folder,)
        if before != self.chosen:
            self._select(before)
        self._show_details()
        self._look_whether_stalled()

    def _look_whether_stalled(self) -> None:
        """Ask once: what was begun yesterday is not begun again without a word."""
        stalled = sum(run.is_stalled for run in self.runs.seen)
        if stalled and not self._was_stalled:
            words = "A run waits" if stalled == 1 else f"{stalled} runs wait"
            why = "and nobody works on the queue: it was killed, or the machine was switched off."
            self.ask.ask(f"{words}, {why}", "Go on with the queue", self.runs.wake_queue)
        self._was_stalled = bool(stalled)

    def _follow(self, folder: str, new: str) -> None:
        self.choose(*(new if one == folder else one for one in self.chosen))

    def _select(self, folders: tuple[str, ...]) -> None:
        chosen = QItemSelection()
        first = None
        for row in range(self.sorted.rowCount()):
            index = self.sorted.index(row, 0)
            if index.data(FOLDER_ROLE) in folders:
                chosen.select(index, index)
                first = first if first is not None else index
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        if first is not None:
            self._wanted = ()
            self.table.selectionModel().setCurrentIndex(first, flags.NoUpdate)
            self.table.scrollTo(first)

    def _chosen(self, *_: object) -> None:
        self.runs.watch(self.chosen)
        self._show_details()

    def _show_details(self) -> None:
        chosen = self.chosen
        self.progress.show_runs(chosen)
        self.judgement.show_run(chosen[0] if len(chosen) == 1 else "")
        self.compare.show_runs(chosen)
        self.details.setTabEnabled(1, len(chosen) == 1)
