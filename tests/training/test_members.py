"""Members one by one and all at once: the same losses, gradients and running averages."""

from __future__ import annotations

import pytest
import torch
from toy_networks import SMALL, toy_set

from stellarview.nets import ARCHITECTURES
from stellarview.nets.losses import LOSSES
from stellarview.training.members import Learner, Lesson, Way, Weights, fresh_weights, seed_of, skeleton


def learner(name: str, way: Way, **sizes: object) -> tuple[Learner, Weights]:
    architecture = ARCHITECTURES[name]
    config = architecture.config_from(SMALL[name] | sizes)
    network = skeleton(architecture, config)
    trained = tuple(key for key, _ in network.named_parameters())
    weights = fresh_weights(architecture, config, 3, seed=5)
    doubles = {key: tensor.double() if tensor.is_floating_point() else tensor for key, tensor in weights.items()}
    return Learner(network, LOSSES[architecture.head], trained, way), doubles


def lessons(name: str, *, weighed: bool = False) -> list[Lesson]:
    flux_BL, truth = toy_set(ARCHITECTURES[name].head, count=24)
    target = truth.double() if truth.is_floating_point() else truth
    weigh_B = torch.linspace(0.2, 1.8, 8, dtype=torch.float64) if weighed else None
    parts = [slice(0, 8), slice(8, 16)]
    return [Lesson(m, flux_BL[p].double(), target[p], weigh_B, 0) for m, p in zip((0, 2), parts, strict=True)]


# One network of each kind: plain, recurrent, with batch normalisation, and each of the heads.
@pytest.mark.parametrize("name", ["RRNet", "StarNet", "DenseNetSE", "SubtypeResNet"])
@pytest.mark.parametrize("weighed", [False, True])
def test_that_members_at_once_and_in_turns_learn_the_same(name: str, weighed: bool) -> None:
    sizes = {} if ARCHITECTURES[name].head != "gaussian" else {"dropout": 0.0}
    found = {}
    for way in ("loop", "vmap"):
        one, weights = learner(name, way, **sizes)  # type: ignore[arg-type]
        found[way] = (*one.gradients(weights, lessons(name, weighed=weighed)), weights)
    (loss_M, gradients, weights), (loss_vmap_M, gradients_vmap, weights_vmap) = found["loop"], found["vmap"]
    torch.testing.assert_close(loss_M, loss_vmap_M, rtol=1e-9, atol=0)
    assert loss_M[1] == 0
    for key, gradient in gradients.items():
        torch.testing.assert_close(gradient, gradients_vmap[key], rtol=1e-6, atol=1e-9)
        assert not gradient[1].any()
    for key, tensor in weights.items():
        torch.testing.assert_close(tensor, weights_vmap[key], rtol=1e-9, atol=1e-12)
    if any("running_mean" in key for key in weights):
        assert any(weights[key].any() for key in weights if "running_mean" in key)


def test_that_equal_weights_are_as_good_as_none() -> None:
    one, weights = learner("SubtypeResNet", "loop")
    plain = one.gradients(weights, lessons("SubtypeResNet"))[0]
    ones = [Lesson(x.member, x.input_BL, x.target, torch.ones(8).double(), 0) for x in lessons("SubtypeResNet")]
    torch.testing.assert_close(plain, one.gradients(weights, ones)[0])


@pytest.mark.parametrize("way", ["loop", "vmap"])
def test_that_dropout_differs_between_members(way: Way) -> None:
    one, weights = learner("StarNet", way, dropout=0.5)
    alike = {key: tensor[:1].repeat(3, *[1] * (tensor.ndim - 1)) for key, tensor in weights.items()}
    (first, _), seeds = lessons("StarNet"), (3, 4)
    both = [Lesson(m, first.input_BL, first.target, None, seed) for m, seed in zip((0, 1), seeds, strict=True)]
    loss_M, _ = one.gradients(alike, both)
    assert loss_M[0] != loss_M[1]


@pytest.mark.parametrize("way", ["loop", "vmap"])
def test_that_judging_moves_nothing(way: Way) -> None:
    one, weights = learner("DenseNetSE", way)
    before = {key: tensor.clone() for key, tensor in weights.items()}
    outputs = one.outputs(weights, lessons("DenseNetSE")[0].input_BL)
    assert outputs.shape == (3, 8, 3)
    assert all(torch.equal(before[key], weights[key]) for key in weights)


def test_that_seeds_do_not_repeat() -> None:
    seeds = {seed_of(0, purpose, member, epoch) for purpose in range(3) for member in range(10) for epoch in range(50)}
    assert len(seeds) == 1500
    assert all(0 <= seed < 2**63 for seed in seeds)
