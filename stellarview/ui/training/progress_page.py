"""One run as it goes on: curves, figures, what it says, and the words that it listens to."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from stellarview.domain.labels import label_named
from stellarview.engine.runs import RunDetails, RunSeen
from stellarview.ui.quiet_plot import QuietPlot
from stellarview.ui.training.ask_bar import AskBar
from stellarview.ui.training.curves import compared_scene, run_scene
from stellarview.ui.training.run_words import error_details, error_html, facts_text, head_text
from stellarview.ui.training.runs import Runs
from stellarview.ui.widgets import button, label, named, switch

_MOST_SMOOTHING, _LOG_TIP = 25, "Logarithm of the losses; of likelihoods below zero: of the height above the least"
_PER_MILLE = 1000


class ProgressPage(QWidget):
    """Shows the runs that are chosen: one with all it tells, several by their curves."""

    def __init__(self, runs: Runs, ask: AskBar) -> None:
        super().__init__()
        self.setWindowTitle("Training")  # the name of its view where figures are exported
        self._runs, self._ask = runs, ask
        self._folders: tuple[str, ...] = ()
        self._drawn_of: tuple[object, ...] = ()
        self.head = _words("State of the run")
        self.facts = _words("Figures of the run")
        self.bar = named(QProgressBar(), "Epochs that are done")
        self.bar.setRange(0, _PER_MILLE)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(8)
        self.error = _ErrorBox()
        self.plot = QuietPlot(title=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        column.addWidget(self.head)
        column.addWidget(self.bar)
        column.addWidget(self.facts)
        column.addWidget(self.error)
        column.addLayout(self._buttons())
        column.addWidget(self.plot, 1)
        column.addWidget(self._choices())
        runs.details_changed.connect(self._details_changed)
        self.show_runs(())

    def show_runs(self, folders: tuple[str, ...]) -> None:
        """These runs, as they are now."""
        self._folders = folders
        one = self._runs.run(folders[0]) if len(folders) == 1 else None
        details = self._runs.details.get(folders[0]) if one is not None else None
        for widget in (self.head, self.facts, self.bar):
            widget.setVisible(one is not None)
        for each in self.buttons if one is None else ():
            each.hide()
        self.error.show_error(one, details)
        if one is not None:
            self._show_one(one, details)
        self._draw()

    @property
    def buttons(self) -> tuple[QWidget, ...]:
        """Those that a single run listens to."""
        return self.pause, self.stop, self.resume, self.later, self.rename, self.cancel, self.delete

    def _show_one(self, run: RunSeen, details: RunDetails | None) -> None:
        self.head.setText(head_text(run, self._runs.before_in_queue(run.folder)))
        self.facts.setText(facts_text(run, details))
        is_done = run.has_model
        share = 1.0 if is_done else run.status.done_share if run.status is not None else 0.0
        self.bar.setValue(round(_PER_MILLE * share))
        is_running = run.is_alive and run.state != "finishing"
        self.pause.setVisible(run.is_alive)
        self.pause.setEnabled(is_running)
        self.pause.setText("Go on" if run.state == "paused" else "Pause")
        self.stop.setVisible(run.is_alive)
        self.stop.setEnabled(run.state in ("training", "paused"))
        self.resume.setVisible(run.can_go_on)
        self.resume.setText("Start" if run.status is None and not run.row.epochs else "Resume")
        self.later.setVisible(run.state == "queued")
        self.later.setText("Go on with the queue" if run.is_stalled else "To the end of the queue")
        self.cancel.setVisible(run.is_alive or run.state == "queued")
        self.cancel.setEnabled(is_running or run.state == "queued")
        self.rename.setVisible(not run.is_alive)
        self.rename.setEnabled(run.row.state != "broken" and not self._runs.is_judging(run.folder))
        self.delete.setVisible(not run.is_alive and run.state != "queued")

    def _buttons(self) -> QHBoxLayout:
        self.pause = button("Pause", "Hold the run where it is; the memory stays in use", self._pause)
        self.stop = button(
            "Stop and keep the best", "End the training now: the best weights so far become the model",
            lambda: self._send("stop"),
        )  # fmt: skip
        self.resume = button("Resume", "Go on after the last epoch that was finished", self._resume)
        self.rename = button("Rename…", "Give the run another name: its folder's", self._ask_rename)
        self.cancel = button("Cancel…", "End the training and make no model; asks once", self._ask_cancel)
        self.delete = button("Delete…", "Put the run into the trash beside the runs; asks once", self._ask_delete)
        row = QHBoxLayout()
        self.later = button(
            "To the end of the queue",
            "Let the other waiting runs go first; wakes a queue that was killed",
            self._later,
        )
        for widget in (self.pause, self.stop, self.resume, self.later):
            row.addWidget(widget)
        row.addStretch(1)  # what ends a run for nothing stands apart
        row.addWidget(self.rename)
        row.addWidget(self.cancel)
        row.addWidget(self.delete)
        return row

    def _choices(self) -> QWidget:
        self.log = switch("Log", _LOG_TIP)
        self.members = switch("Members", "A thin line for each member beside their mean")
        self.members.setChecked(True)
        self.smoothing = named(QSlider(Qt.Orientation.Horizontal), "Smoothing", "Running mean over so many epochs")
        self.smoothing.setRange(1, _MOST_SMOOTHING)
        self.smoothing.setMaximumWidth(160)
        self.span = label("1 epoch", "Smoothing in epochs")
        self.label = named(QComboBox(), "Label", "Which label is shown: told against true, and its error by epoch")
        self.choices = QWidget()
        row = QHBoxLayout(self.choices)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.log, self.members, label("Smoothing", "Smoothing"), self.smoothing, self.span):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.label)
        for signal in (self.log.toggled, self.members.toggled, self.smoothing.valueChanged, self.label.activated):
            signal.connect(lambda *_: self._draw())
        return self.choices

    def _details_changed(self, folder: str) -> None:
        if folder in self._folders:
            self.show_runs(self._folders)

    def _draw(self) -> None:
        count = self.smoothing.value()
        self.span.setText("1 epoch" if count == 1 else f"{count} epochs")
        told = {folder: details for folder in self._folders if (details := self._runs.details.get(folder))}
        curves = {_name(folder): one.curves for folder, one in told.items() if one.curves is not None}
        self.choices.setVisible(bool(curves))
        self.label.setVisible(len(self._folders) == 1)
        self.members.setVisible(len(self._folders) == 1)
        if not curves:
            self.plot.say(self._why_empty())
            return
        of = (self._folders, self.log.isChecked(), self.label.currentData())
        if len(self._folders) == 1:
            details = next(iter(told.values()))
            self._fill_labels(details)
            scene = run_scene(
                details, label=str(self.label.currentData() or ""), is_log=self.log.isChecked(),
                smoothing=count, has_members=self.members.isChecked(),
            )  # fmt: skip
        else:
            scene = compared_scene(curves, is_log=self.log.isChecked(), smoothing=count)
        self.plot.show_scene(scene, keep_range=of == self._drawn_of and not self._is_growing)
        self._drawn_of = of

    @property
    def _is_growing(self) -> bool:
        """Axes follow curves that still come."""
        return any(run.is_alive for folder in self._folders if (run := self._runs.run(folder)))

    def _why_empty(self) -> str:
        if not self._folders:
            return "Choose a run in the table." if self._runs.seen else "No run yet."
        run = self._runs.run(self._folders[0])
        if run is not None and run.state == "queued":
            return "It waits for its turn."
        return "The curves begin with the first whole epoch."

    def _fill_labels(self, details: RunDetails) -> None:
        keys = list(details.settings["data"].get("labels", ()))
        if [self.label.itemData(place) for place in range(self.label.count())] != keys:
            self.label.clear()
            for key in keys:
                self.label.addItem(label_named(key).text, key)
        self.label.setVisible(bool(keys))

    def _pause(self) -> None:
        run = self._runs.run(self._folders[0])
        self._send("go" if run is not None and run.state == "paused" else "pause")

    def _send(self, word: str) -> None:
        for folder in self._folders[:1]:
            self._runs.send(folder, word)  # type: ignore[arg-type]

    def _resume(self) -> None:
        self._runs.resume(self._folders[0])

    def _later(self) -> None:
        run = self._runs.run(self._folders[0])
        if run is not None and run.is_stalled:
            self._runs.wake_queue()
        else:
            self._resume()

    def _ask_rename(self) -> None:
        folder = self._folders[0]
        self._ask.ask_name(
            f"Another name for the run {_name(folder)}:", "Rename", _name(folder),
            lambda: self._runs.rename(folder, self._ask.name.text().strip()),
        )  # fmt: skip

    def _ask_cancel(self) -> None:
        folder = self._folders[0]
        words = f"Cancel {_name(folder)}? No model is made. What was learned so far stays in its folder."
        self._ask.ask(words, "Cancel the run", partial(self._runs.send, folder, "cancel"))

    def _ask_delete(self) -> None:
        folder = self._folders[0]
        words = f"Delete {_name(folder)} with its curves and weights? Promoted models stay."
        self._ask.ask(words, "Delete", partial(self._runs.delete, folder))


class _ErrorBox(QFrame):
    """Why a run failed, and more at a click."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.words = _words("What went wrong")
        self.details = switch("Details", "The trace and the last words of the run, for a report")
        self.trace = named(QPlainTextEdit(), "Trace")
        self.trace.setReadOnly(True)
        self.trace.setMaximumHeight(160)
        self.trace.hide()
        self.details.toggled.connect(self.trace.setVisible)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 4, 4)
        column.addLayout(row)
        column.addWidget(self.trace)

    def show_error(self, run: RunSeen | None, details: RunDetails | None) -> None:
        """Nothing where nothing went wrong."""
        error = run.status.error if run is not None and run.status is not None else {}
        self.setVisible(bool(error))
        if error:
            self.words.setText(error_html(error))
            trace = error_details(error, details.last_words if details else "")
            self.details.setVisible(bool(trace))
            if trace != self.trace.toPlainText():
                self.trace.setPlainText(trace)


def _words(name: str) -> QLabel:
    words = named(QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText), name)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return words


def _name(folder: str) -> str:
    return folder.replace("\\", "/").rsplit("/", 1)[-1]
