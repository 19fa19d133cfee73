"""Several runs side by side: what they came to, and of their settings only those that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from stellarview.domain.labels import label_named
from stellarview.engine.runs import RunSeen
from stellarview.ui.training.run_words import metric_text
from stellarview.ui.training.runs import Runs
from stellarview.ui.training.runs_model import STATES, duration_text, epochs_text, loss_text
from stellarview.ui.widgets import named, switch

_METRICS = {"n": "held-out spectra", "bias": "bias", "scatter": "scatter", "mae": "MAE", "within_68": "within 1 sigma",
            "accuracy": "accuracy"}  # fmt: skip
Row = tuple[str, tuple[str, ...]]


class ComparePage(QWidget):
    """A column a run; a row a figure or a setting."""

    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self._runs = runs
        self._folders: tuple[str, ...] = ()
        self.only = switch("Differences only", "Leave out settings that are the same in all of them")
        self.only.setChecked(True)
        self.table = named(QTableWidget(), "Runs side by side")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.only, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.table, 1)
        self.only.toggled.connect(lambda _: self.show_runs(self._folders))
        runs.details_changed.connect(lambda folder: self.show_runs(self._folders) if folder in self._folders else None)

    def show_runs(self, folders: tuple[str, ...]) -> None:
        """These runs, in the order in which they were chosen."""
        self._folders = folders
        seen = [run for folder in folders if (run := self._runs.run(folder)) is not None]
        flat = [
            flat_settings(details.settings) if (details := self._runs.details.get(run.folder)) else {} for run in seen
        ]
        rows = [*result_rows(seen), *setting_rows(flat, only_differences=self.only.isChecked() and len(seen) > 1)]
        self.table.setColumnCount(len(seen) + 1)
        self.table.setHorizontalHeaderLabels(["", *(Path(run.folder).name for run in seen)])
        self.table.setRowCount(len(rows))
        for place, (name, values) in enumerate(rows):
            for number, text in enumerate((name, *values)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(place, number, item)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)


def result_rows(runs: Sequence[RunSeen]) -> list[Row]:
    """What they came to."""
    facts: list[Row] = [
        ("state", tuple(STATES.get(run.state, run.state) for run in runs)),
        ("epochs", tuple(map(epochs_text, runs))),
        ("best validation loss", tuple(loss_text(run.row.best_loss) for run in runs)),
        ("took", tuple(duration_text(run.row.took_s) if run.row.took_s else "–" for run in runs)),
        ("verdict", tuple(run.row.verdict or "–" for run in runs)),
    ]
    names = dict.fromkeys((key, name) for run in runs for key, told in run.row.metrics.items() for name in told)
    for key, name in names:
        values = (run.row.metrics.get(key, {}).get(name) for run in runs)
        texts = tuple("–" if value is None else metric_text(key, value, name) for value in values)
        facts.append((f"{label_named(key).text}: {_METRICS.get(name, name)}", texts))
    return facts


def setting_rows(settings: Sequence[Mapping[str, Any]], *, only_differences: bool) -> list[Row]:
    """Setting by setting, by its place in the file."""
    names = dict.fromkeys(name for one in settings for name in one)
    values = {name: [one.get(name) for one in settings] for name in names}
    return [
        (name, tuple("–" if value is None else _text(value) for value in told))
        for name, told in values.items()
        if not only_differences or any(value != told[0] for value in told)
    ]


def flat_settings(facts: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """`loop.epochs` and so on."""
    flat: dict[str, Any] = {}
    for key, value in facts.items():
        name = f"{where}.{key}" if where else key
        flat |= flat_settings(value, name) if isinstance(value, Mapping) and value else {name: value}
    return flat


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {_text(one)}" for key, one in value.items()) or "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value) or "–"
