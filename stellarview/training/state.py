"""All that changes while networks learn, in one place: what a checkpoint keeps, and nothing else does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import torch
from torch import Tensor

from stellarview.training.members import Weights

Row = dict[str, Any]


@dataclass(eq=False)
class TrainState:
    """Weights, the optimiser's moments, the running mean, each member's best, and how it came about.

    `rate` and `batch` are those that were chosen, `group_steps` the steps of each group of layers.
    Random numbers follow from the seed, the epoch and the member, so no generator stands here.
    """

    weights: Weights
    first: Weights
    second: Weights
    average: Weights
    best: Weights
    epoch: int = 0
    step: int = 0
    best_loss: list[float] = field(default_factory=list)
    best_epoch: list[int] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)
    rate_factor: list[float] = field(default_factory=list)
    stopped: list[bool] = field(default_factory=list)
    seconds: float = 0.0
    rate: float = 0.0
    batch: int = 0
    group_steps: list[int] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)

    @classmethod
    def start(cls, weights: Weights, trained: tuple[str, ...], *, with_average: bool) -> Self:
        """Before the first epoch."""
        count = len(next(iter(weights.values())))
        zeros = {name: torch.zeros_like(weights[name]) for name in trained}
        return cls(
            weights=weights,
            first=zeros,
            second={name: tensor.clone() for name, tensor in zeros.items()},
            average=_averaged(weights) if with_average else {},
            best={name: tensor.clone() for name, tensor in weights.items()},
            best_loss=[float("inf")] * count,
            best_epoch=[0] * count,
            waited=[0] * count,
            rate_factor=[1.0] * count,
            stopped=[False] * count,
        )

    @property
    def judged(self) -> dict[str, Tensor]:
        """The weights that are judged: the running mean where there is one."""
        return {**self.weights, **self.average}

    @property
    def active(self) -> list[int]:
        """Members that still learn."""
        return [member for member, is_stopped in enumerate(self.stopped) if not is_stopped]


def _averaged(weights: Weights) -> Weights:
    """Batch normalisation's averages too: those of other weights would not fit the mean ones."""
    return {name: tensor.clone() for name, tensor in weights.items() if tensor.is_floating_point()}
