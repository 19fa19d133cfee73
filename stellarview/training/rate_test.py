"""A learning rate found by a short test: the rate rises step by step, and is best well before the loss does."""

from __future__ import annotations

import copy
import csv
import io
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import write_atomically
from stellarview.training.ranks import ALONE
from stellarview.training.state import TrainState

if TYPE_CHECKING:
    from stellarview.training.trainer import Trainer

RATE_TEST_FILE = "rate-test.csv"
_LOWEST, _HIGHEST, _STEPS = 1e-6, 0.3, 60
_SMOOTHING = 0.8
# Where the loss is least the rate is on the brink already (Smith 2017). A tenth of it loses nothing of what a parent
# knows; random weights have nothing to lose (docs/decisions/0027).
_TUNING, _FROM_SCRATCH = 10.0, 3.0
_LEAST, _MOST = 1e-5, 3e-3

Point = tuple[float, float, float]  # rate, loss, smoothed loss


def find_rate(trainer: Trainer, folder: Path | None) -> float:
    """The rate for this run. Weights and moments stay as they are; the curve is kept in the folder."""
    points = _curve(trainer)
    if folder is not None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([("rate", "loss", "smoothed_loss"), *(map("{:.6g}".format, point) for point in points)])
        write_atomically(folder / RATE_TEST_FILE, text.getvalue().encode())
    return best_rate(points, _FROM_SCRATCH if trainer.task.parent is None else _TUNING)


def best_rate(points: list[Point], safety: float) -> float:
    """A part of the rate with the least smoothed loss, within bounds that have always worked."""
    lowest = min(points, key=lambda point: point[2])[0] if points else _LEAST
    return float(f"{min(max(lowest / safety, _LEAST), _MOST):.2g}")


def _curve(trainer: Trainer) -> list[Point]:
    """One member's losses, on a copy, while the rate rises; it ends where the loss has clearly left the valley."""
    trial = _copy(trainer)
    order, points, running, start = trial.order(0), list[Point](), 0.0, 0
    for number, rate in enumerate(np.geomspace(_LOWEST, _HIGHEST, _STEPS).tolist()):
        trial.state.rate = rate
        try:
            start = 0 if start + trial.state.batch > len(order) else start
            loss = float(trial.one_step(order[start : start + trial.state.batch]))
        except StellarViewError:
            if not points:
                raise
            break  # no number any more: such rates are far too high
        start += trial.state.batch
        running = _SMOOTHING * running + (1 - _SMOOTHING) * loss
        points.append((rate, loss, running / (1 - _SMOOTHING ** (number + 1))))
        first, best = points[0][2], min(point[2] for point in points)
        if not math.isfinite(running) or points[-1][2] > first + max(first - best, 0.5 * abs(first), 0.5):
            break
        if trainer.watch(trainer.progress(trainer.state.epoch)):
            break
    return points


def _copy(trainer: Trainer) -> Trainer:
    """The same spectra, but the first member alone, with weights of its own and a rate without schedule."""
    trial = copy.copy(trainer)
    plan = replace(trainer.task.config.optimiser, schedule="constant", warm_up_epochs=0.0)
    trial.task = replace(trainer.task, config=replace(trainer.task.config, optimiser=plan))
    weights = {name: tensor[:1].clone() for name, tensor in trainer.state.weights.items()}
    trial.ranks = ALONE  # every process does the same test
    trial.state = TrainState.start(weights, trainer.learner.trained, with_average=False)
    trial.state.batch, trial.state.group_steps = trainer.state.batch, [0] * len(trainer.groups)
    return trial
