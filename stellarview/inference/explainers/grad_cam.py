"""Grad-CAM (Selvaraju et al. 2017) and HiResCAM (Draelos and Carin 2020), for networks that average nothing globally.

Grad-CAM averages a channel's gradient over all positions. Where dense layers weigh each position by itself, as in RRNet
and StarNet, the average mixes the weights of lines that have nothing to do with each other: on toy spectra it was no
better than chance (docs/decisions/0007-explanations.md). HiResCAM does not average. Ours looks at how far the maps are
from those of the baseline, for maps of a bare continuum are not zero and have nothing to tell.

No ReLU: a label has no "for" and "against", its sign counts.
"""

from __future__ import annotations

import torch
from torch import Tensor

from stellarview.domain.arrays import FloatArray
from stellarview.inference.explainers.cam import spread
from stellarview.inference.explanation import Explained, Member, Question, recorded


def gradient_cam(member: Member, question: Question) -> Explained:
    """Maps times the mean gradients of their channels."""
    maps_CW, gradient_CW = _maps_and_gradients(member, question.input_L)
    added_W = (gradient_CW.mean(dim=1, keepdim=True) * maps_CW).sum(dim=0)
    return Explained(spread(added_W, question.input_L.size))


def hires_cam(member: Member, question: Question) -> Explained:
    """The maps' departure from those of the baseline, times gradients, position by position."""
    maps_CW, gradient_CW = _maps_and_gradients(member, question.input_L)
    baseline_CW, _ = _maps_and_gradients(member, question.start_L)
    return Explained(spread((gradient_CW * (maps_CW - baseline_CW)).sum(dim=0), question.input_L.size))


def _maps_and_gradients(member: Member, input_L: FloatArray) -> tuple[Tensor, Tensor]:
    with recorded() as ready, member.watched() as maps:
        value = member.value(ready(member.tensor(input_L)[None])).sum()
        gradient = torch.autograd.grad(value, maps[0])[0]
    return maps[0][0].detach(), gradient[0]
