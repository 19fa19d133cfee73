"""What the papers say about each network, counted in the network that we build."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn
from toy_networks import small, spectra

from stellarview.nets import ARCHITECTURES
from stellarview.nets.densenet_se import ConvBlock, DenseNetSE, DenseNetSEConfig
from stellarview.nets.network import Network
from stellarview.nets.rdn import Branch, RDNConfig, ResidualDenseBlock
from stellarview.nets.recurrent import RecurrentModule
from stellarview.nets.rrnet import ResidualBlock, RRNet, RRNetConfig
from stellarview.nets.subtype_resnet import ResidualStructure


def silenced(*layers: nn.Module) -> None:
    """Makes these layers give zero, so that only what goes around them is left."""
    with torch.no_grad():
        for layer in layers:
            for weights in layer.parameters():
                weights.zero_()


def default(name: str, **changes: Any) -> Network:
    """The network of the paper, without memory for its weights."""
    with torch.device("meta"):
        return ARCHITECTURES[name].build(ARCHITECTURES[name].config_from(changes))


def count(network: nn.Module, kind: type[nn.Module]) -> int:
    return sum(isinstance(module, kind) for module in network.modules())


def n_parameters(network: nn.Module) -> int:
    return sum(weights.numel() for weights in network.parameters())


def convolution(n_in: int, n_out: int, length: int) -> int:
    return n_in * n_out * length + n_out


def dense(*widths: int) -> int:
    return sum(a * b + b for a, b in pairwise(widths))


# RRNet and ResNet


def test_that_rrnet_cuts_14400_values_into_40_sub_bands_of_360() -> None:
    network = default("RRNet")
    assert isinstance(network, RRNet)
    assert isinstance(network.recurrent, RecurrentModule)
    assert network.activation(network.residual(torch.empty(1, 1, 7200, device="meta"))).shape == (1, 16, 900)
    assert network.recurrent.n_sub_bands == 40
    assert network.recurrent.from_sub_band.in_features == network.recurrent.from_previous.out_features == 360


def test_that_rrnet_has_no_batch_normalisation_and_three_blocks() -> None:
    network = default("RRNet")
    assert count(network, nn.BatchNorm1d) == 0
    assert count(network, ResidualBlock) == 3
    assert count(network, nn.Conv1d) == 3 * 3
    assert [module.p for module in network.modules() if isinstance(module, nn.Dropout)] == [0.3, 0.3]


def test_that_rrnet_has_the_parameters_of_its_formula() -> None:
    blocks = sum(
        convolution(a, b, 3) + convolution(b, b, 3) + convolution(a, b, 1) for a, b in ((1, 4), (4, 8), (8, 16))
    )
    recurrent = 2 * (360 * 360 + 360)
    head = dense(14400, 256, 128) + 2 * dense(128, 17)
    assert n_parameters(default("RRNet")) == blocks + recurrent + head == n_parameters(default("ResNet")) + recurrent


@pytest.mark.parametrize("n_residual_blocks", [1, 2, 3, 4])
@pytest.mark.parametrize("n_sub_bands", [5, 20, 40, 60])
def test_that_every_variant_of_the_papers_table_can_be_built(n_residual_blocks: int, n_sub_bands: int) -> None:
    network = default("RRNet", n_residual_blocks=n_residual_blocks, n_sub_bands=n_sub_bands)
    assert isinstance(network.config, RRNetConfig)
    assert network.config.n_values == 14400
    assert network(torch.empty(2, 7200, device="meta")).shape == (2, 17, 2)


def test_that_raw_mode_is_resnet() -> None:
    raw, resnet = small("RRNet", mode="raw").eval(), small("ResNet").eval()
    raw.load_state_dict(resnet.state_dict())
    assert torch.equal(raw(spectra(2)), resnet(spectra(2)))


def test_that_pre_mode_recurs_over_the_fluxes() -> None:
    network = small("RRNet", mode="pre").eval()
    assert isinstance(network.recurrent, RecurrentModule)
    assert network.recurrent.from_sub_band.in_features == 160 // 20
    assert network(spectra(2)).shape == (2, 3, 2)
    assert network(spectra(2)).grad_fn is not None


def test_that_the_recurrent_module_is_torchs_recurrent_network() -> None:
    ours, theirs = RecurrentModule(60, 5), nn.RNN(12, 12, batch_first=True)
    ours.from_sub_band.load_state_dict({"weight": theirs.weight_ih_l0, "bias": theirs.bias_ih_l0})
    ours.from_previous.load_state_dict({"weight": theirs.weight_hh_l0, "bias": theirs.bias_hh_l0})
    values = spectra(4, 60)
    assert torch.allclose(ours(values), theirs(values.reshape(4, 5, 12))[0].flatten(1), atol=1e-6)


def test_that_a_sub_band_hears_those_before_it_and_not_those_after() -> None:
    module, values = RecurrentModule(60, 5), spectra(1, 60)
    changed = values.clone()
    changed[0, 24:36] += 1.0  # the third
    difference = (module(changed) - module(values)).detach().reshape(5, 12).abs().sum(dim=1)
    assert (difference > 0).tolist() == [False, False, True, True, True]


def test_that_a_sub_band_is_a_stretch_of_spectrum() -> None:
    network = small("ResNet").eval()
    values = network.sequence(torch.cat([spectra(1, 80), torch.zeros(1, 80)], dim=1))
    quiet = network.sequence(torch.zeros(1, 160))
    changed = (values != quiet)[0]
    assert changed[: changed.numel() // 2 - 16].any()
    assert not changed[changed.numel() // 2 + 32 :].any()


def test_that_a_residual_block_of_rrnet_adds_its_shortcut() -> None:
    block, maps = ResidualBlock(4, 8), torch.randn(2, 4, 10)
    silenced(block.second)
    assert torch.allclose(block(maps), nn.functional.avg_pool1d(block.shortcut(maps), 2), atol=1e-6)


# RDN


def test_that_rdn_learns_residuals_in_each_block_and_as_a_whole() -> None:
    block, maps = ResidualDenseBlock(3, 8, 4), torch.randn(2, 8, 10)
    silenced(block.fusion)
    assert torch.equal(block(maps), maps)
    branch, flux = Branch(RDNConfig(width=8, growth=4, pool=2)), torch.randn(2, 1, 10)
    silenced(branch.fusion)
    assert torch.equal(branch(flux), nn.functional.avg_pool1d(branch.shallow(flux), 2))


def test_that_a_dense_unit_of_rdn_keeps_what_came_in() -> None:
    block, maps = ResidualDenseBlock(3, 8, 4), torch.randn(2, 8, 10)
    assert torch.equal(block.units(maps)[:, :8], maps)
    assert block.units(maps).shape[1] == 8 + 3 * 4


def test_that_rdn_has_a_branch_for_each_arm_with_three_blocks_of_three_units() -> None:
    network = default("RDN")
    assert len(network.branches) == 2
    assert count(network, ResidualDenseBlock) == 2 * 3
    # 2 shallow, 3 x (3 x 2 + 1), 2 at the end
    assert count(network, nn.Conv1d) == 2 * (2 + 3 * 7 + 2)
    assert count(network, nn.AvgPool1d) == 2
    assert count(network, nn.MaxPool1d) == count(network, nn.BatchNorm1d) == 0


@pytest.mark.parametrize("n_blocks", [1, 2, 3, 4])
def test_that_rdn_has_the_parameters_of_its_formula(n_blocks: int) -> None:
    unit = sum(convolution(32 + 16 * i, 32, 1) + convolution(32, 16, 3) for i in range(3))
    block = unit + convolution(32 + 3 * 16, 32, 1)
    ends = convolution(1, 32, 3) + convolution(32, 32, 3) + convolution(32 * n_blocks, 32, 1) + convolution(32, 32, 3)
    head = dense(2 * 32 * (4400 // 16), 256, 128) + 2 * dense(128, 17)
    assert n_parameters(default("RDN", n_blocks=n_blocks)) == 2 * (ends + n_blocks * block) + head


def test_that_the_arms_of_rdn_do_not_mix_before_the_dense_layers() -> None:
    network = small("RDN").eval()
    seen = []
    network.joined.register_forward_hook(lambda *call: seen.append(call[2]))
    flux = spectra(1)
    changed = flux.clone()
    changed[:, 63] += 1.0  # last pixel of the first arm
    network(flux)
    network(changed)
    moved = (seen[0] - seen[1])[0].abs().sum(dim=0) > 0
    assert moved[: 64 // 8].any()
    assert not moved[64 // 8 :].any()


# StarNet, SPCANet


def test_that_starnet_has_two_convolutions_one_max_pooling_and_three_dense_layers() -> None:
    network = default("StarNet")
    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv1d)]
    assert [(module.out_channels, module.kernel_size) for module in convolutions] == [(4, (8,)), (16, (8,))]
    assert [module.kernel_size for module in network.modules() if isinstance(module, nn.MaxPool1d)] == [4]
    n_values = 16 * 7200 // 4
    by_hand = convolution(1, 4, 8) + convolution(4, 16, 8) + dense(n_values, 256, 128) + 2 * dense(128, 17)
    assert n_parameters(network) == by_hand
    assert n_parameters(default("StarNetR")) == by_hand + 2 * dense(360, 360)


def test_that_spcanet_has_three_convolutions_with_shortcuts() -> None:
    sizes = ((1, 8), (8, 16), (16, 32))
    by_hand = sum(convolution(a, b, 5) + convolution(a, b, 1) for a, b in sizes)
    by_hand += dense(32 * (8000 // 27), 256, 128) + 2 * dense(128, 17)
    assert n_parameters(default("SPCANet")) == by_hand


# DenseNet-SE


def test_that_every_conv_block_runs_kernels_1_11_25_41() -> None:
    network = default("DenseNetSE")
    blocks = [module for module in network.modules() if isinstance(module, ConvBlock)]
    assert len(blocks) == 2 * 7
    assert all([kernel.kernel_size for kernel in block.kernels] == [(1,), (11,), (25,), (41,)] for block in blocks)


def test_that_kernels_side_by_side_are_one_convolution_with_the_same_answer() -> None:
    block = ConvBlock(6, DenseNetSEConfig()).eval()
    maps_BCW = torch.randn(2, 6, 90, generator=torch.Generator().manual_seed(0))
    ready_BCW = block.before_kernels(maps_BCW)
    one_by_one = torch.cat([kernel(ready_BCW) for kernel in block.kernels], dim=1)
    expected = torch.cat([maps_BCW, block.merge(one_by_one)], dim=1)
    assert torch.allclose(block(maps_BCW), expected, atol=1e-5)


def test_that_densenet_se_is_36_layers_deep_as_the_paper_says() -> None:
    network = default("DenseNetSE")
    assert isinstance(network, DenseNetSE)
    kernels_and_merge = 2 * count(network, ConvBlock)
    assert 1 + kernels_and_merge + len(network.transitions) + 1 == 36
    assert len(network.transitions) == 6


def test_that_transitions_skip_a_level_and_learn() -> None:
    network = small("DenseNetSE").train()
    assert isinstance(network, DenseNetSE)
    assert len(network.skips) == len(network.transitions) - 1 == 1
    network(spectra(8)).square().sum().backward()
    for skip in network.skips:
        gradients = [weights.grad for weights in skip.parameters()]
        assert gradients
        assert all(gradient is not None and gradient.any() for gradient in gradients)


def test_that_the_skip_joins_the_scale_that_its_block_leads_to() -> None:
    network = small("DenseNetSE").eval()
    assert isinstance(network, DenseNetSE)
    seen = {}
    for name in ("transitions.1", "skips.0"):
        network.get_submodule(name).register_forward_hook(lambda *call, name=name: seen.update({name: call[2]}))
    network(spectra(1))
    assert seen["transitions.1"].shape[2] == seen["skips.0"].shape[2] == 40


def test_that_convolutions_start_he_uniform() -> None:
    kernel = next(module for module in small("DenseNetSE").modules() if isinstance(module, ConvBlock)).kernels[1]
    limit = (6.0 / (kernel.in_channels * 11)) ** 0.5
    largest = float(kernel.weight.detach().abs().max())
    assert 0.9 * limit < largest <= limit


# The subtype ResNet


def test_that_the_subtype_network_has_25_convolutions_and_12_residual_structures() -> None:
    network = default("SubtypeResNet")
    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv1d)]
    assert len(convolutions) == 25
    assert {module.kernel_size for module in convolutions} == {(5,)}
    assert count(network, ResidualStructure) == 12
    assert count(network, nn.MaxPool1d) == 1
    assert count(network, nn.AdaptiveAvgPool1d) == 1
    assert count(network, nn.Linear) == 1


@pytest.mark.parametrize("kernel_length", [3, 5, 7, 9])
def test_that_the_papers_kernels_all_give_one_number(kernel_length: int) -> None:
    network = default("SubtypeResNet", kernel_length=kernel_length)
    assert network(torch.empty(2, 3700, device="meta")).shape == (2, 1)


def test_that_the_subtype_network_has_the_parameters_of_its_formula() -> None:
    sizes = [(1, 16)] + [(16, 16)] * 6 + [(16, 32)] + [(32, 32)] * 5 + [(32, 64)] + [(64, 64)] * 5 + [(64, 128)]
    sizes += [(128, 128)] * 5
    assert len(sizes) == 25
    assert n_parameters(default("SubtypeResNet")) == sum(5 * a * b + 2 * b for a, b in sizes) + dense(128, 1)


def test_that_a_shortcut_of_the_subtype_network_thins_pixels_and_adds_empty_channels() -> None:
    structure, maps = ResidualStructure(4, 6, 5, 2).eval(), torch.rand(2, 4, 11)
    silenced(structure.layers)
    assert torch.equal(structure(maps)[:, :4], maps[:, :, ::2])
    assert not structure(maps)[:, 4:].any()


# DenseNet


def test_that_densenet_has_four_blocks_of_six_units() -> None:
    network = default("DenseNet")
    assert count(network, nn.Conv1d) == 1 + 2 * 24 + 3
    assert count(network, nn.AvgPool1d) == 3
    n_maps, by_hand = 32, 7 * 32 + 2 * 32
    for block in range(4):
        if block:
            by_hand += 2 * n_maps + n_maps * (n_maps // 2)
            n_maps //= 2
        for _ in range(6):
            by_hand += 2 * n_maps + n_maps * 64 + 2 * 64 + 64 * 16 * 3
            n_maps += 16
    assert n_parameters(network) == by_hand + 2 * n_maps + 2 * dense(n_maps, 17)
