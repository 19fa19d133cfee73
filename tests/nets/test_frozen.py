"""The fast form of a network gives the network's own answers, and the folded blocks those of the paper's."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from toy_networks import SMALL, small, spectra

from stellarview.nets import ARCHITECTURES
from stellarview.nets.frozen import BandedBlock, frozen
from stellarview.nets.rrnet import ResidualBlock


def as_the_paper_has_it(block: ResidualBlock, maps_BCW: Tensor) -> Tensor:
    inner = nn.functional.relu(block.first(maps_BCW))
    return nn.functional.avg_pool1d(block.second(inner) + block.shortcut(maps_BCW), 2)


@given(n_in=st.integers(1, 5), n_out=st.integers(1, 9), positions=st.integers(2, 60), seed=st.integers(0, 99))
def test_that_a_block_with_folded_pooling_is_the_papers_block(n_in: int, n_out: int, positions: int, seed: int) -> None:
    torch.manual_seed(seed)
    block, maps = ResidualBlock(n_in, n_out), torch.randn(2, n_in, positions)
    assert torch.allclose(block(maps), as_the_paper_has_it(block, maps), atol=1e-5)


@given(n_in=st.integers(1, 9), n_out=st.integers(1, 17), half=st.integers(1, 60), seed=st.integers(0, 99))
def test_that_a_banded_block_is_the_papers_block(n_in: int, n_out: int, half: int, seed: int) -> None:
    torch.manual_seed(seed)
    block, maps = ResidualBlock(n_in, n_out), torch.randn(3, n_in, 2 * half)
    banded = BandedBlock(block, 2 * half)(maps.transpose(1, 2)).transpose(1, 2)
    assert torch.allclose(banded, as_the_paper_has_it(block, maps), atol=1e-5)


VARIANTS = [(name, {}) for name in ARCHITECTURES] + [
    ("RRNet", {"mode": "pre"}),
    ("RRNet", {"mode": "raw"}),
    ("ResNet", {"input_length": 150}),  # 75 positions in the second block, 37 in the third
    ("ResNet", {"input_length": 161, "n_residual_blocks": 4}),
]


@pytest.mark.parametrize(("name", "changes"), VARIANTS)
def test_that_a_frozen_network_gives_the_same_outputs_features_and_gradients(
    name: str, changes: dict[str, object]
) -> None:
    network = small(name, **changes).eval().requires_grad_(False)
    quick, flux = frozen(network), spectra(5, int((SMALL[name] | changes)["input_length"]))
    assert torch.allclose(quick(flux), network(flux), atol=1e-5)
    assert torch.allclose(quick.features(flux), network.features(flux), atol=1e-5)
    gradients = []
    for either in (quick, network):
        inputs = flux.clone().requires_grad_()
        gradients.append(torch.autograd.grad(either(inputs)[:, 0].sum(), inputs)[0])
    assert torch.allclose(*gradients, atol=1e-5)
