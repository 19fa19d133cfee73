"""SPCANet, a residual-like network for LAMOST MRS (Wang et al. 2020), from what others say of it.

The paper itself is not in our library. From RRNet's and the review's account: residual-like, three convolutional and
three fully connected layers, an input of 8000 pixels, 15 labels (RRNet's 17 without K and Mn).

What we took: each convolution has a 1x1 shortcut beside it, then ReLU and max pooling by 3; kernels of length 5;
channels 8, 16, 32; dense layers 256 and 128, the third one is the head.

Departures: the head is Gaussian, as in all our regressions; 17 labels by default; dropout 0.3 as in RRNet. This network
has the published one's plan, not its sizes: never quote its results as SPCANet's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from stellarview.nets.config import NetworkConfig, refuse_unless
from stellarview.nets.dense_layers import dense_layers
from stellarview.nets.heads import GaussianHead
from stellarview.nets.network import Network


@dataclass(frozen=True)
class SPCANetConfig(NetworkConfig):
    """Channels of the three convolutions and their kernel's length."""

    input_length: int = 8000
    n_labels: int = 17
    channels: tuple[int, ...] = (8, 16, 32)
    kernel_length: int = 5
    pool: int = 3
    dense: tuple[int, ...] = (256, 128)
    dropout: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unless(self.kernel_length % 2 == 1, f"kernel_length is {self.kernel_length}, which has no middle")
        refuse_unless(
            self.input_length >= self.pool ** len(self.channels),
            f"{len(self.channels)} poolings by {self.pool} leave nothing of {self.input_length} pixels",
        )

    @property
    def n_values(self) -> int:
        """How many values leave the convolutions."""
        length: int = self.input_length // self.pool ** len(self.channels)
        return self.channels[-1] * length


class ShortcutConvolution(nn.Module):
    """One convolution plus a 1x1 shortcut, ReLU, max pooling."""

    def __init__(self, n_in: int, n_out: int, kernel_length: int, pool: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(n_in, n_out, kernel_length, padding=kernel_length // 2)
        self.shortcut = nn.Conv1d(n_in, n_out, 1)
        self.activation = nn.ReLU()
        self.pool = nn.MaxPool1d(pool)

    def forward(self, maps_BCW: Tensor) -> Tensor:
        """Pooled maps."""
        pooled_BCW: Tensor = self.pool(self.activation(self.convolution(maps_BCW) + self.shortcut(maps_BCW)))
        return pooled_BCW


class SPCANet(Network):
    """Three residual-like convolutions, three dense layers."""

    def __init__(self, config: SPCANetConfig) -> None:
        super().__init__(config.input_length)
        self.config = config
        self.convolutions = nn.Sequential(
            *(
                ShortcutConvolution(n_in, n_out, config.kernel_length, config.pool)
                for n_in, n_out in pairwise((1, *config.channels))
            )
        )
        self.dense = dense_layers(config.n_values, config.dense, config.dropout)
        self.head = GaussianHead(config.dense[-1], config.n_labels)

    def features(self, flux_BL: Tensor) -> Tensor:
        """The last dense layer, (B, F)."""
        maps_BCW = self.convolutions(self.one_channel(flux_BL))
        features_BF: Tensor = self.dense(maps_BCW.flatten(1))
        return features_BF
