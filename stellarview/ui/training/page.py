"""The workspace Train: what is given and chosen at the left, what runs and ran at the right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from stellarview.ui.desk import Desk
from stellarview.ui.training.draft import Draft
from stellarview.ui.training.form_part import FormPart
from stellarview.ui.training.labels_part import LabelsPart
from stellarview.ui.training.preflight_part import PreflightPart
from stellarview.ui.training.section import Section
from stellarview.ui.widgets import button, label, named


class RunQueue(Protocol):
    """Who starts a run whose folder is ready, or lets it wait for its turn."""

    def queue(self, run_folder: Path) -> None:
        """Start it, or let it wait."""


class TrainingPage(QWidget):
    """Three steps from labels to Start. Nothing here is part of the session."""

    def __init__(self, desk: Desk, runs: RunQueue, view: QWidget) -> None:
        super().__init__()
        self._desk, self._runs = desk, runs
        self.setAcceptDrops(True)
        self.draft = Draft(desk, self)
        self.labels = LabelsPart(desk, self.draft)
        self.preflight = PreflightPart(self.draft)
        self.form = FormPart(self.draft)
        self.sections = (
            Section("1  Labels", self.labels, "Spectra, and a table that says what each star is like"),
            Section("2  Pre-flight", self.preflight, "What the set is like for its parent, before anything is trained"),
            Section("3  Training", self.form, "What is trained, and how"),
        )
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self._left())
        self.splitter.addWidget(view)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([1000, 1000])
        whole.addWidget(self.splitter)
        self.draft.changed.connect(self._show)
        self.draft.progressed.connect(self._show_progress)
        self._show()

    def take_in(self, paths: Sequence[Path | str]) -> None:
        """Spectra and tables."""
        self.draft.take_in(paths)

    def start(self) -> None:
        """Write the run's folder and let it run."""
        self.draft.prepare(lambda answer: self._runs.queue(answer[0]))

    def copy_command(self) -> None:
        """Write the run's folder, and the command that does the run to the clipboard."""
        self.draft.prepare(self._copied)

    def save(self, path: Path) -> None:
        """The configuration, and its spectra beside it."""
        self.draft.save(path, lambda _: self._desk.messages.tell_place(f"{path.name} is written.", path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Spectra and tables; taken in later, for the other program waits for our return."""
        event.acceptProposedAction()
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.toLocalFile()]
        QTimer.singleShot(0, self, lambda: self.take_in(paths))

    def _left(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(4, 4, 4, 4)
        for section in self.sections:
            column.addWidget(section)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        left = QWidget()
        outer = QVBoxLayout(left)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(self._foot())
        return left

    def _foot(self) -> QWidget:
        self.words = label("", "What is being done")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = named(QProgressBar(), "Progress")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(90)
        self.stop = button("Cancel", "Stop looking through the spectra", self.draft.cancel)
        self.again = button("Go on", "Look through the spectra again", self.draft.go_on)
        self.command = button(
            "Copy as command line", "Write the run's folder and copy the command that trains it", self.copy_command
        )
        self.save_button = button(
            "Save TOML…", "Write the configuration to a file, and its spectra beside it", self._ask_where
        )
        self.start_button = named(QPushButton("Start"), "Start")
        self.start_button.clicked.connect(self.start)
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.words, 1)
        for widget in (self.bar, self.stop, self.again, self.command, self.save_button, self.start_button):
            row.addWidget(widget)
        return foot

    def _show(self) -> None:
        draft = self.draft
        found, why_not = draft.found, draft.why_not
        self.stop.setVisible(draft.is_busy)
        is_cut_short = found is None and (draft.is_stopped or draft.error is not None)
        self.again.setVisible(is_cut_short and not draft.is_busy)
        self.again.setText("Try again" if draft.error is not None else "Go on")
        for one in (self.command, self.save_button, self.start_button):
            one.setEnabled(not why_not)
        self.start_button.setToolTip(why_not or "Train: the window may be closed meanwhile")
        labels, preflight, form = (section.summary for section in self.sections)
        matched = draft.label_set
        labels.setText(f"{matched.n_matched:,} spectra of {matched.n_stars:,} stars" if matched else "")
        counts = [sum(one.severity == grade for one in found.verdicts) for grade in ("stop", "warn")] if found else []
        told = [f"{count} {word}" for count, word in zip(counts, ("to stop", "to look at"), strict=False) if count]
        preflight.setText(", ".join(told) or ("all fine" if found else ""))
        choices = draft.chosen.choices
        form.setText(f"{draft.parent_name}, {choices.what}, {choices.epochs:,} epochs" if draft.parent_name else "")
        self._show_progress()

    def _show_progress(self) -> None:
        draft = self.draft
        done, total = draft.done_of_total
        self.bar.setVisible(draft.is_busy)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.words.setText(draft.words or draft.why_not or "Ready to start.")

    def _ask_where(self) -> None:
        name = f"{self.draft.chosen.choices.name}.toml"
        path, _ = QFileDialog.getSaveFileName(self, "Configuration of the run", name, "TOML (*.toml)")
        if path:
            self.save(Path(path))

    def _copied(self, answer: tuple[Path, str]) -> None:
        QGuiApplication.clipboard().setText(answer[1])
        self._desk.messages.tell_place("The command is copied; the run waits in its folder.", answer[0])
