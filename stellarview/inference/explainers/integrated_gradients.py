"""Integrated gradients (Sundararajan et al. 2017): the change since the baseline, shared out among the pixels."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from stellarview.inference.explanation import Explained, Member, Question

# Gradients of ReLU networks jump on the way, so more points are taken until the sum is complete, or it is said.
_POINTS = (16, 32, 64, 128, 256)
_MOST_MISSING = 0.01
# In label standard deviations or logits: of a change smaller than this no hundredth part is asked for.
_NEGLIGIBLE = 1e-3


def integrate_gradients(member: Member, question: Question) -> Explained:
    """(input - baseline) times the mean gradient on the straight way between them."""
    ends_2L = member.tensor(np.stack([question.start_L, question.input_L]))
    at_start, at_end = member.values(ends_2L).tolist()
    change, missing = at_end - at_start, 0.0
    values_L = torch.zeros_like(ends_2L[0])
    for points in _POINTS:
        values_L = (ends_2L[1] - ends_2L[0]) * _mean_gradient(member, ends_2L, points)
        missing = abs(change - float(values_L.sum()))
        if missing <= _MOST_MISSING * abs(change) + _NEGLIGIBLE * member.scale:
            return Explained(values_L)
    return Explained(values_L, f"the sum of all pixels misses the change of the output by {missing:.3g}")


def _mean_gradient(member: Member, ends_2L: Tensor, points: int) -> Tensor:
    """By Gauss and Legendre: where the network is smooth, a few points are enough."""
    node, weight = np.polynomial.legendre.leggauss(points)
    share_P1 = member.tensor((node + 1.0) / 2.0)[:, None]
    path_PL = ends_2L[0] + share_P1 * (ends_2L[1] - ends_2L[0])
    return member.tensor(weight / 2.0) @ member.gradients(path_PL)
