"""Grad-CAM (Selvaraju et al. 2017) and HiResCAM (Draelos and Carin 2020), for networks that average nothing globally.

Grad-CAM averages a channel's gradient over all positions. Where dense layers weigh each position by itself, as in RRNet
and StarNet, the average mixes the weights of lines that have nothing to do with each other; HiResCAM does not average.
Behind a global average both are the class activation map. No ReLU: a label has no "for" and "against", its sign counts.
"""

from __future__ import annotations

import torch
from torch import Tensor

from stellarview.inference.explainers.cam import spread
from stellarview.inference.explanation import Explained, Member, Question, recorded


def grad_cam(member: Member, question: Question) -> Explained:
    """Maps times the mean gradients of their channels."""
    maps_CW, gradient_CW = _maps_and_gradients(member, question)
    added_W = (gradient_CW.mean(dim=1, keepdim=True) * maps_CW).sum(dim=0)
    return Explained(spread(added_W, question.input_L.size))


def hires_cam(member: Member, question: Question) -> Explained:
    """Maps times gradients, position by position."""
    maps_CW, gradient_CW = _maps_and_gradients(member, question)
    return Explained(spread((gradient_CW * maps_CW).sum(dim=0), question.input_L.size))


def _maps_and_gradients(member: Member, question: Question) -> tuple[Tensor, Tensor]:
    with recorded() as ready, member.watched() as maps:
        value = member.value(ready(member.tensor(question.input_L)[None])).sum()
        gradient = torch.autograd.grad(value, maps[0])[0]
    return maps[0][0].detach(), gradient[0]
