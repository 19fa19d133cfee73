"""The loop: epochs of steps over all members, validation, early stopping for each, checkpoints, a log."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from stellarview.domain.errors import StellarViewError
from stellarview.training.augment.augmentation import Batch
from stellarview.training.checkpoint import write_checkpoint
from stellarview.training.config import Optimiser
from stellarview.training.layer_groups import layer_groups
from stellarview.training.log import Board, show, write_log
from stellarview.training.members import Learner, Lesson, Weights, seed_of
from stellarview.training.memory import LEAST_BATCH, good_batch, is_out_of_memory
from stellarview.training.optimiser import adam_step, clip, rate_at
from stellarview.training.progress import Progress, Watch
from stellarview.training.ranks import ALONE, Ranks
from stellarview.training.rate_test import find_rate
from stellarview.training.state import Row, TrainState
from stellarview.training.task import Rows, Task, rows_of
from stellarview.training.told import write_told

# What random numbers are for; another number for each, so that no two streams are one.
_ORDER, _AUGMENT, _DROPOUT = 1, 2, 3
CHECKPOINT_FILE, LOG_FILE, TOLD_FILE = "checkpoint.safetensors", "log.csv", "predictions.csv"
_MOST_NAMES = 12


def train(
    task: Task, state: TrainState, folder: Path, watch: Watch, board: Board | None = None, *, ranks: Ranks = ALONE
) -> TrainState:
    """Go on from this state until the epochs are done, every member has stopped, or `watch` says so."""
    loop = task.config.loop
    with torch.random.fork_rng(devices=[] if task.device.type == "cpu" else None):
        trainer = Trainer(task, state, watch, ranks)
        if not state.rate:
            trainer.note = "Looking for a learning rate."
            state.rate = ranks.first_says(find_rate(trainer, folder if ranks.is_first else None))
            trainer.note = f"Learning rate {state.rate:g}, found by a short test."
        while state.epoch < loop.epochs and state.active:
            began = time.monotonic()
            losses_M = trainer.epoch()
            is_enough = ranks.any_says(losses_M is None)
            if is_enough and state.epoch:
                break  # what the unfinished epoch moved is not judged, the best of those before counts
            rows = ranks.exchange(state, trainer.judge(losses_M, time.monotonic() - began))
            if is_enough:
                break
            if ranks.is_first:
                write_log(folder / LOG_FILE, state.history)
                write_told(folder / TOLD_FILE, trainer)
            if board is not None:
                show(board, rows)
            is_last = ranks.any_says(watch(trainer.progress(state.epoch)))
            is_last = is_last or state.epoch == loop.epochs or not state.active
            if ranks.is_first and (is_last or state.epoch % loop.checkpoint_epochs == 0):
                write_checkpoint(folder / CHECKPOINT_FILE, state, task.identity)
            if is_last:
                break
    return state


class Trainer:
    """One epoch, and its judgement. All that changes is in `state`."""

    def __init__(self, task: Task, state: TrainState, watch: Watch, ranks: Ranks = ALONE) -> None:
        self.task, self.state, self.watch, self.ranks = task, state, watch, ranks
        self.learner: Learner = task.learner(state.weights)
        self.groups = layer_groups([name for name, _ in self.learner.network.named_parameters()], task.config.network)
        self.train_rows: Rows = rows_of(task, task.dataset.rows(task.split.train))
        self.validation_rows: Rows = rows_of(task, task.dataset.rows(task.split.validation))
        state.batch = min(
            state.batch or task.config.loop.batch or good_batch(len(self.train_rows)), len(self.train_rows)
        )
        state.rate = state.rate or task.config.optimiser.rate
        state.group_steps = state.group_steps or [0] * len(self.groups)
        self.told_MB: Tensor | None = None
        self._scaling = _scaling(task)
        self._pace: list[float] = []
        self._step_number, self.note = 0, ""

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return len(self.train_rows) // self.state.batch

    @property
    def active(self) -> list[int]:
        """Members that learn here: another process may have the others."""
        return [member for member in self.state.active if self.ranks.owns(member)]

    @property
    def plan(self) -> Optimiser:
        """How weights move, with the rate that was found where none was asked for."""
        return replace(self.task.config.optimiser, rate=self.state.rate)

    def epoch(self) -> Tensor | None:
        """One look at all training spectra; the mean losses, or None where the watch ended it."""
        state, count = self.state, len(self.train_rows)
        self._wake()
        orders = [self.order(member) for member in self.active]
        generators = [self._generator(member) for member in self.active]
        total_M, start, self._step_number = torch.zeros(len(state.stopped), device=self.task.device), 0, 0
        while orders and start + state.batch <= count:
            began, stop = time.monotonic(), start + state.batch
            try:
                chosen = [order_B[start:stop] for order_B in orders]
                total_M += self._step(self._share(stop), chosen, generators)
            except (RuntimeError, MemoryError) as error:
                self._halve(error)
                continue
            start, self._step_number = stop, self._step_number + 1
            self._pace = [*self._pace[-99:], time.monotonic() - began]
            if self.watch(self.progress(state.epoch + self._share(stop))):
                return None
        return total_M / max(self._step_number, 1)

    def _share(self, seen: int) -> float:
        """Of the epoch; what is left after the last whole batch is not seen."""
        return min(1.0, seen / (self.steps * self.state.batch))

    def _wake(self) -> None:
        """The groups of layers whose epoch has come learn with the others."""
        self._awake = [n for n, group in enumerate(self.groups) if group.from_epoch <= self.state.epoch]
        trained = tuple(name for n in self._awake for name in self.groups[n].names)
        if trained != self.learner.trained:
            self.learner = replace(self.learner, trained=trained)

    def _halve(self, error: Exception) -> None:
        """Half the batch, where memory was what failed; whatever else it was goes on its way."""
        if not is_out_of_memory(error):
            raise error
        if self.state.batch // 2 < LEAST_BATCH:
            raise StellarViewError(
                "The device has too little memory for this training.",
                f"Even {self.state.batch} spectra for each of {len(self.active)} members at once are too many.",
                "Lower network.members, or choose --device cpu.",
            ) from error
        if self.task.device.type == "cuda":
            torch.cuda.empty_cache()
        self.state.batch //= 2
        self.note = f"Memory ran out: going on with {self.state.batch} spectra in a step."

    def judge(self, losses_M: Tensor | None, seconds: float) -> tuple[Row, ...]:
        """Ask the validation spectra, keep what got better, stop who waits too long."""
        state, loop = self.state, self.task.config.loop
        state.epoch, state.seconds = state.epoch + 1, state.seconds + seconds
        active, rows = self.active, []
        if not active:
            return ()
        judged = {name: tensor[active] for name, tensor in state.judged.items()}
        outputs = self.learner.outputs(judged, self._inputs(self.validation_rows.batch))
        self.told_MB = outputs
        for output, member in zip(outputs, active, strict=True):
            loss = float(self.learner.loss(output, self.validation_rows.target))
            self._note(member, loss)
            rows.append(
                {
                    "epoch": state.epoch,
                    "member": member,
                    "train_loss": float("nan") if losses_M is None else float(losses_M[member]),
                    "validation_loss": loss,
                    "rate": rate_at(state.epoch, loop.epochs, self.plan) * state.rate_factor[member],
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
            for member, rows_B, generator in zip(self.active, chosen, generators, strict=True)
        ]
        loss_M, gradients = self.learner.gradients(state.weights, lessons)
        if not torch.isfinite(loss_M).all():
            self._complain(loss_M, chosen)
        clip(gradients, config.optimiser.clip_norm)
        state.step += 1
        self._move(gradients, rate_at(state.epoch + done, config.loop.epochs, self.plan))
        for name, tensor in state.average.items():
            tensor.lerp_(state.weights[name], 1.0 - min(config.loop.average, state.step / (state.step + 10.0)))
        return loss_M

    def _move(self, gradients: Weights, rate: float) -> None:
        """One step of the optimiser for each group of layers, which counts its own steps."""
        state, active = self.state, set(self.active)
        rates = [rate * factor * (member in active) for member, factor in enumerate(state.rate_factor)]
        for number in self._awake:
            group = self.groups[number]
            state.group_steps[number] += 1
            own = {name: gradients[name] for name in group.names}
            adam_step(
                *(state.weights, own, (state.first, state.second), self.plan),
                step=state.group_steps[number],
                rates=[group.factor * one for one in rates],
            )

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

    def one_step(self, rows_B: Tensor) -> Tensor:
        """A step of the first member alone, with these spectra; its loss."""
        self._wake()
        while True:
            try:
                return self._step(0.0, [rows_B[: self.state.batch]], [self._generator(0)])[0]
            except (RuntimeError, MemoryError) as error:
                self._halve(error)

    def order(self, member: int) -> Tensor:
        """The rows of the training spectra as this member sees them in this epoch."""
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
        state, epochs = self.state, self.task.config.loop.epochs
        newest = tuple(row for row in state.history if row["epoch"] == state.epoch)
        pace = sum(self._pace) / max(len(self._pace), 1)
        return Progress(
            *(done, epochs, pace * self.steps * (epochs - done), newest),
            step=self._step_number % self.steps,
            steps=self.steps,
            batch=state.batch,
            rate=rate_at(done, epochs, self.plan),
            best_epoch=tuple(state.best_epoch),
            best_loss=tuple(state.best_loss),
            waited=tuple(state.waited),
            note=self.note,
        )

    def _complain(self, loss_M: Tensor, chosen: list[Tensor]) -> None:
        """Whose loss is no number, and which spectra brought it about."""
        for member, rows_B in zip(self.active, chosen, strict=True):
            if not torch.isfinite(loss_M[member]):
                guilty = self._guilty(member, rows_B)
                names = [str(self.train_rows.dataset.name_B[row]) for row in (guilty or rows_B.tolist())[:_MOST_NAMES]]
                told = "These of its spectra are to blame" if guilty else "Every spectrum of its batch gave no number"
                more = f" and {len(guilty or rows_B) - len(names)} more" if len(guilty or rows_B) > len(names) else ""
                raise StellarViewError(
                    f"The loss of member {member} is no number in epoch {self.state.epoch + 1}.",
                    f"{told}: {', '.join(names)}{more}.",
                    "Look at these spectra and their labels; else lower optimiser.rate or set optimiser.clip_norm.",
                )

    def _guilty(self, member: int, rows_B: Tensor) -> list[int]:
        """The rows of a batch that give no number by themselves; none where all do, which is the weights' fault."""
        batch = Batch(self.train_rows.batch.flux_BL[rows_B], self.train_rows.batch.good_BL[rows_B])
        weights = {name: tensor[member : member + 1] for name, tensor in self.state.weights.items()}
        output_B = self.learner.outputs(weights, self._inputs(batch))[0].flatten(1)
        target_B = self.train_rows.target[rows_B].reshape(len(rows_B), -1)
        bad_B = ~torch.isfinite(output_B).all(dim=1) | torch.isinf(target_B).any(dim=1)
        return [] if bool(bad_B.all()) else rows_B[bad_B].tolist()


def _scaling(task: Task) -> tuple[Tensor, Tensor] | None:
    if task.standardise is None:
        return None
    values = (task.standardise.mean, task.standardise.std)
    mean_L, std_L = (torch.tensor(v, dtype=torch.float32, device=task.device) for v in values)
    return mean_L, std_L
