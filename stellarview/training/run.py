"""A training run from its file to its model, in three parts: prepare, train, finish. The window and the commands
call them one after the other, each with its own way to show how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.inference.device import choose_device
from stellarview.inference.ensemble import Ensemble
from stellarview.io.names import display_name
from stellarview.training.checkpoint import read_checkpoint
from stellarview.training.config import TrainingConfig
from stellarview.training.config_file import write_config
from stellarview.training.finish import finish
from stellarview.training.log import Board
from stellarview.training.runs import CONFIG_FILE, anchored
from stellarview.training.state import TrainState
from stellarview.training.task import Task, make_task
from stellarview.training.trainer import CHECKPOINT_FILE, Watch, train


@dataclass(frozen=True, eq=False)
class Run:
    """A run in its folder, ready to go on from where it is."""

    task: Task
    state: TrainState
    folder: Path

    @property
    def model_folder(self) -> Path:
        """Where its model will be."""
        return self.folder / self.task.config.model.name


def prepare_run(
    config: TrainingConfig, folder: Path, run_folder: Path, device: str = "auto", *, fresh: bool = False,
    cache: Path | None = None,
) -> Run:  # fmt: skip
    """Prepare the data; take up the run where its last checkpoint left it, unless a fresh start is asked for."""
    try:
        run_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StellarViewError(
            f"Cannot make the folder {display_name(run_folder)}.",
            f"The system says: {error.strerror}.",
            "Choose another with --run.",
        ) from error
    task = make_task(config, folder, cache or run_folder, choose_device(device))
    checkpoint = run_folder / CHECKPOINT_FILE
    if checkpoint.exists() and not fresh:
        state = read_checkpoint(checkpoint, task.identity, task.device)
    else:
        checkpoint.unlink(missing_ok=True)
        weights = task.start()
        state = TrainState.start(weights, task.learner(weights).trained, with_average=config.loop.average > 0)
    write_config(run_folder / CONFIG_FILE, anchored(config, folder, run_folder))
    return Run(task, state, run_folder)


def train_run(run: Run, watch: Watch, board: Board | None = None) -> None:
    """Train until the end, or until `watch` has seen enough."""
    train(run.task, run.state, run.folder, watch, board)


def finish_run(run: Run, command: str) -> Ensemble:
    """Write the model of the best weights."""
    return finish(run.task, run.state, run.model_folder, command)
