"""The runs as rows for Qt: what they are, how far they are, and what came of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from stellarview.domain.labels import label_named
from stellarview.engine.runs import RunSeen

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE, FOLDER_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1

STATES = {
    "queued": "waits", "starting": "starts", "preparing": "prepares", "training": "trains", "paused": "paused",
    "finishing": "finishes", "done": "done", "finished": "done", "failed": "failed", "cancelled": "cancelled",
    "broken": "broken",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: its words, and what it is sorted by."""

    title: str
    tip: str
    text: Callable[[RunSeen], str]
    order: Callable[[RunSeen], Any]
    is_number: bool = False


def duration_text(seconds: float) -> str:
    """Short: `45 s`, `12 min`, `3 h 05 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


def loss_text(loss: float | None) -> str:
    """Four digits, or a dash."""
    return "–" if loss is None or not math.isfinite(loss) else f"{loss:.4g}".replace("-", "−")


def epochs_text(run: RunSeen) -> str:
    """Done of planned."""
    return f"{run.row.epochs} / {run.row.planned_epochs}" if run.row.planned_epochs else "–"


def labels_text(run: RunSeen) -> str:
    """As a reader calls them."""
    return ", ".join(label_named(key).text for key in run.row.outputs)


def _left(run: RunSeen) -> float:
    return run.status.seconds_left if run.status is not None and run.is_alive else 0.0


def _started(run: RunSeen) -> str:
    return f"{datetime.fromisoformat(run.row.started).astimezone():%Y-%m-%d %H:%M}" if run.row.started else ""


COLUMNS: tuple[Column, ...] = (
    Column("Run", "The run's folder", lambda run: Path(run.folder).name, lambda run: Path(run.folder).name.lower()),
    Column("State", "What it does now", lambda run: STATES.get(run.state, run.state), lambda run: run.state),
    Column("Epochs", "Epochs that are done, of those planned", epochs_text, lambda run: run.row.epochs, True),
    Column(
        "Best loss", "The least validation loss, mean of the members", lambda run: loss_text(run.row.best_loss),
        lambda run: math.inf if run.row.best_loss is None else run.row.best_loss, True,
    ),
    Column("Left", "About how long it still takes", lambda run: duration_text(_left(run)) if _left(run) else "",
           _left, True),
    Column("Verdict", "What judging it found", lambda run: run.row.verdict, lambda run: run.row.verdict),
    Column("From", "The model whose weights were the start", lambda run: run.row.parent or "scratch",
           lambda run: run.row.parent),
    Column("Labels", "What it learns to tell", labels_text, labels_text),
    Column("Started", "When it was set up", _started, lambda run: run.row.started),
)  # fmt: skip


class RunsModel(QAbstractTableModel):
    """`runs` are the rows, unsorted: a proxy sorts them."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: tuple[RunSeen, ...] = ()

    def show(self, runs: tuple[RunSeen, ...]) -> None:
        """New rows; where they are of the same runs, whoever chose one is not disturbed."""
        before = [run.folder for run in self.runs]
        if before == [run.folder for run in runs]:
            self.runs = runs
            if runs:
                self.dataChanged.emit(self.index(0, 0), self.index(len(runs) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.runs = runs
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """One a run."""
        return len(self.runs)

    def columnCount(self, parent: Index | None = None) -> int:
        """As the table of columns says."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles and what they mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        return {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.tip}.get(
            Qt.ItemDataRole(role)
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        run, column = self.runs[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(run)
        if role == SORT_ROLE:
            return column.order(run)
        if role == FOLDER_ROLE:
            return run.folder
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (run.folder, run.row.error, run.status.message if run.status else "")))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None
