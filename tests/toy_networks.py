"""Small networks of every architecture, and a toy set that each can learn in an epoch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from stellarview.nets import ARCHITECTURES
from stellarview.nets.network import Network

N_LABELS = 3

# The smallest sizes that keep every kind of layer.
SMALL: dict[str, dict[str, Any]] = {
    "RRNet": {"input_length": 160, "n_sub_bands": 20, "n_labels": N_LABELS, "dense": [32, 16]},
    "RDN": {"input_length": 160, "arm_lengths": [64, 96], "n_labels": N_LABELS, "width": 8, "growth": 4, "pool": 8},
    "StarNet": {"input_length": 160, "n_labels": N_LABELS, "dense": [32, 16]},
    "StarNetR": {"input_length": 160, "n_sub_bands": 20, "n_labels": N_LABELS, "dense": [32, 16]},
    "ResNet": {"input_length": 160, "n_labels": N_LABELS, "dense": [32, 16]},
    "DenseNet": {"input_length": 160, "n_labels": N_LABELS, "units_per_block": [2, 2], "growth": 8},
    "SPCANet": {"input_length": 160, "n_labels": N_LABELS, "dense": [32, 16]},
    "DenseNetSE": {"input_length": 160, "n_classes": N_LABELS, "n_blocks": 3, "growth": 8},
    "MLP": {"input_length": 160, "n_labels": N_LABELS, "dense": [32, 16], "dropout": 0.0},
    "SubtypeResNet": {"input_length": 160, "n_labels": N_LABELS, "channels": [8, 16], "structures_per_stage": 2},
}


def small(name: str, seed: int = 0, **changes: Any) -> Network:
    """A small network of this architecture, the same for the same seed."""
    architecture = ARCHITECTURES[name]
    torch.manual_seed(seed)
    return architecture.build(architecture.config_from(SMALL[name] | changes))


def members(name: str, count: int = 3, **changes: Any) -> list[Network]:
    """Small networks that differ by their seed."""
    return [small(name, seed, **changes) for seed in range(count)]


def spectra(count: int, length: int = 160, seed: int = 0) -> Tensor:
    """Noise: enough where only shapes and equalities matter."""
    return torch.randn(count, length, generator=torch.Generator().manual_seed(seed))


def toy_set(head: str, count: int = 512, length: int = 160) -> tuple[Tensor, Tensor]:
    """Three lines whose depths are the labels (or of which the deepest is the class) on a noisy continuum."""
    random = torch.Generator().manual_seed(1)
    depth_BK = torch.randn(count, N_LABELS, generator=random)
    pixel_L = torch.arange(length)
    line_KL = torch.stack([torch.exp(-0.5 * ((pixel_L - centre) / 4.0) ** 2) for centre in (30, 80, 120)])
    flux_BL = depth_BK @ line_KL + 0.05 * torch.randn(count, length, generator=random)
    return flux_BL, depth_BK.argmax(dim=1) if head == "class" else depth_BK
