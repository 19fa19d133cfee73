"""The run in the making: what was given and chosen, what was found out about it, and the jobs between the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import is_model_name
from stellarview.engine import training
from stellarview.engine.models import InstalledModel, installed_models
from stellarview.engine.training import Given, RunSetup
from stellarview.inspection.tasks import TASKS
from stellarview.io.user_folders import runs_folder
from stellarview.training.label_columns import LabelColumns, TableGuess
from stellarview.training.label_set import LabelSet
from stellarview.training.preflight import Preflight
from stellarview.training.tuning import TuningChoices
from stellarview.ui.desk import Desk
from stellarview.ui.training.meanings import matched_by

# Long enough for the wheel of a mouse to stop.
_AFTER_MS = 400
_FOLDER = ".draft"
# The job of each step and what it says while it runs.
_STEPS = {
    "training given": "Looking through what was given",
    "training table": "Reading the table",
    "training set": "Reading and matching spectra",
    "training check": "Asking the parent about a sample",
    "training run": "Writing the run",
}
# Whose errors stand where their answer would.
_SHOWN_IN_PLACE = ("training table", "training set", "training check")


@dataclass(frozen=True)
class Chosen:
    """What the user decided. It belongs to no session, and stays until he decides otherwise."""

    given: Given = field(default_factory=Given)
    table: str = ""
    columns: LabelColumns | None = None
    parent: str = ""
    choices: TuningChoices = field(default_factory=TuningChoices)


class Draft(QObject):
    """Each step follows by itself: sort what is given, guess the columns, match, ask the parent."""

    changed = Signal()
    progressed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.chosen = Chosen()
        self.models: tuple[InstalledModel, ...] = ()
        self.guess: TableGuess | None = None
        self.label_set: LabelSet | None = None
        self.found: Preflight | None = None
        self.error: StellarViewError | None = None
        self.is_stopped = False
        self.done_of_total = (0, 0)
        self._step = ""
        self._next: Callable[[], None] = self._match
        self._soon = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._soon.timeout.connect(self._take_next_step)
        desk.tasks.progressed.connect(self._progressed)
        desk.tasks.queue_changed.connect(self._look_whether_stopped)
        self.look_for_models()

    @property
    def folder(self) -> Path:
        """Where the sets are until the run has them."""
        return runs_folder() / _FOLDER

    @property
    def parents(self) -> tuple[InstalledModel, ...]:
        """The models that can be tuned on labels; those of the spectra's instrument first."""
        able = [one for one in self.models if one.card is not None and one.card.labels]
        instrument = self.chosen.given.instrument
        return tuple(sorted(able, key=lambda one: (_instrument(one) != (instrument or "LRS"), one.name)))

    @property
    def parent_name(self) -> str:
        """The model that is tuned: the chosen one, or the usual one of this instrument."""
        names = [one.name for one in self.parents]
        if self.chosen.parent in names:
            return self.chosen.parent
        usual = TASKS[f"{self.chosen.given.instrument or 'LRS'}:labels"].model
        return usual if usual in names else next(iter(names), "")

    @property
    def is_busy(self) -> bool:
        """True while a step runs or is about to."""
        return bool(self._step) or self._soon.isActive()

    @property
    def words(self) -> str:
        """What is being done."""
        done, total = self.done_of_total
        counted = f": {done:,} of {total:,}" if total else ""
        return f"{_STEPS[self._step]}{counted}" if self._step else ""

    @property
    def why_not(self) -> str:
        """What stands between here and Start; '' where nothing does."""
        found, error = self.found, self.error
        reasons = (
            (not self.chosen.given.sources, "Give spectra and labels first."),
            (self.is_busy, "Wait until the spectra are looked through."),
            (error is not None, error.what if error is not None else ""),
            (found is None or self.label_set is None, "The set is not complete yet."),
            (found is not None and not found.can_start, "The pre-flight says stop."),
            (not is_model_name(self.chosen.choices.name), "The model's name has signs that are not allowed."),
        )
        return next((words for holds, words in reasons if holds), "")

    def look_for_models(self) -> None:
        """See which models are there."""
        self._desk.tasks.run("models to tune", installed_models, then=self._learn_models)

    def take_in(self, paths: Sequence[Path | str]) -> None:
        """Spectra, tables, or folders of both, beside what is there."""
        if paths:
            given = [str(Path(path).absolute()) for path in paths]
            before = self.chosen.given.sources
            self._run("training given", training.sort_given, given, before, then=self._sorted, urgency="now")

    def clear(self) -> None:
        """Nothing is given."""
        self.cancel()
        self.chosen = replace(self.chosen, given=Given(), table="", columns=None)
        self.guess = self.label_set = self.found = self.error = None
        self.is_stopped = False
        self.changed.emit()

    def choose_columns(self, columns: LabelColumns) -> None:
        """The table is meant so."""
        if columns != self.chosen.columns:
            self.chosen = replace(self.chosen, columns=columns)
            self._later(self._match)

    def choose_parent(self, name: str) -> None:
        """Tune this model."""
        if name != self.chosen.parent:
            self.chosen = replace(self.chosen, parent=name)
            self._later(self._check)

    def choose(self, choices: TuningChoices) -> None:
        """Train so."""
        before, self.chosen = self.chosen.choices, replace(self.chosen, choices=choices)
        if _parts(choices) != _parts(before) and self.label_set is not None:
            self._later(self._check)
        elif choices != before:
            self.changed.emit()

    def cancel(self) -> None:
        """Stop what runs for this run; `go_on` takes it up again."""
        self._soon.stop()
        self._desk.tasks.cancel_all("training ")
        self._look_whether_stopped()

    def go_on(self) -> None:
        """Where it was stopped."""
        if self.label_set is None:
            self._match()
        else:
            self._check()

    def prepare(self, then: Callable[[tuple[Path, str]], None]) -> None:
        """Write the run's folder."""
        self._run("training run", training.prepare_run, self._setup(), runs_folder(), then=then)

    def save(self, path: Path, then: Callable[[Any], None]) -> None:
        """Write the configuration to a file of the user's."""
        self._run("training run", training.save_config, self._setup(), path, then=then)

    def _setup(self) -> RunSetup:
        assert self.label_set is not None
        assert self.found is not None
        return RunSetup(self.folder, self.label_set, self.found, self.parent_name, self.chosen.choices)

    def _sorted(self, given: Given) -> None:
        self.chosen = replace(self.chosen, given=given)
        if given.tables:
            self.chosen = replace(self.chosen, table=given.tables[-1], columns=None)
            self.guess = None
        self._match()

    def _match(self) -> None:
        """The next step that is possible."""
        chosen = self.chosen
        self.label_set = self.found = self.error = None
        self.is_stopped = False
        if chosen.table and chosen.columns is None:
            self._run("training table", training.guess_columns, chosen.table, then=self._guessed, urgency="now")
        elif chosen.given.sources and (chosen.table or chosen.given.has_labels):
            about = (chosen.given.sources, chosen.table, chosen.columns, self.folder)
            self._run("training set", training.build, *about, then=self._matched)
        else:
            self.changed.emit()

    def _guessed(self, guess: TableGuess) -> None:
        self.guess = guess
        self.chosen = replace(self.chosen, columns=guess.columns)
        self._match()

    def _try_another_way(self) -> bool:
        """A table that nobody corrected may tell the star by another column than the likeliest."""
        guess, columns = self.guess, self.chosen.columns
        if guess is None or columns is None:
            return False
        ways = guess.ways
        now = (columns.match_by, columns.key_column)
        if columns != matched_by(guess.columns, now) or now not in ways[:-1]:
            return False
        self.chosen = replace(self.chosen, columns=matched_by(columns, ways[ways.index(now) + 1]))
        self._match()
        return True

    def _matched(self, label_set: LabelSet) -> None:
        self.label_set = label_set
        self._check()

    def _check(self) -> None:
        self.found = self.error = None
        self.is_stopped = False
        if self.label_set is None or not self.parent_name:
            self.changed.emit()
            return
        about = (self.folder, self.label_set, self.parent_name, self.chosen.choices)
        self._run("training check", training.check, *about, then=self._checked, lane="networks")

    def _checked(self, found: Preflight) -> None:
        self.found = found

    def _learn_models(self, models: tuple[InstalledModel, ...]) -> None:
        before = self.parent_name
        self.models = models
        if self.parent_name != before and self.label_set is not None:
            self._check()
        self.changed.emit()

    def _later(self, step: Callable[[], None]) -> None:
        """Soon, and once; a step that is further back is not forgotten."""
        if not (self._soon.isActive() and self._next == self._match):
            self._next = step
        self._soon.start()
        self.changed.emit()

    def _take_next_step(self) -> None:
        self._next()

    def _run(
        self, step: str, function: Callable[..., Any], *about: Any, then: Callable[[Any], None], **how: Any
    ) -> None:
        """One step at a time: a newer one takes the place of what runs."""

        def answered(answer: Any) -> None:
            self._step = ""
            then(answer)
            self.changed.emit()

        def refused(error: StellarViewError) -> None:
            self._step = ""
            if not (step == "training set" and self._try_another_way()):
                self._tell_refusal(step, error)
            self.changed.emit()

        for key in _STEPS:
            self._desk.tasks.cancel(key)
        self._step, self.done_of_total = step, (0, 0)
        self._desk.tasks.run(step, function, *about, then=answered, otherwise=refused, **how)
        self.changed.emit()

    def _tell_refusal(self, step: str, error: StellarViewError) -> None:
        """In the place of the answer; where an older answer still holds, over the page."""
        if step in _SHOWN_IN_PLACE:
            self.error = error
        else:
            self._desk.messages.tell_error(error)

    def _progressed(self, key: str, done: int, total: int) -> None:
        if key == self._step:
            self.done_of_total = (done, total)
            self.progressed.emit()

    def _look_whether_stopped(self, *_: object) -> None:
        """Somebody may have cancelled everything, or a step broke."""
        if self._step and not self._desk.tasks.has(self._step):
            self._step, self.is_stopped = "", True
            self.changed.emit()


def _instrument(model: InstalledModel) -> str:
    return model.card.instrument if model.card is not None else ""


def _parts(choices: TuningChoices) -> tuple[Any, ...]:
    return choices.group, choices.train, choices.validation, choices.test, choices.seed
