"""RDN, the residual dense network (Chen, Wu and Zhang).

From the paper: two branches of equal length, 4400 pixels each; two shallow convolutions; n = 3 residual dense blocks of
three units (conv1, conv3 with ReLU), each unit fed with the previous block's output and all units before it, a 1x1 at
the block's end, and the previous block's output added; all blocks concatenated, 1x1, conv3, average pooling, global
residual; three dense layers to mean and variance.

What the paper leaves open, and what we took:
- Width 32, growth 16. A unit's 1x1 gives 32 channels; its one ReLU follows the conv3, and the shallow and fusing
  convolutions have none.
- Each arm has a branch with weights of its own, for its lines are its own; the arms meet before the dense layers.
- The global residual adds the first shallow convolution. Pooling an average is linear, so adding it before the pooling
  (done here) and adding it pooled are the same.
- Pooling by 16: 32 x 275 values an arm, 17600 in all, about as many as RRNet's 14400. Dense layers 256 and 128.

Departures: none known. The paper praises dropout and then decides against it in training, which leaves none: `dropout`
is 0 and can be set.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from stellarview.nets.config import NetworkConfig, refuse_unless
from stellarview.nets.dense_layers import dense_layers
from stellarview.nets.heads import GaussianHead
from stellarview.nets.network import Network


@dataclass(frozen=True)
class RDNConfig(NetworkConfig):
    """n is `n_blocks`; the arms lie end to end in the input, `arm_lengths` says where one ends."""

    input_length: int = 8800
    n_labels: int = 17
    arm_lengths: tuple[int, ...] = (4400, 4400)
    n_blocks: int = 3
    units_per_block: int = 3
    width: int = 32
    growth: int = 16
    pool: int = 16
    dense: tuple[int, ...] = (256, 128)
    dropout: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unless(
            sum(self.arm_lengths) == self.input_length,
            f"arm_lengths {self.arm_lengths} do not add up to input_length {self.input_length}",
        )
        refuse_unless(min(self.arm_lengths) >= self.pool, f"an arm is shorter than the pooling by {self.pool}")

    @property
    def n_values(self) -> int:
        """How many values all branches give."""
        return self.width * sum(length // self.pool for length in self.arm_lengths)


class DenseUnit(nn.Module):
    """conv1 - conv3 - ReLU, its result appended to what came in."""

    def __init__(self, n_in: int, width: int, growth: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(nn.Conv1d(n_in, width, 1), nn.Conv1d(width, growth, 3, padding=1), nn.ReLU())

    def forward(self, maps_BCW: Tensor) -> Tensor:
        """The maps that came in, and the new ones."""
        return torch.cat([maps_BCW, self.convolutions(maps_BCW)], dim=1)


class ResidualDenseBlock(nn.Module):
    """Units one after the other, a 1x1 that brings them back to the block's width, and what came in added."""

    def __init__(self, n_units: int, width: int, growth: int) -> None:
        super().__init__()
        self.units = nn.Sequential(*(DenseUnit(width + unit * growth, width, growth) for unit in range(n_units)))
        self.fusion = nn.Conv1d(width + n_units * growth, width, 1)

    def forward(self, maps_BCW: Tensor) -> Tensor:
        """Maps of the same shape."""
        added_BCW: Tensor = maps_BCW + self.fusion(self.units(maps_BCW))
        return added_BCW


class Branch(nn.Module):
    """Shallow features, residual dense blocks and their fusion, for one arm."""

    def __init__(self, config: RDNConfig) -> None:
        super().__init__()
        width = config.width
        self.shallow = nn.Conv1d(1, width, 3, padding=1)
        self.shallow_again = nn.Conv1d(width, width, 3, padding=1)
        self.blocks = nn.ModuleList(
            ResidualDenseBlock(config.units_per_block, width, config.growth) for _ in range(config.n_blocks)
        )
        self.fusion = nn.Sequential(nn.Conv1d(config.n_blocks * width, width, 1), nn.Conv1d(width, width, 3, padding=1))
        self.pool = nn.AvgPool1d(config.pool)

    def forward(self, flux_BCW: Tensor) -> Tensor:
        """The arm's maps after pooling."""
        shallow_BCW = self.shallow(flux_BCW)
        maps_BCW = self.shallow_again(shallow_BCW)
        of_blocks = []
        for block in self.blocks:
            maps_BCW = block(maps_BCW)
            of_blocks.append(maps_BCW)
        pooled_BCW: Tensor = self.pool(shallow_BCW + self.fusion(torch.cat(of_blocks, dim=1)))
        return pooled_BCW


class RDN(Network):
    """A branch for each arm, then three dense layers."""

    def __init__(self, config: RDNConfig) -> None:
        super().__init__(config.input_length)
        self.config = config
        self.branches = nn.ModuleList(Branch(config) for _ in config.arm_lengths)
        self.joined = nn.Identity()  # names the maps of all arms for Grad-CAM
        self.dense = dense_layers(config.n_values, config.dense, config.dropout)
        self.head = GaussianHead(config.dense[-1], config.n_labels)

    def features(self, flux_BL: Tensor) -> Tensor:
        """The last dense layer, (B, F)."""
        arms = torch.split(self.one_channel(flux_BL), list(self.config.arm_lengths), dim=-1)
        maps = [branch(arm_BCW) for branch, arm_BCW in zip(self.branches, arms, strict=True)]
        features_BF: Tensor = self.dense(self.joined(torch.cat(maps, dim=-1)).flatten(1))
        return features_BF
