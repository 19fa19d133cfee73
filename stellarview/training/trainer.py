"""The loop: epochs of steps over all members, validation, early stopping for each, checkpoints, a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from stellarview.domain.errors import StellarViewError
from stellarview.training.augment.augmentation import Batch
from stellarview.training.checkpoint import write_checkpoint
from stellarview.training.log import Board, show, write_log
from stellarview.training.members import Learner, Lesson, seed_of
from stellarview.training.optimiser import adam_step, clip, rate_at
from stellarview.training.state import Row, TrainState
from stellarview.training.task import Rows, Task, rows_of

# What random numbers are for; another number for each, so that no two streams are one.
_ORDER, _AUGMENT, _DROPOUT = 1, 2, 3
CHECKPOINT_FILE, LOG_FILE = "checkpoint.safetensors", "log.csv"


@dataclass(frozen=True)
class Progress:
    """How far a run is: epochs done (a fraction counts) of how many, and the newest rows of the log."""

    done: float
    epochs: int
    seconds_left: float
    rows: tuple[Row, ...]


# Asked after every step; True means: stop, and keep the best.
Watch = Callable[[Progress], bool]


def train(task: Task, state: TrainState, folder: Path, watch: Watch, board: Board | None = None) -> TrainState:
    """Go on from this state until the epochs are done, every member has stopped, or `watch` says so."""
    loop = task.config.loop
    trainer = Trainer(task, state, watch)
    with torch.random.fork_rng(devices=[] if task.device.type == "cpu" else None):
        while state.epoch < loop.epochs and state.active:
            began = time.monotonic()
            losses_M = _within_memory(trainer)
            if losses_M is None and state.epoch:
                break  # what the unfinished epoch moved is not judged, the best of those before counts
            rows = trainer.judge(losses_M, time.monotonic() - began)
            if losses_M is None:
                break
            write_log(folder / LOG_FILE, state.history)
            if board is not None:
                show(board, rows)
            is_last = watch(trainer.progress(state.epoch)) or state.epoch == loop.epochs or not state.active
            if is_last or state.epoch % loop.checkpoint_epochs == 0:
                write_checkpoint(folder / CHECKPOINT_FILE, state, task.identity)
            if is_last:
                break
    return state


def _within_memory(trainer: Trainer) -> Tensor | None:
    try:
        return trainer.epoch()
    except torch.OutOfMemoryError as error:
        raise StellarViewError(
            "The device has too little memory for this training.",
            f"It works with {trainer.batch} spectra for each of {len(trainer.state.active)} members at once.",
            "Lower loop.batch or network.members, or choose --device cpu.",
        ) from error


class Trainer:
    """One epoch, and its judgement. All that changes is in `state`."""

    def __init__(self, task: Task, state: TrainState, watch: Watch) -> None:
        self.task, self.state, self.watch = task, state, watch
        self.learner: Learner = task.learner(state.weights)
        self.train_rows: Rows = rows_of(task, task.dataset.rows(task.split.train))
        self.validation_rows: Rows = rows_of(task, task.dataset.rows(task.split.validation))
        self.batch = min(task.config.loop.batch, len(self.train_rows))
        self.steps = len(self.train_rows) // self.batch
        self._scaling = _scaling(task)
        self._pace: list[float] = []

    def epoch(self) -> Tensor | None:
        """One look at all training spectra; the mean losses, or None where the watch ended it."""
        state, batch, steps = self.state, self.batch, self.steps
        orders = [self._order(member) for member in state.active]
        generators = [self._generator(member) for member in state.active]
        total_M = torch.zeros(len(state.stopped), device=self.task.device)
        for number in range(steps):
            began = time.monotonic()
            chosen = [order_B[number * batch : (number + 1) * batch] for order_B in orders]
            total_M += self._step((number + 1) / steps, chosen, generators)
            self._pace = [*self._pace[-99:], time.monotonic() - began]
            if self.watch(self.progress(state.epoch + (number + 1) / steps)):
                return None
        return total_M / steps

    def judge(self, losses_M: Tensor | None, seconds: float) -> tuple[Row, ...]:
        """Ask the validation spectra, keep what got better, stop who waits too long."""
        state, loop = self.state, self.task.config.loop
        state.epoch, state.seconds = state.epoch + 1, state.seconds + seconds
        active, rows = state.active, []
        judged = {name: tensor[active] for name, tensor in state.judged.items()}
        outputs = self.learner.outputs(judged, self._inputs(self.validation_rows.batch))
        for output, member in zip(outputs, active, strict=True):
            loss = float(self.learner.loss(output, self.validation_rows.target))
            self._note(member, loss)
            rows.append(
                {
                    "epoch": state.epoch,
                    "member": member,
                    "train_loss": float("nan") if losses_M is None else float(losses_M[member]),
                    "validation_loss": loss,
                    "rate": rate_at(state.epoch, loop.epochs, self.task.config.optimiser) * state.rate_factor[member],
                    "seconds": seconds,
                    **self._errors(output),
                }
            )
        state.history += rows
        return tuple(rows)

    def _note(self, member: int, loss: float) -> None:
        state, plan, patience = self.state, self.task.config.optimiser, self.task.config.loop.patience
        if loss < state.best_loss[member]:
            state.best_loss[member], state.best_epoch[member], state.waited[member] = loss, state.epoch, 0
            for name, tensor in state.judged.items():
                state.best[name][member] = tensor[member]
            return
        state.waited[member] += 1
        if plan.schedule == "plateau" and state.waited[member] % plan.plateau_patience == 0:
            state.rate_factor[member] *= plan.factor
        state.stopped[member] = bool(patience) and state.waited[member] >= patience

    def _step(self, done: float, chosen: list[Tensor], generators: list[torch.Generator]) -> Tensor:
        """One batch for each member; its losses."""
        state, config, rows = self.state, self.task.config, self.train_rows
        lessons = [
            Lesson(
                member,
                self._look(rows_B, generator),
                rows.target[rows_B],
                None if rows.weigh_B is None else rows.weigh_B[rows_B],
                seed_of(config.loop.seed, _DROPOUT, member, state.step),
            )
            for member, rows_B, generator in zip(state.active, chosen, generators, strict=True)
        ]
        loss_M, gradients = self.learner.gradients(state.weights, lessons)
        if not torch.isfinite(loss_M).all():
            self._complain(loss_M, chosen)
        clip(gradients, config.optimiser.clip_norm)
        state.step += 1
        rate = rate_at(state.epoch + done, config.loop.epochs, config.optimiser)
        rates = [
            rate * factor * (not is_stopped)
            for factor, is_stopped in zip(state.rate_factor, state.stopped, strict=True)
        ]
        moments = (state.first, state.second)
        adam_step(state.weights, gradients, moments, config.optimiser, step=state.step, rates=rates)
        for name, tensor in state.average.items():
            tensor.lerp_(state.weights[name], 1.0 - min(config.loop.average, state.step / (state.step + 10.0)))
        return loss_M

    def _look(self, rows_B: Tensor, generator: torch.Generator) -> Tensor:
        """Some training spectra, augmented, clipped as the recipe clips, and standardised."""
        batch = Batch(self.train_rows.batch.flux_BL[rows_B], self.train_rows.batch.good_BL[rows_B])
        for augmentation in self.task.augmentations:
            batch = augmentation(batch, self.task.dataset.grid, generator)
        if self.task.augmentations and self.task.limits is not None:
            batch = batch.with_flux(batch.flux_BL.clamp(*self.task.limits))
        return self._inputs(batch)

    def _inputs(self, batch: Batch) -> Tensor:
        if self._scaling is None:
            return batch.flux_BL
        mean_L, std_L = self._scaling
        return ((batch.flux_BL - mean_L) / std_L).masked_fill(~batch.good_BL, 0.0)

    def _order(self, member: int) -> Tensor:
        state = self.state
        generator = torch.Generator().manual_seed(seed_of(self.task.config.loop.seed, _ORDER, member, state.epoch))
        return torch.randperm(len(self.train_rows), generator=generator).to(self.task.device)

    def _generator(self, member: int) -> torch.Generator:
        seed = seed_of(self.task.config.loop.seed, _AUGMENT, member, self.state.epoch)
        return torch.Generator(self.task.device).manual_seed(seed)

    def _errors(self, output: Tensor) -> dict[str, float]:
        """Mean absolute error of each label in its unit, or the share of wrong classes."""
        target = self.validation_rows.target
        if self.task.config.data.classes:
            return {"wrong": float((output.argmax(dim=-1) != target).float().mean())}
        mean_BK = output[..., 0] if self.task.architecture.head == "gaussian" else output
        error_K = (mean_BK - target).abs().nanmean(dim=0)
        return {f"mae_{s.key}": float(error) * s.std for s, error in zip(self.task.scales, error_K, strict=True)}

    def progress(self, done: float) -> Progress:
        """How far the run is after so many epochs."""
        epochs = self.task.config.loop.epochs
        newest = tuple(row for row in self.state.history if row["epoch"] == self.state.epoch)
        return Progress(done, epochs, sum(self._pace) / max(len(self._pace), 1) * self.steps * (epochs - done), newest)

    def _complain(self, loss_M: Tensor, chosen: list[Tensor]) -> None:
        """Whose loss is no number, and which spectra brought it about."""
        for member, rows_B in zip(self.state.active, chosen, strict=True):
            if not torch.isfinite(loss_M[member]):
                names = [str(self.train_rows.dataset.name_B[row]) for row in rows_B.tolist()]
                raise StellarViewError(
                    f"The loss of member {member} is no number in epoch {self.state.epoch + 1}.",
                    f"Its batch was {', '.join(names)}.",
                    "Look at these spectra; else lower optimiser.rate or set optimiser.clip_norm.",
                )


def _scaling(task: Task) -> tuple[Tensor, Tensor] | None:
    if task.standardise is None:
        return None
    values = (task.standardise.mean, task.standardise.std)
    mean_L, std_L = (torch.tensor(v, dtype=torch.float32, device=task.device) for v in values)
    return mean_L, std_L
