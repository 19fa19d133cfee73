"""Which model tells what: a small choice for each task of the star's instrument, and the way to the cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QStyleOptionComboBox, QWidget

from stellarview.domain.spectrum import Instrument
from stellarview.engine.jobs import models
from stellarview.inspection.tasks import TASKS
from stellarview.ui.desk import Desk
from stellarview.ui.widgets import button, named

if TYPE_CHECKING:
    from stellarview.engine.models import InstalledModel
    from stellarview.ui.model_card_viewer import ModelCardViewer

_JOB = "models"
_LOOK_AGAIN = object()


class ModelPicker(QWidget):
    """Shows the session's choices and changes nothing else. Cards are read by a child process."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.models: tuple[InstalledModel, ...] = ()
        self.combos = {task: _combo(words.words) for task, words in TASKS.items()}
        self.cards = button(
            "Cards…", "Read the cards of all models: what they were taught, how good they are", self.open
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for task, combo in self.combos.items():
            combo.activated.connect(lambda place, task=task: self._choose(task, place))
            row.addWidget(combo, 1)
        row.addWidget(self.cards)
        self._instrument: Instrument | None = None
        self._viewer: ModelCardViewer | None = None
        self.follow(None)

    def look(self) -> None:
        """See which models are there."""
        self._desk.tasks.run(_JOB, models.installed_models, then=self._learn)

    def follow(self, instrument: Instrument | None) -> None:
        """The tasks of this instrument, and what the session chose for them."""
        self._instrument = instrument
        for task, combo in self.combos.items():
            combo.setVisible(TASKS[task].instrument == instrument)
            self._fill(task, combo)

    def open(self) -> None:
        """The cards, beside the window; those that came since are read meanwhile."""
        if self._viewer is None:
            from stellarview.ui.model_card_viewer import ModelCardViewer

            self._viewer = ModelCardViewer(self.window())
            self._viewer.destroyed.connect(self._forget_viewer)
        self._viewer.show_models(self.models, self._usual_card())
        self._viewer.show()
        self._viewer.raise_()
        self._viewer.activateWindow()
        self.look()

    def _forget_viewer(self) -> None:
        self._viewer = None

    def _usual_card(self) -> str:
        """The model that tells the labels of this star."""
        task = f"{self._instrument}:labels"
        return (self._desk.workspace.session.model_for(task) or TASKS[task].model) if task in TASKS else ""

    def _learn(self, found: tuple[InstalledModel, ...]) -> None:
        self.models = found
        self.follow(self._instrument)
        if self._viewer is not None:
            self._viewer.show_models(found)

    def _fill(self, task: str, combo: ModelCombo) -> None:
        chosen = self._desk.workspace.session.model_for(task)
        fitting = [one.name for one in self.models if one.card is not None and models.task_of(one.card) == task]
        names = [*fitting, *([chosen] if chosen and chosen not in fitting else [])]
        entries = [(f"automatic ({TASKS[task].model})", ""), *((name, name) for name in names)]
        if [(combo.itemText(place), combo.itemData(place)) for place in range(combo.count() - 1)] != entries:
            combo.clear()
            for text, data in entries:
                combo.addItem(text, data)
            combo.addItem("Look for new models", _LOOK_AGAIN)
        combo.setCurrentIndex(max(combo.findData(chosen), 0))
        combo.in_use = chosen or TASKS[task].model
        about = next((one.card.about for one in self.models if one.name == chosen and one.card is not None), "")
        combo.setToolTip("\n".join(filter(None, (f"Model for {TASKS[task].words}: {combo.currentText()}", about))))

    def _choose(self, task: str, place: int) -> None:
        combo, workspace = self.combos[task], self._desk.workspace
        data = combo.itemData(place, Qt.ItemDataRole.UserRole)
        if data is _LOOK_AGAIN:
            self._fill(task, combo)
            self.look()
            return
        words = f"model for {TASKS[task].words}"
        workspace.change(words, workspace.session.with_model(task, data))


class ModelCombo(QComboBox):
    """Closed, it shows the name of the model that serves, cut short where there is no room."""

    in_use = ""

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """The text of the closed box."""
        super().initStyleOption(option)
        style = self.style()
        field = style.SubControl.SC_ComboBoxEditField
        room = style.subControlRect(style.ComplexControl.CC_ComboBox, option, field, self).width() - 4
        option.currentText = self.fontMetrics().elidedText(self.in_use, Qt.TextElideMode.ElideRight, room)


def _combo(words: str) -> ModelCombo:
    combo = named(ModelCombo(), f"Model for {words}")
    combo.setMinimumContentsLength(5)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return combo
