"""Layers wake up when their epoch comes, each group at its own rate, and those that sleep do not move at all."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from training_sets import toy_config

from stellarview.domain.errors import StellarViewError
from stellarview.training.config import Networks
from stellarview.training.layer_groups import LayerGroup, layer_groups
from stellarview.training.run import prepare_run
from stellarview.training.trainer import Trainer

NAMES = ("convolutions.0.weight", "dense.0.weight", "dense.3.weight", "head.mean.weight")
STAGES = (
    {"layers": ["head"]},
    {"layers": ["dense"], "from_epoch": 1, "rate": 0.3},
    {"layers": [""], "from_epoch": 2, "rate": 0.1},
)


def test_that_without_stages_all_that_is_not_frozen_learns_at_once() -> None:
    assert layer_groups(NAMES, Networks()) == (LayerGroup(NAMES),)
    assert layer_groups(NAMES, Networks(freeze=("conv", "head"))) == (LayerGroup(NAMES[1:3]),)


def test_that_a_layer_belongs_to_the_first_stage_that_names_it() -> None:
    groups = layer_groups(NAMES, Networks(stages=STAGES))
    assert groups == (
        LayerGroup(NAMES[3:]),
        LayerGroup(NAMES[1:3], 1, 0.3),
        LayerGroup(NAMES[:1], 2, 0.1),
    )


@pytest.mark.parametrize(
    "stage",
    [{}, {"layers": "head"}, {"layers": []}, {"layers": ["head"], "rate": 0}, {"layers": ["head"], "when": 3}],
)
def test_that_a_stage_that_makes_no_sense_is_refused(stage: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"network\.stages has"):
        Networks(stages=(stage,))


def test_that_something_must_learn_from_the_beginning() -> None:
    with pytest.raises(ValueError, match="nothing would learn at first"):
        Networks(stages=({"layers": ["head"], "from_epoch": 1},))
    with pytest.raises(StellarViewError, match="nothing to train"):
        layer_groups(NAMES, Networks(freeze=("",)))
    with pytest.raises(StellarViewError, match="No layer begins with 'neck'"):
        layer_groups(NAMES, Networks(stages=({"layers": ["neck"]},)))


def test_that_sleeping_layers_stay_until_their_epoch(toy_set: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set, network={"stages": STAGES}, loop={"epochs": 3, "batch": 64})
    run = prepare_run(config, tmp_path, tmp_path / "run", "cpu")
    trainer, state = Trainer(run.task, run.state, lambda progress: False), run.state
    for awake in (("head",), ("head", "dense"), ("head", "dense", "convolutions")):
        before = {name: tensor.clone() for name, tensor in state.weights.items()}
        trainer.judge(trainer.epoch(), 0.0)
        for name, tensor in state.weights.items():
            assert torch.equal(tensor, before[name]) != name.startswith(awake), name
    assert state.group_steps == [3 * trainer.steps, 2 * trainer.steps, trainer.steps]


def test_that_averages_of_sleeping_batch_normalisation_stay(toy_set: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set, "DenseNet", network={"stages": ({"layers": ["head"]},)})
    run = prepare_run(config, tmp_path, tmp_path / "run", "cpu")
    before = {name: tensor.clone() for name, tensor in run.state.weights.items()}
    Trainer(run.task, run.state, lambda progress: False).epoch()
    moved = {name for name, tensor in run.state.weights.items() if not torch.equal(tensor, before[name])}
    assert moved
    assert all(name.startswith("head") for name in moved)
