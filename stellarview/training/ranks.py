"""Members spread over the processes of `torchrun`: each trains its own, and all meet at the end of an epoch.

Members know nothing of each other, so no gradient has to travel (docs/decisions/0028).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
from torch import distributed

from stellarview.domain.errors import StellarViewError
from stellarview.training.state import Row, TrainState

_TENSORS = ("weights", "first", "second", "average", "best")
_LISTS = ("best_loss", "best_epoch", "waited", "rate_factor", "stopped")
# The first process prepares the spectra, which can take hours, while the others wait.
_PATIENCE = timedelta(days=1)


@dataclass(frozen=True)
class Ranks:
    """This process among those that train together."""

    rank: int = 0
    world: int = 1

    @property
    def is_first(self) -> bool:
        """The first process writes everything that is written."""
        return self.rank == 0

    def owns(self, member: int) -> bool:
        """True for the members that this process trains."""
        return member % self.world == self.rank

    def wait(self) -> None:
        """Until all are here."""
        if self.world > 1:
            distributed.barrier()

    def any_says(self, word: bool) -> bool:
        """True where one of them says so."""
        return any(self._all(word))

    def first_says(self, number: float) -> float:
        """The first one's number."""
        return float(self._all(number)[0])

    def exchange(self, state: TrainState, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """After an epoch: everybody's members and rows of the log for everybody, as if one had done it all."""
        if self.world == 1:
            return rows
        count = len(state.stopped)
        for kind in _TENSORS:
            for _, tensor in sorted(getattr(state, kind).items()):
                for member in range(count):
                    piece = tensor[member].cpu().contiguous()
                    distributed.broadcast(piece, member % self.world)
                    tensor[member].copy_(piece)
        told = self._all(
            {name: getattr(state, name) for name in (*_LISTS, "step", "group_steps", "batch")} | {"rows": rows}
        )
        for name in _LISTS:
            setattr(state, name, [told[member % self.world][name][member] for member in range(count)])
        state.step = max(one["step"] for one in told)
        state.group_steps = [max(steps) for steps in zip(*(one["group_steps"] for one in told), strict=True)]
        state.batch = min(one["batch"] for one in told)
        every = tuple(sorted((row for one in told for row in one["rows"]), key=lambda row: int(row["member"])))
        state.history = [*state.history[: len(state.history) - len(rows)], *every]
        return every

    def _all(self, value: Any) -> list[Any]:
        if self.world == 1:
            return [value]
        values: list[Any] = [None] * self.world
        distributed.all_gather_object(values, value)
        return values


ALONE = Ranks()


@contextmanager
def joined(members: int) -> Iterator[Ranks]:
    """This process among those that torchrun started; alone where it was not started so."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        yield ALONE
        return
    if world > members:
        raise StellarViewError(
            f"{world} processes cannot share {members} members.",
            "Each process trains members of its own.",
            "Start fewer processes, or set network.members.",
        )
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    distributed.init_process_group("gloo", timeout=_PATIENCE)
    try:
        yield Ranks(distributed.get_rank(), world)
    finally:
        distributed.destroy_process_group()
