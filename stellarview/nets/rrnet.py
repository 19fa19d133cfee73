"""RRNet, the residual recurrent network, and ResNet, the same without its recurrent module (Xiong, Li and Liao 2022).

From the paper: N_r = 3 residual blocks without batch normalisation, average pooling in each; N_s = 40 sub-bands through
one recurrent layer; three dense layers with dropout, the last of which gives mean and variance.

What the paper leaves open, and what we took:
- Inside a block: conv3 - ReLU - conv3 plus a 1x1 shortcut, then average pooling by 2; channels 4, 8, 16 and so on,
  doubling. Doubling while halving keeps 2 L values for any N_r, hence 14400 = 40 x 360 for 7200 pixels.
- One ReLU after the last block and none between blocks, as in the authors' published code.
- The sequence is cut with wavelength running slowest, so a sub-band is a stretch of spectrum with all its channels
  (22.5 positions of 16 channels); the authors' code does the same. The convolutions run over the seam of the two arms.
- The recurrent layer is Elman's (tanh), 360 hidden values: as many as a sub-band has. Dense layers 256 and 128.
- `mode`: "post" is the paper's network; "pre" runs the recurrent layer over the fluxes, before the residual blocks;
  "raw" has none, which is ResNet. In "pre" N_s = 20 gives the 360 hidden values of the authors' code.

Departures: the variance has a floor of 1e-6; the paper trains two ensembles (3 and 14 labels), ours has `n_labels`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

from stellarview.nets.config import NetworkConfig, refuse_unless
from stellarview.nets.dense_layers import dense_layers
from stellarview.nets.heads import GaussianHead
from stellarview.nets.network import Network
from stellarview.nets.recurrent import RecurrentModule

Mode = Literal["raw", "pre", "post"]


@dataclass(frozen=True)
class ResNetConfig(NetworkConfig):
    """RRNet's residual and dense layers."""

    input_length: int = 7200
    n_labels: int = 17
    n_residual_blocks: int = 3
    first_channels: int = 4
    dense: tuple[int, ...] = (256, 128)
    dropout: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unless(
            self.input_length >= 2**self.n_residual_blocks,
            f"{self.n_residual_blocks} blocks that halve leave nothing of {self.input_length} pixels",
        )

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels after each block."""
        return tuple(self.first_channels * 2**block for block in range(self.n_residual_blocks))

    @property
    def n_values(self) -> int:
        """How many values leave the residual module."""
        length: int = self.input_length // 2**self.n_residual_blocks
        return self.channels[-1] * length


@dataclass(frozen=True)
class RRNetConfig(ResNetConfig):
    """N_r is `n_residual_blocks`, N_s is `n_sub_bands`."""

    n_sub_bands: int = 40
    mode: Mode = "post"

    def __post_init__(self) -> None:
        super().__post_init__()
        for mode, n_values in (("post", self.n_values), ("pre", self.input_length)):
            refuse_unless(
                self.mode != mode or n_values % self.n_sub_bands == 0,
                f"{n_values} values cannot be cut into {self.n_sub_bands} equal sub-bands",
            )


class ResidualBlock(nn.Module):
    """conv3 - ReLU - conv3 plus a 1x1 shortcut, then average pooling by 2.

    The pooling is linear and comes last, so it is folded into the second convolution and the shortcut: the same
    function in half the time.
    """

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(n_in, n_out, 3, padding=1)
        self.second = nn.Conv1d(n_out, n_out, 3, padding=1)
        self.shortcut = nn.Conv1d(n_in, n_out, 1)

    def forward(self, maps_BCW: Tensor) -> Tensor:
        """Maps of half the length."""
        inner_BCW = functional.relu(self.first(maps_BCW))
        second_OCT, shortcut_OCT, bias_O = self.halving
        halved_BCW = functional.conv1d(inner_BCW, second_OCT, bias_O, stride=2, padding=1)
        return halved_BCW + functional.conv1d(maps_BCW, shortcut_OCT, stride=2)

    @property
    def halving(self) -> tuple[Tensor, Tensor, Tensor]:
        """The second convolution (now 4 taps) and the shortcut (2 taps) with the pooling in them; their bias."""
        weight_OCT = self.second.weight
        second_OCT = (functional.pad(weight_OCT, (0, 1)) + functional.pad(weight_OCT, (1, 0))) / 2
        assert self.second.bias is not None
        assert self.shortcut.bias is not None
        return second_OCT, self.shortcut.weight.expand(-1, -1, 2) / 2, self.second.bias + self.shortcut.bias


class ResNet(Network):
    """RRNet without its recurrent module."""

    def __init__(self, config: ResNetConfig) -> None:
        super().__init__(config.input_length)
        self.config = config
        sizes = (1, *config.channels)
        self.residual = nn.Sequential(*(ResidualBlock(a, b) for a, b in pairwise(sizes)))
        self.activation = nn.ReLU()
        self.dense = dense_layers(config.n_values, config.dense, config.dropout)
        self.head = GaussianHead(config.dense[-1], config.n_labels)

    def features(self, flux_BL: Tensor) -> Tensor:
        """The last dense layer, (B, F)."""
        features_BF: Tensor = self.dense(self.sequence(flux_BL))
        return features_BF

    def sequence(self, flux_BL: Tensor) -> Tensor:
        """The residual module's values in the order of wavelength."""
        maps_BCW: Tensor = self.activation(self.residual(self.one_channel(flux_BL)))
        return maps_BCW.transpose(1, 2).flatten(1)


class RRNet(ResNet):
    """Residual module, recurrent module, uncertainty module."""

    def __init__(self, config: RRNetConfig) -> None:
        super().__init__(config)
        self.mode = config.mode
        n_values = {"raw": 0, "pre": config.input_length, "post": config.n_values}[config.mode]
        self.recurrent = RecurrentModule(n_values, config.n_sub_bands) if n_values else nn.Identity()

    def sequence(self, flux_BL: Tensor) -> Tensor:
        """The values of all sub-bands, one after the other."""
        if self.mode == "pre":
            self.one_channel(flux_BL)  # complains about a wrong length before the recurrent layer does
            return super().sequence(self.recurrent(flux_BL))
        values_BV: Tensor = self.recurrent(super().sequence(flux_BL))
        return values_BV
