"""Dense layers with ReLU and dropout: the uncertainty module that RRNet, StarNet and their kin end in."""

from __future__ import annotations

from itertools import pairwise

from torch import nn


def dense_layers(n_values: int, widths: tuple[int, ...], dropout: float) -> nn.Sequential:
    """dense - ReLU - dropout for each width. Dropout acts in training only (RRNet section 3.1)."""
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise((n_values, *widths)):
        layers += [nn.Linear(n_in, n_out), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*layers)
