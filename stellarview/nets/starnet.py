"""StarNet (Fabbro et al. 2018, Bialek et al. 2020), and StarNet-R, the same with RRNet's recurrent module.

From the papers: 2 convolutions with 4 and 16 filters of length 8, max pooling by 4, dense 256 and 128; StarNet-R runs
RRNet's recurrent module (hidden 360) over what the convolutions give: 28800 values, 80 sub-bands of 360.

Open, or departing:
- The convolutions keep the length; a filter of length 8 looks 3 pixels back and 4 ahead.
- The output is Gaussian (Bialek et al.) and dropout is 0.3, as in the comparison of Xiong, Li and Liao (2022). Fabbro
  et al. give plain values, without dropout, and start from He normal weights; ours are torch's. The authors of RRNet,
  by their published code, compared with filters of length 3: `kernel_length` = 3 is that network.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from stellarview.nets.config import NetworkConfig, refuse_unless
from stellarview.nets.dense_layers import dense_layers
from stellarview.nets.heads import GaussianHead
from stellarview.nets.network import Network
from stellarview.nets.recurrent import RecurrentModule


@dataclass(frozen=True)
class StarNetConfig(NetworkConfig):
    """StarNet's sizes."""

    input_length: int = 7200
    n_labels: int = 17
    channels: tuple[int, ...] = (4, 16)
    kernel_length: int = 8
    pool: int = 4
    dense: tuple[int, ...] = (256, 128)
    dropout: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unless(self.pool <= self.input_length, f"{self.input_length} pixels cannot be pooled by {self.pool}")

    @property
    def n_values(self) -> int:
        """How many values leave the convolutions."""
        return self.channels[-1] * (self.input_length // self.pool)


@dataclass(frozen=True)
class StarNetRConfig(StarNetConfig):
    """StarNet's sizes and the number of sub-bands."""

    n_sub_bands: int = 80

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unless(
            self.n_values % self.n_sub_bands == 0,
            f"{self.n_values} values cannot be cut into {self.n_sub_bands} equal sub-bands",
        )


class StarNet(Network):
    """Two convolutions, one max pooling, three dense layers."""

    def __init__(self, config: StarNetConfig) -> None:
        super().__init__(config.input_length)
        self.config = config
        layers: list[nn.Module] = []
        before = (config.kernel_length - 1) // 2
        for n_in, n_out in pairwise((1, *config.channels)):
            # Not padding="same": for an even length torch warns that it pads by a copy, which this does anyway.
            padding = nn.ConstantPad1d((before, config.kernel_length - 1 - before), 0.0)
            layers += [padding, nn.Conv1d(n_in, n_out, config.kernel_length), nn.ReLU()]
        self.convolutions = nn.Sequential(*layers)
        self.pool = nn.MaxPool1d(config.pool)
        self.dense = dense_layers(config.n_values, config.dense, config.dropout)
        self.head = GaussianHead(config.dense[-1], config.n_labels)

    def features(self, flux_BL: Tensor) -> Tensor:
        """The last dense layer, (B, F)."""
        features_BF: Tensor = self.dense(self.sequence(flux_BL))
        return features_BF

    def sequence(self, flux_BL: Tensor) -> Tensor:
        """The values of all channels in the order of wavelength."""
        maps_BCW: Tensor = self.pool(self.convolutions(self.one_channel(flux_BL)))
        return maps_BCW.transpose(1, 2).flatten(1)


class StarNetR(StarNet):
    """StarNet whose convolutions talk across sub-bands before the dense layers."""

    def __init__(self, config: StarNetRConfig) -> None:
        super().__init__(config)
        self.recurrent = RecurrentModule(config.n_values, config.n_sub_bands)

    def sequence(self, flux_BL: Tensor) -> Tensor:
        """The values of all sub-bands, one after the other."""
        values_BV: Tensor = self.recurrent(super().sequence(flux_BL))
        return values_BV
