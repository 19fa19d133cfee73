"""A multilayer perceptron on standardised pixels: for training sets of thousands of spectra, not tens of thousands.

Not from a paper. On 2,300 LAMOST LRS spectra it was better than RRNet and StarNet with the same inputs
(docs/models/lrs-stellar.md); with 80,000 the published networks would win. GELU instead of ReLU gained most.
`pixels` gives the input as maps, so that a map of contributions is one of pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from stellarview.nets.config import NetworkConfig, refuse_unless
from stellarview.nets.dense_layers import dense_layers
from stellarview.nets.heads import GaussianHead
from stellarview.nets.network import Network


@dataclass(frozen=True)
class MLPConfig(NetworkConfig):
    """Widths of the dense layers."""

    input_length: int = 852
    n_labels: int = 3
    dense: tuple[int, ...] = (512, 256)
    dropout: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unless(self.input_length > 1, "one pixel is no spectrum")


class MLP(Network):
    """Dense layers and a Gaussian head."""

    def __init__(self, config: MLPConfig) -> None:
        super().__init__(config.input_length)
        self.pixels = nn.Identity()
        self.dense = dense_layers(config.input_length, config.dense, config.dropout, nn.GELU)
        self.head = GaussianHead(config.dense[-1], config.n_labels)

    def features(self, flux_BL: Tensor) -> Tensor:
        """The last dense layer, (B, F)."""
        features_BF: Tensor = self.dense(self.pixels(self.one_channel(flux_BL)).flatten(1))
        return features_BF
