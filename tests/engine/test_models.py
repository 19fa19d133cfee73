"""What the window is told of installed models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.engine.models import installed_models, task_of
from stellarview.engine.pipe import Progress
from stellarview.inspection.tasks import TASKS
from stellarview.io.models import find_model, read_card

CLASSES = ModelCard("toy", "", "MLP", {}, {"name": "r", "steps": []}, "LRS", 1, classes=("STAR",))
SUBTYPE = replace(CLASSES, classes=(), labels=(LabelScale("subtype", 4.0, 1.0, 0.0, 6.9),))
LABELS = replace(CLASSES, classes=(), labels=(LabelScale("teff", 5000.0, 1.0, 4000.0, 6000.0),), instrument="MRS")


@pytest.mark.parametrize(("card", "task"), [(CLASSES, "LRS:class"), (SUBTYPE, "LRS:subtype"), (LABELS, "MRS:labels")])
def test_that_a_model_serves_the_task_that_its_outputs_are_for(card: ModelCard, task: str) -> None:
    assert task_of(card) == task


@pytest.mark.parametrize("task", TASKS)
def test_that_the_usual_model_of_each_task_serves_it(task: str) -> None:
    assert task_of(read_card(find_model(TASKS[task].model))) == task


def test_that_broken_cards_are_listed_with_their_reason_and_emulators_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STELLARVIEW_MODELS", str(tmp_path))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "card.json").write_text("{")
    told = {model.name: model for model in installed_models(Progress())}
    assert told["mine"].card is None
    assert told["mine"].error is not None
    assert told["lrs-class"].card is not None
    assert "mrs-emulator" not in told
