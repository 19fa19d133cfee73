"""Dense layers with ReLU and dropout: the uncertainty module that RRNet, StarNet and their kin end in."""

from __future__ import annotations

from torch import nn


def dense_layers(n_values: int, widths: tuple[int, ...], dropout: float) -> nn.Sequential:
    """dense - ReLU - dropout for each width. Dropout acts in training only (RRNet section 3.1)."""
    layers: list[nn.Module] = []
    for n_in, n_out in zip((n_values, *widths), widths, strict=False):
        layers += [nn.Linear(n_in, n_out), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*layers)
