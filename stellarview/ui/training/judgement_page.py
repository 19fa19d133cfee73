"""What a run came to, before its model is kept: the verdict in words, figures by label, pictures, and Promote."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QSplitter, QTextBrowser, QVBoxLayout, QWidget

from stellarview import __version__
from stellarview.domain.errors import StellarViewError
from stellarview.domain.judgement import CLASS, Judged
from stellarview.domain.labels import label_named
from stellarview.domain.model_card import is_model_name
from stellarview.domain.prediction_change import LabelChange
from stellarview.engine.runs import RunSeen
from stellarview.inspection.tasks import TASKS
from stellarview.scene.judgement import build_judgement_scene
from stellarview.ui.quiet_plot import QuietPlot
from stellarview.ui.training.ask_bar import AskBar
from stellarview.ui.training.judgement_words import judgement_html
from stellarview.ui.training.keeping import Keeping
from stellarview.ui.training.runs import Runs
from stellarview.ui.widgets import button, label, named

_EMPTY = "<p>Choose one run.</p>"
_BAR_WIDTH = 160


class JudgementPage(QWidget):
    """Of one run; nothing is kept without a word."""

    def __init__(self, runs: Runs, keeping: Keeping, ask: AskBar) -> None:
        super().__init__()
        self.setWindowTitle("Judgement")  # the name of its view where figures are exported
        self._runs, self._keeping, self._ask = runs, keeping, ask
        self._folder = ""
        self._drawn_of: object = None
        self._change: dict[str, str] = {}  # by run: what the promoted model says of the open star
        self._promoted_from = ""
        self.judge = button("Judge", "Ask the new model and its parent about stars that the run never saw", self._judge)
        self.promote = button("Promote…", "Keep the model among yours, under a name of its own", self._ask_promote)
        self.bar = named(QProgressBar(), "Progress of judging")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.count = label("", "How far judging is")
        self.stop = button("Cancel", "Stop judging; what was found before stays", self._stop)
        self.label = named(QComboBox(), "Label", "Whose pictures are shown")
        self.page = named(QTextBrowser(), "Judgement")
        self.page.setOpenLinks(False)
        self.plot = QuietPlot(title=False)
        top = QHBoxLayout()
        top.addWidget(self.judge)
        top.addWidget(self.promote)
        for widget in (self.bar, self.count, self.stop):
            top.addWidget(widget)
        top.addStretch(1)
        top.addWidget(self.label)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(self.page)
        halves.addWidget(self.plot)
        halves.setStretchFactor(0, 2)
        halves.setStretchFactor(1, 3)
        halves.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(top)
        column.addWidget(halves, 1)
        self.label.activated.connect(lambda _: self._draw())
        runs.judged_changed.connect(lambda folder: self.show_run(folder) if folder == self._folder else None)
        runs.judging.connect(lambda folder: self._show_count() if folder == self._folder else None)
        runs.renamed.connect(self._follow)
        keeping.compared.connect(self._show_change)
        keeping.not_compared.connect(
            lambda name, why: self._learn_change(f"<p>{escape(name)} is kept. {escape(why)}</p>")
        )
        self.show_run("")

    def show_run(self, folder: str) -> None:
        """This run, as it is now."""
        self._folder = folder
        run, judged = self._runs.run(folder), self._runs.judged.get(folder)
        is_judging = self._runs.is_judging(folder)
        self.judge.setText("Judge again" if judged is not None else "Judge")
        self.judge.setEnabled(run is not None and run.has_model and not is_judging)
        self.promote.setEnabled(run is not None and run.has_model and judged is not None and not is_judging)
        for widget in (self.bar, self.count, self.stop):
            widget.setVisible(is_judging)
        self._show_count()
        self._show_words(run, judged, is_judging=is_judging)
        self._draw()

    def _show_count(self) -> None:
        done, total = self._runs.asked(self._folder)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        counted = f"{done:,} of {total:,} spectra" if done < total else "Working out the figures…"
        self.count.setText(counted if total else "Waits, or reads the models…")

    def _show_words(self, run: RunSeen | None, judged: Judged | None, *, is_judging: bool) -> None:
        error = self._runs.refusals.get(self._folder)
        if is_judging:
            html = "<p><b>Judging…</b> The new model and its parent are asked about stars that the run never saw.</p>"
        elif error is not None:
            html = _error_html(error)
        elif judged is not None:
            html = self._change.get(self._folder, "") + judgement_html(judged.judgement)
        elif run is None:
            html = _EMPTY
        else:
            html = f"<p>{'Not judged yet.' if run.has_model else 'The run has no model yet.'}</p>"
        if html != self.page.property("shown"):
            self.page.setHtml(html)
            self.page.setProperty("shown", html)

    def _draw(self) -> None:
        judged = self._runs.judged.get(self._folder)
        if judged is None or self._runs.is_judging(self._folder):
            self.label.hide()
            self.plot.say("The pictures come with the judgement.")
            self._drawn_of = None
            return
        keys = [output.key for output in judged.judgement.outputs]
        if [self.label.itemData(place) for place in range(self.label.count())] != keys:
            self.label.clear()
            for key in keys:
                self.label.addItem("all classes" if key == CLASS else label_named(key).text, key)
        self.label.setVisible(len(keys) > 1)
        of = (id(judged), self.label.currentData())
        if of != self._drawn_of:
            about = f"StellarView {__version__}; weights sha256 {judged.judgement.weights_sha256}"
            scene = build_judgement_scene(judged.judgement, judged.evidence, about, [str(self.label.currentData())])
            self.plot.show_scene(replace(scene, columns=2), keep_range=False)
            self._drawn_of = of

    def _judge(self) -> None:
        self._runs.judge(self._folder)

    def _stop(self) -> None:
        self._runs.stop_judging(self._folder)

    def _ask_promote(self) -> None:
        run, judged = self._runs.run(self._folder), self._runs.judged.get(self._folder)
        details = self._runs.details.get(self._folder)
        if run is None or judged is None or details is None:
            return
        task = _task(str(details.settings["model"]["instrument"]), judged)
        warning = " <b>The verdict speaks against it.</b>" if judged.judgement.verdict == "do not" else ""
        option = f"Use it in this session for {TASKS[task].words}" if task in TASKS else ""
        self._ask.ask_name(
            f"Keep the model of {escape(Path(self._folder).name)} among yours, under the name:{warning}",
            "Promote", name if is_model_name(name := Path(self._folder).name) else run.row.name, self._promote, option,
        )  # fmt: skip

    def _promote(self) -> None:
        self._promoted_from = self._folder
        is_used = self._ask.option.isChecked() and bool(self._ask.option.text())
        self._keeping.promote(self._folder, self._ask.name.text().strip(), is_used=is_used)

    def _show_change(self, name: str, old: str, changes: tuple[LabelChange, ...]) -> None:
        rows = "".join(
            f"<li>{'<b>' if one.is_noteworthy else ''}{escape(one.text)}{'</b>' if one.is_noteworthy else ''}</li>"
            for one in changes
        )
        head = f"<b>The open star, by {escape(old)} and now by {escape(name)}:</b>"
        hint = "Bold: more than the members of both differ by." if any(one.is_noteworthy for one in changes) else ""
        self._learn_change(
            f"<p>{head}</p><ul>{rows}</ul><p>{hint}</p>" if rows else f"<p>{head} nothing in common.</p>"
        )

    def _follow(self, folder: str, new: str) -> None:
        """The run has another name: what was found out of the open star is still true."""
        if folder in self._change:
            self._change[new] = self._change.pop(folder)
        if self._promoted_from == folder:
            self._promoted_from = new

    def _learn_change(self, html: str) -> None:
        self._change[self._promoted_from] = html
        self.show_run(self._folder)


def _task(instrument: str, judged: Judged) -> str:
    """The task that the model would serve: a key of TASKS."""
    keys = tuple(output.key for output in judged.judgement.outputs)
    kind = "class" if keys == (CLASS,) else "subtype" if keys == ("subtype",) else "labels"
    return f"{instrument}:{kind}"


def _error_html(error: StellarViewError) -> str:
    return f"<p><b>{escape(error.what)}</b> {escape(error.why)} <i>{escape(error.what_to_do)}</i></p>"
