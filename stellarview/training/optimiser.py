"""Adam over stacked members: element by element the same as an Adam for each, but with a rate for each."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from stellarview.training.config import Optimiser
from stellarview.training.members import Weights

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
_LEAST_RATE = 1e-30  # stands for 0: moves nothing, and can be divided by


def adam_step(
    weights: Weights,
    gradients: Weights,
    moments: tuple[Weights, Weights],
    plan: Optimiser,
    *,
    step: int,
    rate_M: Tensor,
) -> None:  # fmt: skip
    """Move the weights in place (Kingma and Ba 2015); `step` counts from 1. A rate of 0 leaves a member alone."""
    first, second = moments
    for name, gradient in gradients.items():
        rate = rate_M.to(gradient.dtype).view(-1, *[1] * (gradient.ndim - 1))
        if plan.weight_decay and plan.name == "adam":
            gradient = gradient + plan.weight_decay * weights[name]  # noqa: PLW2901
        elif plan.weight_decay:
            weights[name].mul_(1.0 - rate * plan.weight_decay)
        first[name].lerp_(gradient, 1.0 - _BETA1)
        second[name].mul_(_BETA2).addcmul_(gradient, gradient, value=1.0 - _BETA2)
        # first / (scatter / rate), not rate * first / scatter: one array less, for this is the memory's speed.
        scale = (1.0 - _BETA1**step) / rate.clamp(min=_LEAST_RATE)
        scatter = second[name].sqrt().mul_(scale / math.sqrt(1.0 - _BETA2**step)).add_(scale * _EPSILON)
        weights[name].addcdiv_(first[name], scatter, value=-1.0)


def clip(gradients: Weights, most: float) -> None:
    """Shorten the gradient of each member to this length, in place."""
    if most <= 0:
        return
    squares = [gradient.square().reshape(len(gradient), -1).sum(dim=1) for gradient in gradients.values()]
    square_M = torch.stack(squares).sum(dim=0)
    factor_M = (most / (square_M.sqrt() + 1e-6)).clamp(max=1.0)
    for gradient in gradients.values():
        gradient.mul_(factor_M.view(-1, *[1] * (gradient.ndim - 1)))


def rate_at(epoch: float, epochs: int, plan: Optimiser) -> float:
    """The learning rate after so many epochs (a fraction counts), before what a plateau takes away."""
    rate = plan.rate
    if plan.warm_up_epochs > 0:
        rate *= min(1.0, epoch / plan.warm_up_epochs)
    if plan.schedule == "cosine":
        rate *= 0.5 * (1.0 + math.cos(math.pi * min(epoch / epochs, 1.0)))
    elif plan.schedule == "steps":
        rate *= plan.factor ** sum(epoch >= at for at in plan.steps)
    return rate
