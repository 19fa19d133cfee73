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
from stellarview.nets.densenet import DenseNet, DenseNetConfig
from stellarview.nets.densenet_se import DenseNetSE, DenseNetSEConfig
from stellarview.nets.mlp import MLP, MLPConfig
from stellarview.nets.rdn import RDN, RDNConfig
from stellarview.nets.rrnet import ResNet, ResNetConfig, RRNet, RRNetConfig
from stellarview.nets.spcanet import SPCANet, SPCANetConfig
from stellarview.nets.starnet import StarNet, StarNetConfig, StarNetR, StarNetRConfig
from stellarview.nets.subtype_resnet import SubtypeResNet, SubtypeResNetConfig

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
    "RDN": Architecture(
        name="RDN",
        about="Residual dense network for LAMOST MRS, a branch for each arm (Chen, Wu and Zhang)",
        config_class=RDNConfig,
        network_class=RDN,
        head="gaussian",
        explained_layer="joined",
        has_gap=False,
    ),
    "StarNet": Architecture(
        name="StarNet",
        about="Two convolutions and three dense layers (Fabbro et al. 2018, Bialek et al. 2020)",
        config_class=StarNetConfig,
        network_class=StarNet,
        head="gaussian",
        explained_layer="pool",
        has_gap=False,
    ),
    "StarNetR": Architecture(
        name="StarNetR",
        about="StarNet with RRNet's recurrent module (Xiong, Li and Liao 2022)",
        config_class=StarNetRConfig,
        network_class=StarNetR,
        head="gaussian",
        explained_layer="pool",
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
    "DenseNet": Architecture(
        name="DenseNet",
        about="Dense blocks in one dimension (Huang et al. 2017, as compared with by RDN)",
        config_class=DenseNetConfig,
        network_class=DenseNet,
        head="gaussian",
        explained_layer="last",
        has_gap=True,
    ),
    "SPCANet": Architecture(
        name="SPCANet",
        about="Three residual-like convolutions and three dense layers (Wang et al. 2020)",
        config_class=SPCANetConfig,
        network_class=SPCANet,
        head="gaussian",
        explained_layer="convolutions",
        has_gap=False,
    ),
    "DenseNetSE": Architecture(
        name="DenseNetSE",
        about="Stars, galaxies and quasars by kernels of four lengths (Wang, Zhao and Fan 2020)",
        config_class=DenseNetSEConfig,
        network_class=DenseNetSE,
        head="class",
        explained_layer="maps",
        has_gap=True,
    ),
    "SubtypeResNet": Architecture(
        name="SubtypeResNet",
        about="MK subtype as a number (Wang, Fan et al. 2021)",
        config_class=SubtypeResNetConfig,
        network_class=SubtypeResNet,
        head="log-cosh",
        explained_layer="structures",
        has_gap=True,
    ),
    "MLP": Architecture(
        name="MLP",
        about="Dense layers on standardised pixels, for thousands of spectra (not from a paper)",
        config_class=MLPConfig,
        network_class=MLP,
        head="gaussian",
        explained_layer="pixels",
        has_gap=False,
    ),
}
