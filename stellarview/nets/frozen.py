"""Networks whose weights no longer change, in the form that a processor runs fastest; the answers are the same.

RRNet's convolutions are too thin (1 to 16 channels) for the processor's convolution kernels, which reach a few per cent
of its speed. Here a few neighbouring positions with all their channels are one row, and the convolution is the product
of these rows with a banded matrix: more multiplications than needed, but as one large matrix product. The average
pooling after a block is linear, so it is folded into the block's second convolution and its shortcut. Channels lie
innermost, so nothing has to be transposed on the way to the sub-bands, and the recurrence is one call.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from stellarview.nets.network import Network
from stellarview.nets.recurrent import RecurrentModule
from stellarview.nets.rrnet import ResidualBlock, ResNet

# Measured at 1, 8 and 16 spectra: rows of about 32 values are the best trade of wasted for fast multiplications.
_ROW_VALUES = 32
_LONGEST_ROW = 8


def frozen(network: Network) -> Network:
    """The fastest network with the same answers: this one, where nothing faster is known. Weights are shared."""
    return FrozenResNet(network) if isinstance(network, ResNet) else network


class FrozenResNet(Network):
    """ResNet or RRNet; only `features` and the head, no layers to watch."""

    def __init__(self, network: ResNet) -> None:
        super().__init__(network.input_length)
        self.dense, self.head = network.dense, network.head
        recurrent = getattr(network, "recurrent", None)
        self.recurrent = FusedRecurrence(recurrent) if isinstance(recurrent, RecurrentModule) else nn.Identity()
        self.recurs_over_fluxes = getattr(network, "mode", "raw") == "pre"
        positions, blocks = network.input_length, []
        for block in network.residual:
            assert isinstance(block, ResidualBlock)
            blocks.append(OddBlock(block) if positions % 2 else BandedBlock(block, positions))
            positions //= 2
        self.blocks = nn.Sequential(*blocks)

    def features(self, flux_BL: Tensor) -> Tensor:
        """The last dense layer, (B, F)."""
        flux_BL = self.one_channel(flux_BL).squeeze(1)
        if self.recurs_over_fluxes:
            flux_BL = self.recurrent(flux_BL)
        values_BV = functional.relu(self.blocks(flux_BL.unsqueeze(2))).flatten(1)
        features_BF: Tensor = self.dense(values_BV if self.recurs_over_fluxes else self.recurrent(values_BV))
        return features_BF


class BandedBlock(nn.Module):
    """A residual block on (B, W, C) maps, W even, as three products with banded matrices."""

    def __init__(self, block: ResidualBlock, positions: int) -> None:
        super().__init__()
        self.n_out = block.first.out_channels
        self.row = _row(positions, self.n_out)
        second_OCT, shortcut_OCT, bias_O = block.halving
        self.first = _banded(block.first.weight, self.row, stride=1)
        self.second = _banded(second_OCT, self.row, stride=2)
        self.shortcut = _banded(shortcut_OCT, self.row, stride=2)
        assert block.first.bias is not None
        self.first_bias = block.first.bias.detach().repeat(self.row)
        self.second_bias = bias_O.detach().repeat(self.row // 2)

    def forward(self, maps_BWC: Tensor) -> Tensor:
        """Maps of half the length."""
        batch, positions, channels = maps_BWC.shape
        inner = functional.relu(torch.addmm(self.first_bias, _rows(maps_BWC, self.row), self.first))
        inner_BWC = inner.view(batch, positions, self.n_out)
        halved = torch.addmm(self.second_bias, _rows(inner_BWC, self.row), self.second)
        halved = torch.addmm(halved, maps_BWC.reshape(-1, self.row * channels), self.shortcut)
        return halved.view(batch, positions // 2, self.n_out)


class OddBlock(nn.Module):
    """A residual block on (B, W, C) maps as it is: pooling leaves the last of an odd number of positions out."""

    def __init__(self, block: ResidualBlock) -> None:
        super().__init__()
        self.block = block

    def forward(self, maps_BWC: Tensor) -> Tensor:
        """Maps of half the length."""
        halved_BCW: Tensor = self.block(maps_BWC.transpose(1, 2))
        return halved_BCW.transpose(1, 2)


class FusedRecurrence(nn.Module):
    """The recurrent module as one call. vmap has no rule for it, a gradient has."""

    def __init__(self, recurrent: RecurrentModule) -> None:
        super().__init__()
        self.recurrent = recurrent

    def forward(self, values_BV: Tensor) -> Tensor:
        """As many values as came in."""
        driven, previous = self.recurrent.from_sub_band, self.recurrent.from_previous
        values_BSH = torch.unflatten(values_BV, 1, (self.recurrent.n_sub_bands, -1))
        nothing_1BH = values_BSH.new_zeros(1, values_BSH.shape[0], values_BSH.shape[2])
        weights = [driven.weight, previous.weight, driven.bias, previous.bias]
        all_hidden_BSH, _ = torch.rnn_tanh(values_BSH, nothing_1BH, weights, True, 1, 0.0, False, False, True)
        return torch.flatten(all_hidden_BSH, 1)


def _row(positions: int, channels: int) -> int:
    """How many positions make a row: an even divisor of all, so that every row is full."""
    row = 2
    while row < _LONGEST_ROW and 2 * row * channels <= _ROW_VALUES and positions % (2 * row) == 0:
        row *= 2
    return row


def _rows(maps_BWC: Tensor, row: int) -> Tensor:
    """Rows of `row` positions with a neighbour on either side, zero beyond the ends."""
    channels = maps_BWC.shape[2]
    padded = functional.pad(maps_BWC.flatten(1), (channels, channels))
    width = (row + 2) * channels
    return padded.unfold(1, width, row * channels).reshape(-1, width)


def _banded(weight_OCT: Tensor, row: int, stride: int) -> Tensor:
    """The matrix that turns a row of inputs into a row of outputs.

    Kernels of 3 (stride 1) and 4 taps (stride 2) begin at the neighbour on the left, those of 2 taps (a halving
    shortcut, which has no neighbours) at the row itself.
    """
    n_out, n_in, taps = weight_OCT.shape
    positions = row if taps == 2 else row + 2
    banded = weight_OCT.new_zeros(positions, n_in, row // stride, n_out)
    for place in range(row // stride):
        for tap in range(taps):
            banded[stride * place + tap, :, place] = weight_OCT.detach()[:, :, tap].T
    return banded.reshape(positions * n_in, row // stride * n_out)
