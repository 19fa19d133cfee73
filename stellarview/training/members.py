"""All members of an ensemble as stacked tensors: how they start, and their losses and gradients in one call.

The first axis of every tensor is M, the members. On a processor members run one after the other, on an accelerator as
one vmapped call (docs/decisions/0014).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value, vmap

from stellarview.nets.architecture import Architecture
from stellarview.nets.config import NetworkConfig
from stellarview.nets.losses import Loss
from stellarview.nets.network import Network

Weights = dict[str, Tensor]
Way = Literal["loop", "vmap"]
_JUDGED_AT_ONCE = 256


def seed_of(*numbers: int) -> int:
    """A seed from the run's seed and what it is for: nothing random has a past, so nothing random must be saved."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> 1)


def skeleton(architecture: Architecture, config: NetworkConfig) -> Network:
    """The network without memory for weights: those are given at each call."""
    with torch.device("meta"):
        return architecture.build(config)


def fresh_weights(architecture: Architecture, config: NetworkConfig, count: int, seed: int) -> Weights:
    """Random members: each depends on the seed and its own number alone, not on how many there are."""
    states = []
    with torch.random.fork_rng(devices=[]):
        for member in range(count):
            torch.manual_seed(seed_of(seed, member))
            states.append(architecture.build(config).state_dict())
    return {name: torch.stack([state[name] for state in states]) for name in states[0]}


@dataclass(frozen=True, eq=False)
class Lesson:
    """What one member sees in one step; dropout follows from the seed."""

    member: int
    input_BL: Tensor
    target: Tensor
    weigh_B: Tensor | None
    seed: int


@dataclass(frozen=True, eq=False)
class Learner:
    """What turns weights and spectra into losses and gradients."""

    network: Network
    loss: Loss
    trained: tuple[str, ...]
    way: Way

    @cached_property
    def _frozen_norms(self) -> tuple[nn.Module, ...]:
        """Batch normalisation that does not learn: its averages must not follow the new spectra either."""
        modules = self.network.named_modules()
        return tuple(m for name, m in modules if isinstance(m, nn.BatchNorm1d) and f"{name}.weight" not in self.trained)

    def gradients(self, weights: Weights, lessons: Sequence[Lesson]) -> tuple[Tensor, Weights]:
        """Losses (M) and gradients; 0 for members without a lesson. Batch normalisation's averages move in place."""
        self.network.train()
        for norm in self._frozen_norms:
            norm.eval()
        loss_M = lessons[0].input_BL.new_zeros(len(next(iter(weights.values()))))
        gradients = {name: torch.zeros_like(weights[name]) for name in self.trained}
        (self._at_once if self.way == "vmap" else self._in_turns)(weights, lessons, loss_M, gradients)
        return loss_M, gradients

    def _in_turns(self, weights: Weights, lessons: Sequence[Lesson], loss_M: Tensor, gradients: Weights) -> None:
        for lesson in lessons:
            torch.manual_seed(lesson.seed)
            own = {name: tensor[lesson.member] for name, tensor in weights.items()}
            leaves = {name: own[name].detach().requires_grad_() for name in self.trained}
            loss = self._loss_of(leaves, own, lesson.input_BL, lesson.target, lesson.weigh_B)
            loss_M[lesson.member] = loss.detach()
            for name, gradient in zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True):
                gradients[name][lesson.member] = gradient

    def _at_once(self, weights: Weights, lessons: Sequence[Lesson], loss_M: Tensor, gradients: Weights) -> None:
        torch.manual_seed(lessons[0].seed)
        chosen = torch.tensor([lesson.member for lesson in lessons], device=loss_M.device)
        own = {name: tensor[chosen] for name, tensor in weights.items()}
        trained = {name: own.pop(name) for name in self.trained}
        weighs = [lesson.weigh_B for lesson in lessons if lesson.weigh_B is not None]
        batched = vmap(grad_and_value(self._loss_of), (0, 0, 0, 0, 0 if weighs else None), randomness="different")
        inputs, targets = (torch.stack([getattr(one, name) for one in lessons]) for name in ("input_BL", "target"))
        moved, loss_M[chosen] = batched(trained, own, inputs, targets, torch.stack(weighs) if weighs else None)
        for name, gradient in moved.items():
            gradients[name][chosen] = gradient
        for name, tensor in own.items():
            weights[name][chosen] = tensor

    def _loss_of(
        self, trained: Weights, rest: Weights, input_BL: Tensor, target: Tensor, weigh_B: Tensor | None
    ) -> Tensor:
        output = functional_call(self.network, {**rest, **trained}, (input_BL,))
        if weigh_B is None:
            return self.loss(output, target)
        loss_B = vmap(lambda one, truth: self.loss(one[None], truth[None]))(output, target)
        return (weigh_B * loss_B).sum() / weigh_B.sum()

    def outputs(self, weights: Mapping[str, Tensor], input_BL: Tensor) -> Tensor:
        """What the heads of all members say of these spectra, members first; nothing is learned."""
        self.network.eval()
        with torch.no_grad():
            pieces = [self._judge(weights, piece_BL) for piece_BL in torch.split(input_BL, _JUDGED_AT_ONCE)]
        return torch.cat(pieces, dim=1)

    def _judge(self, weights: Mapping[str, Tensor], input_BL: Tensor) -> Tensor:
        def member(own: Weights) -> Tensor:
            output: Tensor = functional_call(self.network, own, (input_BL,))
            return output

        if self.way == "vmap":
            outputs: Tensor = vmap(member)(dict(weights))
            return outputs
        count = len(next(iter(weights.values())))
        return torch.stack([member({name: tensor[m] for name, tensor in weights.items()}) for m in range(count)])
