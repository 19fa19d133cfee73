"""The losses, one for each head. Unknown labels (NaN, or a class below 0) take no part; without any, the loss is 0.

No branch depends on a value, so that each loss runs under vmap, over members as over spectra.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from stellarview.nets.heads import HeadKind

Loss = Callable[[Tensor, Tensor], Tensor]


def gaussian_nll(output_BK2: Tensor, label_BK: Tensor) -> Tensor:
    """Negative log-likelihood of a Gaussian without its constant, 0.5 log s2 + (y - m)^2 / (2 s2) (RRNet eq. 2)."""
    mean_BK, variance_BK = output_BK2.unbind(-1)
    known_BK = ~torch.isnan(label_BK)
    residual_BK = torch.where(known_BK, label_BK, 0.0) - mean_BK
    return _mean_of_known(0.5 * torch.log(variance_BK) + residual_BK**2 / (2.0 * variance_BK), known_BK)


def laplace_nll(output_BK2: Tensor, label_BK: Tensor) -> Tensor:
    """The same of a Laplace distribution, 0.5 log s2 + sqrt(2) |y - m| / s: wrong labels pull less."""
    mean_BK, variance_BK = output_BK2.unbind(-1)
    known_BK = ~torch.isnan(label_BK)
    residual_BK = (torch.where(known_BK, label_BK, 0.0) - mean_BK).abs()
    return _mean_of_known(0.5 * torch.log(variance_BK) + math.sqrt(2.0) * residual_BK * variance_BK**-0.5, known_BK)


def cross_entropy(logits_BK: Tensor, class_B: Tensor) -> Tensor:
    """Cross entropy; classes are whole numbers, and a number below 0 stands for an unknown class."""
    log_share_BK = functional.log_softmax(logits_BK, dim=-1)
    chosen_B = log_share_BK.gather(-1, class_B.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return _mean_of_known(-chosen_B, class_B >= 0)


def log_cosh(output_BK: Tensor, label_BK: Tensor) -> Tensor:
    """log cosh of the residual: a parabola for small ones, straight for large ones, so that bad labels pull little."""
    known_BK = ~torch.isnan(label_BK)
    residual_BK = torch.where(known_BK, label_BK, 0.0) - output_BK
    # cosh overflows; r + log(1 + exp(-2 r)) - log 2 is the same and does not. Its slope is tanh r everywhere.
    return _mean_of_known(residual_BK + functional.softplus(-2.0 * residual_BK) - math.log(2.0), known_BK)


def _mean_of_known(term: Tensor, known: Tensor) -> Tensor:
    return torch.where(known, term, 0.0).sum() / known.sum().clamp(min=1)


LOSSES: dict[HeadKind, Loss] = {"gaussian": gaussian_nll, "class": cross_entropy, "log-cosh": log_cosh}
# Instead of it, where labels hold gross errors.
ROBUST_LOSSES: dict[HeadKind, Loss] = {"gaussian": laplace_nll}
