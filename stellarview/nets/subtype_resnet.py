"""The residual network that reads the MK subtype as a number (Wang, Fan et al. 2021, in Chinese).

From the paper: 25 convolutions, 1 max pooling, 1 average pooling, dense, 12 residual structures, kernel 5 (3, 7 and 9
compared); one output, O0 = 0 to M9 = 6.9 in units of a spectral class; log-cosh loss; class activation maps.

What follows from the counts: one convolution first, two in each residual structure, none in a shortcut.

What we took, for the page with the network's figure is missing from our copy:
- Four stages of three structures with 16, 32, 64, 128 channels; each stage but the first halves the length.
- A shortcut that must shrink takes every second pixel and fills new channels with zeros (He et al. 2016, option A).
- Batch normalisation after each convolution, and the order of layers, as in He et al., whom the paper follows.
- The first convolution and the max pooling (length 3) have stride 2. The average pooling is global: the paper draws
  class activation maps, which need that, and says that it saves parameters.

Departures: none known. The paper gives 0.03 spectral types in its table and 0.3 subtypes in its text: the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from stellarview.nets.config import NetworkConfig, refuse_unless
from stellarview.nets.heads import LogCoshHead
from stellarview.nets.network import Network


@dataclass(frozen=True)
class SubtypeResNetConfig(NetworkConfig):
    """`channels` has one number a stage."""

    input_length: int = 3700
    n_labels: int = 1
    channels: tuple[int, ...] = (16, 32, 64, 128)
    structures_per_stage: int = 3
    kernel_length: int = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unless(self.kernel_length % 2 == 1, f"kernel_length is {self.kernel_length}, which has no middle")
        refuse_unless(
            tuple(sorted(self.channels)) == self.channels, f"channels {self.channels} shrink, which a shortcut cannot"
        )


class ResidualStructure(nn.Module):
    """conv - BN - ReLU - conv - BN, plus a shortcut without parameters, ReLU."""

    def __init__(self, n_in: int, n_out: int, kernel_length: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.n_new = n_out - n_in
        padding = kernel_length // 2
        self.layers = nn.Sequential(
            nn.Conv1d(n_in, n_out, kernel_length, stride, padding, bias=False),
            nn.BatchNorm1d(n_out),
            nn.ReLU(),
            nn.Conv1d(n_out, n_out, kernel_length, padding=padding, bias=False),
            nn.BatchNorm1d(n_out),
        )
        self.activation = nn.ReLU()

    def forward(self, maps_BCW: Tensor) -> Tensor:
        """Maps with more channels, or shorter, or both, or neither."""
        shortcut_BCW = functional.pad(maps_BCW[:, :, :: self.stride], (0, 0, 0, self.n_new))
        added_BCW: Tensor = self.activation(self.layers(maps_BCW) + shortcut_BCW)
        return added_BCW


class SubtypeResNet(Network):
    """A convolution, a max pooling, twelve residual structures, an average pooling, one dense layer."""

    def __init__(self, config: SubtypeResNetConfig) -> None:
        super().__init__(config.input_length)
        self.config = config
        n_maps, length = config.channels[0], config.kernel_length
        self.first = nn.Sequential(
            nn.Conv1d(1, n_maps, length, 2, length // 2, bias=False),
            nn.BatchNorm1d(n_maps),
            nn.ReLU(),
            nn.MaxPool1d(3, 2, 1),
        )
        structures = []
        for stage, n_out in enumerate(config.channels):
            for position in range(config.structures_per_stage):
                stride = 2 if stage and not position else 1
                structures.append(ResidualStructure(n_maps, n_out, length, stride))
                n_maps = n_out
        self.structures = nn.Sequential(*structures)
        self.average = nn.AdaptiveAvgPool1d(1)
        self.head = LogCoshHead(n_maps, config.n_labels)

    def features(self, flux_BL: Tensor) -> Tensor:
        """The global average of each channel, (B, F)."""
        maps_BCW = self.structures(self.first(self.one_channel(flux_BL)))
        features_BF: Tensor = self.average(maps_BCW).flatten(1)
        return features_BF
