"""Every network of the table: shapes, gradients, determinism, members at once, and that it learns."""

from __future__ import annotations

import copy
import dataclasses
import pkgutil

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from toy_networks import N_LABELS, SMALL, members, small, spectra, toy_set

import stellarview.nets
from stellarview.domain.errors import StellarViewError
from stellarview.nets import ARCHITECTURES
from stellarview.nets.heads import HeadKind
from stellarview.nets.losses import LOSSES

every_architecture = pytest.mark.parametrize("name", ARCHITECTURES)

SHAPES: dict[HeadKind, tuple[int, ...]] = {
    "gaussian": (5, N_LABELS, 2),
    "class": (5, N_LABELS),
    "log-cosh": (5, N_LABELS),
}

# What networks are made of; every other module holds networks.
SHARED = {"frozen", "architecture", "config", "dense_layers", "heads", "losses", "network", "recurrent"}

# Counted by torch once and by hand in test_families.py where a formula is short.
PARAMETERS = {
    "RRNet": 3_985_606,
    "RDN": 4_633_730,
    "StarNet": 7_410_902,
    "StarNetR": 7_670_822,
    "ResNet": 3_725_686,
    "DenseNet": 289_058,
    "SPCANet": 2_466_370,
    "DenseNetSE": 689_295,
    "SubtypeResNet": 602_161,
    "MLP": 569_606,
}


def still(name: str) -> dict[str, float]:
    """What a configuration needs so that nothing is left to chance, if anything is."""
    fields = {field.name for field in dataclasses.fields(ARCHITECTURES[name].config_class)}
    return {"dropout": 0.0} if "dropout" in fields else {}


def test_that_every_module_of_the_folder_stands_in_the_table() -> None:
    found = {module.name for module in pkgutil.iter_modules(stellarview.nets.__path__)}
    of_networks = {row.network_class.__module__.rsplit(".", 1)[-1] for row in ARCHITECTURES.values()}
    assert found == of_networks | SHARED
    assert not of_networks & SHARED


def test_that_every_head_has_a_loss_and_every_small_network_a_row() -> None:
    assert {row.head for row in ARCHITECTURES.values()} == set(LOSSES)
    assert set(SMALL) == set(PARAMETERS) == set(ARCHITECTURES)


@every_architecture
def test_that_a_row_names_itself_its_paper_and_its_head(name: str) -> None:
    row = ARCHITECTURES[name]
    assert row.name == name
    assert row.about
    assert row.network_class.__name__ == name
    assert type(small(name).head).__name__ == {"gaussian": "GaussianHead", "class": "ClassHead"}.get(
        row.head, "LogCoshHead"
    )


@every_architecture
def test_that_the_default_network_has_the_pinned_number_of_parameters(name: str) -> None:
    with torch.device("meta"):
        network = ARCHITECTURES[name].build(ARCHITECTURES[name].config_from({}))
    assert sum(weights.numel() for weights in network.parameters()) == PARAMETERS[name]


@every_architecture
def test_that_the_default_network_reads_a_spectrum_of_its_paper(name: str) -> None:
    row = ARCHITECTURES[name]
    config = row.config_from({})
    network = row.build(config).eval()
    with torch.no_grad():
        output = network(spectra(1, config.input_length))
    assert output.shape[0] == 1
    assert torch.isfinite(output).all()


@every_architecture
def test_that_output_and_features_have_the_promised_shapes(name: str) -> None:
    network = small(name).eval()
    flux_BL = spectra(5)
    features_BF = network.features(flux_BL)
    assert features_BF.ndim == 2
    assert network.head(features_BF).shape == network(flux_BL).shape == SHAPES[ARCHITECTURES[name].head]
    assert torch.equal(network.head(features_BF), network(flux_BL))
    assert network.head.weight_KF.shape == (N_LABELS, features_BF.shape[1])


@every_architecture
def test_that_a_spectrum_of_the_wrong_length_is_refused(name: str) -> None:
    for flux_BL in (spectra(2, 159), spectra(2)[0]):
        with pytest.raises(StellarViewError, match="recipe"):
            small(name)(flux_BL)


@every_architecture
def test_that_the_explained_layer_gives_maps_along_the_spectrum(name: str) -> None:
    row, network = ARCHITECTURES[name], small(name).eval()
    seen: list[Tensor] = []
    network.get_submodule(row.explained_layer).register_forward_hook(lambda *call: seen.append(call[2]))
    features_BF = network.features(spectra(2))
    (maps_BCW,) = seen
    assert maps_BCW.ndim == 3
    assert maps_BCW.shape[2] > 1
    if row.has_gap:  # then the features are the maps' averages, and a class activation map is exact
        assert torch.allclose(maps_BCW.mean(dim=2), features_BF, atol=1e-6)
    assert row.has_gap == any(isinstance(module, nn.AdaptiveAvgPool1d) for module in network.modules())


@every_architecture
def test_that_the_explained_layer_keeps_the_order_of_pixels(name: str) -> None:
    network = small(name).eval()
    seen: list[Tensor] = []
    layer = network.get_submodule(ARCHITECTURES[name].explained_layer)
    layer.register_forward_hook(lambda *call: seen.append(call[2]))
    flux_BL = torch.zeros(3, 160)
    flux_BL[1, 20], flux_BL[2, 140] = 50.0, 50.0
    network(flux_BL)
    change = (seen[0] - seen[0][:1]).abs().sum(dim=1)
    places = change.argmax(dim=1) / change.shape[1] * 160
    assert abs(float(places[1]) - 20) < 45
    assert abs(float(places[2]) - 140) < 45


@every_architecture
def test_that_gradients_reach_every_parameter(name: str) -> None:
    network = small(name).train()
    flux_BL, label_BK = toy_set(ARCHITECTURES[name].head)
    LOSSES[ARCHITECTURES[name].head](network(flux_BL), label_BK).backward()
    without = [key for key, weights in network.named_parameters() if weights.grad is None or not weights.grad.any()]
    assert without == []


@every_architecture
def test_that_inference_is_deterministic_and_each_spectrum_stands_alone(name: str) -> None:
    network, flux_BL = small(name).eval(), spectra(4)
    with torch.no_grad():
        assert torch.equal(network(flux_BL), network(flux_BL))
        assert torch.allclose(network(flux_BL)[:1], network(flux_BL[:1]), atol=1e-5)


@every_architecture
def test_that_dropout_acts_in_training_only(name: str) -> None:
    if not still(name):
        assert not any(isinstance(module, nn.Dropout) for module in small(name).modules())
        return
    dropping, keeping, flux_BL = small(name, dropout=0.5), small(name, dropout=0.0), spectra(8)
    with torch.no_grad():
        assert not torch.equal(dropping.train()(flux_BL), dropping(flux_BL))
        dropping.load_state_dict(keeping.state_dict())
        assert torch.equal(dropping.eval()(flux_BL), keeping.eval()(flux_BL))


@every_architecture
def test_that_equal_seeds_give_equal_networks_and_others_differ(name: str) -> None:
    flux_BL = spectra(2)
    with torch.no_grad():
        first, same, other = (small(name, seed).eval()(flux_BL) for seed in (4, 4, 5))
    assert torch.equal(first, same)
    assert not torch.allclose(first, other)


@every_architecture
@pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
def test_that_members_at_once_equal_the_loop(name: str, training: bool) -> None:
    networks, flux_BL = [network.train(training) for network in members(name, **still(name))], spectra(6)
    parameters, buffers = stack_module_state(networks)
    blank = copy.deepcopy(networks[0]).to("meta")
    with torch.no_grad():
        at_once = vmap(lambda p, b: functional_call(blank, (p, b), (flux_BL,)))(parameters, buffers)
        one_by_one = torch.stack([network(flux_BL) for network in networks])
    assert torch.allclose(at_once, one_by_one, atol=1e-5, rtol=1e-5)
    # Running averages of batch normalisation move along, for each member its own.
    for key, stacked in buffers.items():
        loop = torch.stack([network.get_buffer(key) for network in networks])
        assert torch.allclose(stacked, loop, atol=1e-5), key


@every_architecture
def test_that_members_trained_at_once_have_the_gradients_of_the_loop(name: str) -> None:
    loss = LOSSES[ARCHITECTURES[name].head]
    # In double: in single a rounding may tip a ReLU whose input is all but zero, and the gradients jump by percents.
    networks = [network.double().train() for network in members(name, 2, **still(name))]
    flux_BL, label_BK = toy_set(ARCHITECTURES[name].head, 12)
    flux_BL, label_BK = flux_BL.double(), label_BK.double() if label_BK.is_floating_point() else label_BK
    parameters, buffers = stack_module_state(networks)
    blank = copy.deepcopy(networks[0]).to("meta")
    vmap(lambda p, b: loss(functional_call(blank, (p, b), (flux_BL,)), label_BK))(parameters, buffers).sum().backward()
    for network in networks:
        loss(network(flux_BL), label_BK).backward()
    for key, stacked in parameters.items():
        loop = torch.stack([network.get_parameter(key).grad for network in networks])
        assert torch.allclose(stacked.grad, loop, atol=1e-9), key


def test_that_members_at_once_drop_different_values() -> None:
    networks = [network.train() for network in (small("StarNet", 0), small("StarNet", 0))]
    parameters, buffers = stack_module_state(networks)
    blank = copy.deepcopy(networks[0]).to("meta")
    with torch.no_grad():
        first, second = vmap(lambda p, b: functional_call(blank, (p, b), (spectra(4),)), randomness="different")(
            parameters, buffers
        )
    assert not torch.equal(first, second)


@every_architecture
def test_that_an_epoch_on_a_toy_set_lowers_the_loss(name: str) -> None:
    network, loss = small(name).train(), LOSSES[ARCHITECTURES[name].head]
    flux_BL, label_BK = toy_set(ARCHITECTURES[name].head)
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)

    def whole() -> float:
        with torch.no_grad():
            return float(loss(network(flux_BL), label_BK))

    before = whole()
    for start in range(0, len(flux_BL), 16):
        optimizer.zero_grad()
        loss(network(flux_BL[start : start + 16]), label_BK[start : start + 16]).backward()
        optimizer.step()
    assert whole() < 0.9 * before


@every_architecture
def test_that_weights_travel_as_plain_tensors(name: str) -> None:
    here, there = small(name, 1).eval(), small(name, 2).eval()
    there.load_state_dict({key: value.clone() for key, value in here.state_dict().items()})
    with torch.no_grad():
        assert torch.equal(here(spectra(2)), there(spectra(2)))
