"""Dense layers with dropout: the uncertainty module that RRNet, StarNet and their kin end in."""

from __future__ import annotations

from itertools import pairwise

from torch import nn


def dense_layers(
    n_values: int, widths: tuple[int, ...], dropout: float, activation: type[nn.Module] = nn.ReLU
) -> nn.Sequential:
    """dense - activation - dropout for each width. Dropout acts in training only (RRNet section 3.1)."""
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise((n_values, *widths)):
        layers += [nn.Linear(n_in, n_out), activation(), nn.Dropout(dropout)]
    return nn.Sequential(*layers)
