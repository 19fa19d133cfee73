"""The last layers, shared by all networks: a Gaussian for each label, scores of classes, or plain values."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

HeadKind = Literal["gaussian", "class", "log-cosh"]

# Added to each variance, in units of standardised labels: a variance of zero has no likelihood.
LEAST_VARIANCE = 1e-6


class Head(nn.Module):
    """A head; `weight_KF` holds what class activation maps need: how each output weighs the features."""

    @property
    def weight_KF(self) -> Tensor:
        """One row of weights for each label."""
        raise NotImplementedError


class GaussianHead(Head):
    """Mean and variance of each label: (B, K, 2), [..., 0] the mean, [..., 1] the variance (RRNet eq. 2)."""

    def __init__(self, n_features: int, n_labels: int) -> None:
        super().__init__()
        self.mean = nn.Linear(n_features, n_labels)
        self.raw_variance = nn.Linear(n_features, n_labels)

    def forward(self, features_BF: Tensor) -> Tensor:
        """Mean and variance, (B, K, 2)."""
        variance_BK = functional.softplus(self.raw_variance(features_BF)) + LEAST_VARIANCE
        return torch.stack([self.mean(features_BF), variance_BK], dim=-1)

    @property
    def weight_KF(self) -> Tensor:
        """The weights of the means."""
        return self.mean.weight


class ClassHead(Head):
    """A score (logit) for each class: (B, K)."""

    def __init__(self, n_features: int, n_classes: int) -> None:
        super().__init__()
        self.logits = nn.Linear(n_features, n_classes)

    def forward(self, features_BF: Tensor) -> Tensor:
        """Logits, (B, K)."""
        logits_BK: Tensor = self.logits(features_BF)
        return logits_BK

    @property
    def weight_KF(self) -> Tensor:
        """The weights of the logits."""
        return self.logits.weight


class LogCoshHead(Head):
    """A value for each label, trained with log-cosh: (B, K)."""

    def __init__(self, n_features: int, n_labels: int) -> None:
        super().__init__()
        self.value = nn.Linear(n_features, n_labels)

    def forward(self, features_BF: Tensor) -> Tensor:
        """Values, (B, K)."""
        value_BK: Tensor = self.value(features_BF)
        return value_BK

    @property
    def weight_KF(self) -> Tensor:
        """The weights of the values."""
        return self.value.weight
