"""Published networks for stellar spectra, one family a file, in the table `ARCHITECTURES`.

The shape of a tensor stands at the end of its name:

| letter | axis |
|---|---|
| B | spectra (the batch) |
| L | pixels of the input, all arms end to end |
| C | channels |
| W | positions along the spectrum, after pooling |
| V | values of all channels and positions in one row |
| S, H | sub-bands; values of one sub-band |
| F | features, what the head sees |
| K | labels or classes |
| M | members of an ensemble |

A departure from a paper, and a choice where a paper is silent, stands in the docstring of the network's module.
"""

from __future__ import annotations

from stellarview.nets.architecture import Architecture
from stellarview.nets.rrnet import ResNet, ResNetConfig, RRNet, RRNetConfig

ARCHITECTURES: dict[str, Architecture] = {
    "RRNet": Architecture(
        name="RRNet",
        about="Residual recurrent network for LAMOST MRS (Xiong, Li and Liao 2022)",
        config_class=RRNetConfig,
        network_class=RRNet,
        head="gaussian",
        explained_layer="activation",
        has_gap=False,
    ),
    "ResNet": Architecture(
        name="ResNet",
        about="RRNet without its recurrent module (Xiong, Li and Liao 2022)",
        config_class=ResNetConfig,
        network_class=ResNet,
        head="gaussian",
        explained_layer="activation",
        has_gap=False,
    ),
}
