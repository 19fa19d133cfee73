"""A training run from its file to its model, in three parts: prepare, train, finish. The window and the commands
call them one after the other, each with its own way to show how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stellarview.inference.device import choose_device
from stellarview.inference.ensemble import Ensemble
from stellarview.training.checkpoint import read_checkpoint
from stellarview.training.config import TrainingConfig
from stellarview.training.config_file import write_config
from stellarview.training.finish import finish
from stellarview.training.log import Board
from stellarview.training.prepared import Tell, say_nothing
from stellarview.training.progress import Watch
from stellarview.training.ranks import ALONE, Ranks
from stellarview.training.runs import CONFIG_FILE, anchored
from stellarview.training.state import TrainState
from stellarview.training.task import Task, make_task
from stellarview.training.trainer import CHECKPOINT_FILE, train
from stellarview.training.watched import make_run_folder


@dataclass(frozen=True, eq=False)
class Run:
    """A run in its folder, ready to go on from where it is."""

    task: Task
    state: TrainState
    folder: Path
    ranks: Ranks = ALONE

    @property
    def model_folder(self) -> Path:
        """Where its model will be."""
        return self.folder / self.task.config.model.name


def prepare_run(
    config: TrainingConfig, folder: Path, run_folder: Path, device: str = "auto", *, fresh: bool = False,
    cache: Path | None = None, tell: Tell = say_nothing, ranks: Ranks = ALONE,
) -> Run:  # fmt: skip
    """Prepare the data; take up the run where its last checkpoint left it, unless a fresh start is asked for."""
    make_run_folder(run_folder)
    if not ranks.is_first:
        ranks.wait()  # the first process prepares the spectra and keeps them for the others
    task = make_task(config, folder, cache or run_folder, choose_device(device), tell=tell)
    checkpoint = run_folder / CHECKPOINT_FILE
    if ranks.is_first:
        if fresh:
            checkpoint.unlink(missing_ok=True)
        write_config(run_folder / CONFIG_FILE, anchored(config, folder, run_folder))
        ranks.wait()
    if checkpoint.exists():
        return Run(task, read_checkpoint(checkpoint, task.identity, task.device), run_folder, ranks)
    weights = task.start()
    state = TrainState.start(weights, task.learner(weights).trained, with_average=config.loop.average > 0)
    return Run(task, state, run_folder, ranks)


def train_run(run: Run, watch: Watch, board: Board | None = None) -> None:
    """Train until the end, or until `watch` has seen enough."""
    train(run.task, run.state, run.folder, watch, board, ranks=run.ranks)


def finish_run(run: Run, command: str) -> Ensemble:
    """Write the model of the best weights."""
    return finish(run.task, run.state, run.model_folder, command)
