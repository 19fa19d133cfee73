"""DenseNet-SE, the classifier of stars, galaxies and quasars (Wang, Zhao and Fan 2020, in Chinese).

From the paper: a convolution, then N+1 dense blocks of two conv blocks; a conv block runs kernels 1, 11, 25, 41 side by
side, concatenates and merges with a 1x1; before every convolution BN - SE - ReLU; a transition (convolution, average
pooling by 2) after every dense block but the last; between two transitions an extra one that skips the dense block
between them; global average; dense; He uniform weights; 36 layers.

What the paper leaves open, and what we took:
- N = 6. Along the longest way, parallel kernels counted once, the layers are 1 + 4 (N+1) + N + 1 = 36; the paper gives
  36 for plain DenseNet too, so its count cannot include parallel kernels or extra transitions.
- Growth 16; 8 channels for each kernel; 16 from the first convolution (length 7); transitions halve the channels.
- The four kernels of a conv block share one BN - SE - ReLU, for they read the same maps.
- SE: two dense layers, the first 4 times narrower (Hu et al.: 16 times, for hundreds of channels).
- Convolutions have no bias, for a batch normalisation follows each sooner or later and would take it away.
- The extra transition reads what enters a dense block and is appended to what that block's own transition gives.

Departures: no BN - SE - ReLU before the first convolution, whose input is one normalised channel (SE would rescale the
spectrum by its own mean).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from stellarview.nets.config import NetworkConfig, refuse_unless
from stellarview.nets.heads import ClassHead
from stellarview.nets.network import Network


@dataclass(frozen=True)
class DenseNetSEConfig(NetworkConfig):
    """N + 1 is `n_blocks`."""

    input_length: int = 2600
    n_classes: int = 3
    n_blocks: int = 7
    blocks_in_dense_block: int = 2
    kernel_lengths: tuple[int, ...] = (1, 11, 25, 41)
    channels_per_kernel: int = 8
    growth: int = 16
    first_channels: int = 16
    squeeze: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unless(all(k % 2 == 1 for k in self.kernel_lengths), f"of {self.kernel_lengths} some have no middle")
        refuse_unless(
            self.input_length >= 2 ** (self.n_blocks - 1),
            f"{self.n_blocks - 1} halvings leave nothing of {self.input_length} pixels",
        )


class SqueezeExcitation(nn.Module):
    """Weighs each channel by what its global average tells (Hu et al. 2018)."""

    def __init__(self, n_maps: int, squeeze: int) -> None:
        super().__init__()
        narrow = max(1, n_maps // squeeze)
        self.weigh = nn.Sequential(nn.Linear(n_maps, narrow), nn.ReLU(), nn.Linear(narrow, n_maps), nn.Sigmoid())

    def forward(self, maps_BCW: Tensor) -> Tensor:
        """Maps of the same shape."""
        weighed_BCW: Tensor = maps_BCW * self.weigh(maps_BCW.mean(dim=-1)).unsqueeze(-1)
        return weighed_BCW


class ConvBlock(nn.Module):
    """Kernels of several lengths side by side, merged by a 1x1; its result is appended to what came in."""

    def __init__(self, n_in: int, config: DenseNetSEConfig) -> None:
        super().__init__()
        n_side = config.channels_per_kernel
        n_merged = n_side * len(config.kernel_lengths)
        self.longest = max(config.kernel_lengths)
        self.margins = tuple((self.longest - length) // 2 for length in config.kernel_lengths)
        self.before_kernels = before_convolution(n_in, config.squeeze)
        self.kernels = nn.ModuleList(
            nn.Conv1d(n_in, n_side, length, padding=length // 2, bias=False) for length in config.kernel_lengths
        )
        self.merge = nn.Sequential(
            before_convolution(n_merged, config.squeeze), nn.Conv1d(n_merged, config.growth, 1, bias=False)
        )

    def forward(self, maps_BCW: Tensor) -> Tensor:
        """The maps that came in, and the new ones."""
        side_BCW = functional.conv1d(self.before_kernels(maps_BCW), self.side_by_side, padding=self.longest // 2)
        return torch.cat([maps_BCW, self.merge(side_BCW)], dim=1)

    @property
    def side_by_side(self) -> Tensor:
        """All kernels as one, the shorter ones between zeros: one wide convolution is faster than four narrow ones."""
        weights: list[Tensor] = [kernel.weight for kernel in self.kernels]  # type: ignore[misc]
        return torch.cat([functional.pad(w, (margin, margin)) for w, margin in zip(weights, self.margins, strict=True)])


class DenseNetSE(Network):
    """Dense blocks, transitions, transitions that skip a block, global average pooling, head."""

    def __init__(self, config: DenseNetSEConfig) -> None:
        super().__init__(config.input_length)
        self.config = config
        self.first = nn.Conv1d(1, config.first_channels, 7, padding=3, bias=False)
        self.dense_blocks, self.transitions, self.skips = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        n_maps = config.first_channels
        for block in range(config.n_blocks):
            n_entered = n_maps
            steps = [ConvBlock(n_entered + i * config.growth, config) for i in range(config.blocks_in_dense_block)]
            self.dense_blocks.append(nn.Sequential(*steps))
            n_maps += config.blocks_in_dense_block * config.growth
            if block == config.n_blocks - 1:
                break
            self.transitions.append(transition(n_maps, config.squeeze))
            n_maps //= 2
            if block:
                self.skips.append(transition(n_entered, config.squeeze))
                n_maps += n_entered // 2
        self.maps = nn.Identity()  # names what is averaged globally, for class activation maps
        self.average = nn.AdaptiveAvgPool1d(1)
        self.head = ClassHead(n_maps, config.n_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv1d):
                nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")

    def features(self, flux_BL: Tensor) -> Tensor:
        """The global average of each channel, (B, F)."""
        entering_BCW = self.first(self.one_channel(flux_BL))
        for block, dense_block in enumerate(self.dense_blocks):
            maps_BCW = dense_block(entering_BCW)
            if block == len(self.transitions):
                break
            scales = [self.transitions[block](maps_BCW)]
            if block:
                scales.append(self.skips[block - 1](entering_BCW))
            entering_BCW = torch.cat(scales, dim=1)
        features_BF: Tensor = self.average(self.maps(maps_BCW)).flatten(1)
        return features_BF


def before_convolution(n_maps: int, squeeze: int) -> nn.Sequential:
    """BN - SE - ReLU."""
    return nn.Sequential(nn.BatchNorm1d(n_maps), SqueezeExcitation(n_maps, squeeze), nn.ReLU())


def transition(n_maps: int, squeeze: int) -> nn.Sequential:
    """BN - SE - ReLU - conv1 to half the channels - average pooling by 2."""
    convolution = nn.Conv1d(n_maps, n_maps // 2, 1, bias=False)
    return nn.Sequential(before_convolution(n_maps, squeeze), convolution, nn.AvgPool1d(2))
