"""Models of the user's own: promoted, renamed, deleted, passed on; and what a new one says of the star that is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.domain.prediction_change import LabelChange, compare_predictions
from stellarview.engine import own_models as jobs
from stellarview.engine.models import InstalledModel, task_of
from stellarview.inspection.tasks import TASKS
from stellarview.ui.desk import Desk


class Keeping(QObject):
    """Nothing is replaced: each name is used once. `changed` tells that other models are there than before."""

    changed = Signal()
    compared = Signal(str, str, object)  # the new model, the one before, a tuple of LabelChange
    not_compared = Signal(str, str)  # the new model, why

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.models: tuple[InstalledModel, ...] = ()

    def look(self) -> None:
        """See which models are the user's own."""
        self._desk.tasks.run("own models", jobs.own, then=self._learn)

    def promote(self, run_folder: str, name: str, *, is_used: bool) -> None:
        """Keep the model of a run; use it at once where that is wanted."""
        self._desk.tasks.run(
            "promote", jobs.keep, run_folder, name, then=lambda model: self._kept(model, is_used=is_used), urgency="now"
        )

    def rename(self, name: str, new_name: str) -> None:
        """The session's choice follows."""
        self._desk.tasks.run(
            "rename model", jobs.rename, name, new_name, then=lambda _: self._follow(name, new_name), urgency="now"
        )

    def delete(self, name: str) -> None:
        """Into the trash; where it was chosen the usual model serves again."""
        self._desk.tasks.run("delete model", jobs.delete, name, then=lambda _: self._follow(name, ""), urgency="now")

    def export(self, name: str, path: Path) -> None:
        """As one file."""
        messages = self._desk.messages
        self._desk.tasks.run(
            "export model", jobs.export, name, path,
            then=lambda path: messages.tell_place(f"The model {name} is in {path}.", path), urgency="now",
        )  # fmt: skip

    def take(self, path: Path, name: str) -> None:
        """From one file, under this name."""
        self._desk.tasks.run("import model", jobs.take, path, name, then=self._taken, urgency="now")

    def task_words(self, model_task: str) -> str:
        """What the task is called."""
        return TASKS[model_task].words if model_task in TASKS else model_task

    def _learn(self, models: tuple[InstalledModel, ...]) -> None:
        self.models = models
        self.changed.emit()

    def _taken(self, model: InstalledModel) -> None:
        self._desk.messages.tell(f"The model {model.name} is among yours.")
        self.look()

    def _kept(self, model: InstalledModel, *, is_used: bool) -> None:
        self._desk.messages.tell(f"The model {model.name} is among yours.")
        self.look()
        self._compare(model)
        if is_used and model.card is not None:
            workspace, task = self._desk.workspace, task_of(model.card)
            workspace.change(f"model for {self.task_words(task)}", workspace.session.with_model(task, model.name))

    def _compare(self, model: InstalledModel) -> None:
        """Ask the new model about the star that is open, beside what was told of it before."""
        session = self._desk.workspace.session
        opened = self._desk.findings.opened(session.current)
        if model.card is None or opened is None:
            self.not_compared.emit(model.name, "No star is open.")
            return
        task = task_of(model.card)
        old = session.model_for(task) or (TASKS[task].model if task in TASKS else "")
        before = opened.inspection.predictions.get(old)
        if before is None:
            self.not_compared.emit(model.name, f"Nothing was told before of {self.task_words(task)} of the open star.")
            return
        self._desk.tasks.run(
            "try model", jobs.told_by, opened.spectrum, model.name,
            then=lambda told: self._compared(model.name, old, before, told),
            otherwise=lambda error: self._not_told(model.name, error),
            lane="networks", urgency="now",
        )  # fmt: skip

    def _compared(self, name: str, old: str, before: Prediction, told: Prediction) -> None:
        changes: tuple[LabelChange, ...] = compare_predictions(before, told)
        self.compared.emit(name, old, changes)

    def _not_told(self, name: str, error: StellarViewError) -> None:
        self.not_compared.emit(name, f"{error.what} {error.why}")

    def _follow(self, name: str, new_name: str) -> None:
        workspace = self._desk.workspace
        session = workspace.session
        for choice in session.models:
            if choice.model == name:
                session = session.with_model(choice.task, new_name)
        workspace.change("another name of a model" if new_name else "without a deleted model", session)
        self.look()
