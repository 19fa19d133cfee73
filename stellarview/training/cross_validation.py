"""Cross-validation: every star is judged once, by networks that have not seen its group."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from stellarview.domain.model_card import ModelCard
from stellarview.io.atomic import write_atomically
from stellarview.training.config import TrainingConfig
from stellarview.training.evaluate import Answers, answers, judge
from stellarview.training.progress import Watch
from stellarview.training.run import Run, finish_run, prepare_run, train_run

RESULT_FILE = "out-of-fold.json"
# Gives the watch of a fold, which is told by its number.
Watching = Callable[[int], AbstractContextManager[Watch]]


def cross_validate(
    config: TrainingConfig, folder: Path, run_folder: Path, folds: int, watching: Watching, *,
    device: str = "auto", fresh: bool = False, keep: bool = False, command: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Metrics of all spectra together, each out of its fold."""
    card, given, checksums = out_of_fold(
        config, folder, run_folder, folds, watching, device=device, fresh=fresh, keep=keep, command=command
    )
    metrics = judge(card, given)
    result = {"folds": folds, "checksums": list(checksums), "metrics": metrics}
    write_atomically(run_folder / RESULT_FILE, f"{json.dumps(result, indent=1, allow_nan=False)}\n".encode())
    return metrics


def out_of_fold(
    config: TrainingConfig, folder: Path, run_folder: Path, folds: int, watching: Watching, *,
    device: str = "auto", fresh: bool = False, keep: bool = False, command: str = "",
) -> tuple[ModelCard, Answers, tuple[str, ...]]:  # fmt: skip
    """A card for all folds, the answers, and the checksums of the sets. Finished folds are not trained again."""
    parts: list[Answers] = []
    for number in range(folds):
        plan = replace(config, split=replace(config.split, folds=folds, fold=number))
        run = prepare_run(plan, folder, run_folder / f"fold-{number}", device, fresh=fresh, cache=run_folder)
        with watching(number) as watch:
            train_run(run, watch)
        model = finish_run(run, command)
        tested = run.task.dataset.rows(run.task.split.test)
        parts.append(answers(model, tested, run.task.standardise))
        if not keep:
            shutil.rmtree(run.model_folder)
    return _whole_range(model.card, run), Answers.joined(parts), run.task.dataset.checksums


def _whole_range(card: ModelCard, run: Run) -> ModelCard:
    """The card with the range of all labels: folds differ a little in theirs, and bins shall not."""
    label_BK = run.task.dataset.label_BK
    ends = ((float(np.nanmin(v)), float(np.nanmax(v))) for v in label_BK.T)
    labels = tuple(replace(scale, low=low, high=high) for scale, (low, high) in zip(card.labels, ends, strict=False))
    return replace(card, labels=labels)
