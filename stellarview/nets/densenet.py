"""DenseNet for regression in one dimension (Huang et al. 2017; a network that RDN is compared with).

RDN's paper says no more than the name. From Huang et al. (DenseNet-BC): BN - ReLU - conv1 (4k channels) - BN - ReLU -
conv3 (k channels) in each unit; transitions BN - ReLU - conv1 - average pooling by 2 that halve the channels; a stem
conv7 with stride 2 to 2k channels - BN - ReLU - max pooling; a last BN - ReLU; global average pooling; one linear
layer; no biases in convolutions.

What we took: four blocks of six units, growth k = 16.

Departures: one dimension; a Gaussian head in place of classes; max pooling of length 2, not 3; dropout 0.2 after the
global average, where Huang et al. drop inside the units. Batch normalisation suffers from bad pixels (RRNet section
3.1): mask them in the recipe. docs/decisions/0006-networks.md tells how members with batch normalisation train at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from stellarview.nets.config import NetworkConfig, refuse_unless
from stellarview.nets.heads import GaussianHead
from stellarview.nets.network import Network


@dataclass(frozen=True)
class DenseNetConfig(NetworkConfig):
    """k is `growth`."""

    input_length: int = 7200
    n_labels: int = 17
    units_per_block: tuple[int, ...] = (6, 6, 6, 6)
    growth: int = 16
    dropout: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        n_halvings = 1 + len(self.units_per_block)
        refuse_unless(
            self.input_length >= 2**n_halvings, f"{n_halvings} halvings leave nothing of {self.input_length} pixels"
        )


class DenseUnit(nn.Module):
    """BN - ReLU - conv1 - BN - ReLU - conv3, its result appended to what came in."""

    def __init__(self, n_in: int, growth: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *normalised(n_in, nn.Conv1d(n_in, 4 * growth, 1, bias=False)),
            *normalised(4 * growth, nn.Conv1d(4 * growth, growth, 3, padding=1, bias=False)),
        )

    def forward(self, maps_BCW: Tensor) -> Tensor:
        """The maps that came in, and the new ones."""
        return torch.cat([maps_BCW, self.layers(maps_BCW)], dim=1)


class DenseNet(Network):
    """Stem, dense blocks with transitions between them, global average pooling, head."""

    def __init__(self, config: DenseNetConfig) -> None:
        super().__init__(config.input_length)
        self.config = config
        n_maps = 2 * config.growth
        self.stem = nn.Sequential(
            nn.Conv1d(1, n_maps, 7, stride=2, padding=3, bias=False), nn.BatchNorm1d(n_maps), nn.ReLU(), nn.MaxPool1d(2)
        )
        layers: list[nn.Module] = []
        for block, n_units in enumerate(config.units_per_block):
            if block:
                layers += [*normalised(n_maps, nn.Conv1d(n_maps, n_maps // 2, 1, bias=False)), nn.AvgPool1d(2)]
                n_maps //= 2
            layers += [DenseUnit(n_maps + unit * config.growth, config.growth) for unit in range(n_units)]
            n_maps += n_units * config.growth
        self.blocks = nn.Sequential(*layers)
        self.last = nn.Sequential(nn.BatchNorm1d(n_maps), nn.ReLU())
        self.average = nn.AdaptiveAvgPool1d(1)
        self.dropout = nn.Dropout(config.dropout)
        self.head = GaussianHead(n_maps, config.n_labels)

    def features(self, flux_BL: Tensor) -> Tensor:
        """The global average of each channel, (B, F)."""
        maps_BCW = self.last(self.blocks(self.stem(self.one_channel(flux_BL))))
        features_BF: Tensor = self.dropout(self.average(maps_BCW).flatten(1))
        return features_BF


def normalised(n_in: int, convolution: nn.Conv1d) -> tuple[nn.Module, ...]:
    """BN - ReLU - convolution."""
    return nn.BatchNorm1d(n_in), nn.ReLU(), convolution
