"""A run ends in a model that says the same of itself as `evaluate` does, and that others can use."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from training_sets import CLASSES, LABELS, toy_config, write_toy_set

from stellarview.domain.errors import StellarViewError
from stellarview.inference.ensemble import Ensemble
from stellarview.io.models import read_card
from stellarview.io.sets import open_spectrum_set
from stellarview.training.config import TrainingConfig
from stellarview.training.evaluate import ask, judge
from stellarview.training.finish import halved
from stellarview.training.run import finish_run, prepare_run, train_run
from stellarview.workflow import load_model, predict


def model_of(config: TrainingConfig, folder: Path) -> tuple[Ensemble, Path]:
    run = prepare_run(config, folder, folder / "run", "cpu")
    train_run(run, lambda progress: False)
    finish_run(run, "stellarview train toy.toml")
    return load_model(str(run.model_folder), "cpu"), run.model_folder


# The three heads: Gaussian, classes, plain values.
@pytest.mark.parametrize("name", ["StarNet", "DenseNetSE", "SubtypeResNet"])
def test_that_evaluate_gives_the_metrics_of_the_card(name: str, toy_set: Path, tmp_path: Path) -> None:
    model, folder = model_of(toy_config(toy_set, name, loop={"epochs": 2, "batch": 16}), tmp_path)
    metrics = judge(model.card, ask(model, [toy_set]))
    assert json.loads(json.dumps(metrics)) == read_card(folder).metrics["test"]
    assert metrics["n"] == model.card.training["spectra"]["test"] > 90
    if name == "DenseNetSE":
        assert model.card.classes == CLASSES
        assert 0 <= metrics["accuracy"] <= 1
    else:
        assert [label.key for label in model.card.labels] == list(LABELS)
        assert all(0.4 < facts["within_68"] < 0.9 for facts in metrics["labels"].values())


def test_that_a_model_predicts_spectra_with_novelty_and_sigma(toy_set: Path, tmp_path: Path) -> None:
    for name in ("StarNet", "SubtypeResNet"):
        model, _ = model_of(toy_config(toy_set, name), tmp_path / name)
        with open_spectrum_set(toy_set) as spectra:
            (prediction,) = predict([spectra[1]], model)
        assert not isinstance(prediction, StellarViewError)
        assert prediction.novelty is not None
        assert all(mixture.sigma > 0 for mixture in prediction.labels.values())


def test_that_a_card_tells_how_the_model_came_about(toy_set: Path, tmp_path: Path) -> None:
    model, _ = model_of(toy_config(toy_set), tmp_path)
    training = model.card.training
    assert training["command"] == "stellarview train toy.toml"
    assert training["data"][0]["file"] == "toy.h5"
    assert training["config"]["network"]["members"] == 2
    assert sum(training["spectra"].values()) == 480
    assert {"seconds", "device", "versions", "best_epochs"} <= set(training)


@pytest.mark.parametrize(("name", "methods"), [("StarNet", 3), ("DenseNetSE", 4)])
def test_that_a_card_tells_how_far_explanations_can_be_trusted(
    name: str, methods: int, toy_set: Path, tmp_path: Path
) -> None:
    config = toy_config(toy_set, name, model={"name": "trusted", "faithfulness": 3})
    model, folder = model_of(config, tmp_path)
    found = read_card(folder).faithfulness
    assert len(found) == methods * len(model.card.outputs)
    assert {one.label for one in found} == set(model.card.outputs)
    assert all(1 <= one.n_spectra <= 3 for one in found)


def test_that_a_model_of_labels_knows_which_combinations_it_saw(toy_set: Path, tmp_path: Path) -> None:
    assert any(key.startswith("extrapolation") for key in model_of(toy_config(toy_set), tmp_path)[0].tensors)


def test_that_a_single_label_has_no_combinations(toy_set: Path, tmp_path: Path) -> None:
    """MK types of training stars are a few numbers: any other number would lie far from all of them."""
    tensors = model_of(toy_config(toy_set, data={"labels": ["feh"]}), tmp_path)[0].tensors
    assert not any(key.startswith("extrapolation") for key in tensors)


def test_that_half_precision_halves_the_weights_and_tells_its_cost(toy_set: Path, tmp_path: Path) -> None:
    whole, folder = model_of(toy_config(toy_set), tmp_path / "whole")
    half, half_folder = model_of(toy_config(toy_set, model={"store": "float16"}), tmp_path / "half")
    sizes = [(one / "weights.safetensors").stat().st_size for one in (folder, half_folder)]
    assert sizes[1] < 0.75 * sizes[0]
    cost = half.card.training["storage"]["float16"]["teff"]
    assert 0 < cost["median"] <= cost["largest"] < 20.0
    one, other = (ask(model, [toy_set]).told_MBK.mean(axis=0) for model in (whole, half))
    assert np.abs(one - other)[:, 0].max() < 20.0
    assert halved({"a": np.array([1e6], np.float32), "b": np.array([1], np.int64)})["a"].dtype == np.float32


def test_that_other_sets_are_judged_whole_and_the_test_split_needs_the_same_ones(toy_set: Path, tmp_path: Path) -> None:
    model, _ = model_of(toy_config(toy_set, data={"least_snr": 20.0}), tmp_path)
    other = write_toy_set(tmp_path / "other.h5", count=40, seed=3)
    assert len(ask(model, [other], "all").truth_BK) == 40
    with pytest.raises(StellarViewError, match=r"trained on toy\.h5"):
        ask(model, [other])
    copy = tmp_path / "other name.h5"
    copy.write_bytes(toy_set.read_bytes())
    assert len(ask(model, [copy]).truth_BK) == model.card.training["spectra"]["test"]


def test_that_a_model_without_a_history_is_not_evaluated(tmp_path: Path, toy_set: Path) -> None:
    from models import write_toy_model

    model = load_model(str(write_toy_model(tmp_path / "old")), "cpu")
    with pytest.raises(StellarViewError, match="does not tell how it was trained"):
        ask(model, [toy_set])


def test_that_training_can_start_from_a_model_and_keeps_its_scaling(toy_set: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set, loop={"epochs": 3, "batch": 16})
    parent, folder = model_of(config, tmp_path / "parent")
    network = replace(config.network, init_from=str(folder), members=3)
    child = replace(config, network=network, data=replace(config.data, least_snr=30.0))
    run = prepare_run(child, tmp_path, tmp_path / "child", "cpu")
    for name, tensor in run.state.weights.items():
        stored = torch.from_numpy(np.array(parent.tensors[f"members.{name}"]))
        assert torch.equal(tensor, stored[[0, 1, 0]])
    assert json.loads(json.dumps(run.task.recipe.to_json())) == json.loads(json.dumps(parent.card.recipe))
    assert [scale.mean for scale in run.task.scales] == [scale.mean for scale in parent.card.labels]
    fewer = replace(child, data=replace(child.data, labels=("teff",)))
    started = prepare_run(fewer, tmp_path, tmp_path / "fewer", "cpu")
    assert started.state.weights["head.mean.weight"].shape[1] == 1
    assert started.task.scales[0].mean == parent.card.labels[0].mean
    assert torch.equal(started.state.weights["dense.0.weight"], run.state.weights["dense.0.weight"])
    for wrong in (
        replace(child, network=replace(network, architecture="ResNet", config={})),
        replace(child, recipe=replace(child.recipe, steps=child.recipe.steps[:-1])),
    ):
        with pytest.raises(StellarViewError, match="Training cannot start from the model toy"):
            prepare_run(wrong, tmp_path, tmp_path / "wrong", "cpu")


def test_that_a_stated_misfit_stands_in_the_card_and_is_not_inherited(toy_set: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set, loop={"epochs": 1, "batch": 16})
    facts = replace(config.model, misfit={"teff": 60.0})
    parent, folder = model_of(replace(config, model=facts), tmp_path / "parent")
    assert {label.key: label.misfit for label in parent.card.labels}["teff"] == 60.0
    child, _ = model_of(replace(config, network=replace(config.network, init_from=str(folder))), tmp_path / "child")
    assert not any(label.misfit for label in child.card.labels)  # it learned from the user's own spectra


def test_that_a_network_for_classes_learns_no_labels(toy_set: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set)
    wrong = replace(config, network=replace(config.network, architecture="DenseNetSE", config={}))
    with pytest.raises(StellarViewError, match="It learns classes"):
        prepare_run(wrong, tmp_path, tmp_path / "run", "cpu")
    unknown = replace(config, network=replace(config.network, architecture="Oracle"))
    with pytest.raises(StellarViewError, match="There is no network 'Oracle'"):
        prepare_run(unknown, tmp_path, tmp_path / "run", "cpu")


def test_that_balance_and_averaged_weights_train_too(toy_set: Path, tmp_path: Path) -> None:
    loop = {"epochs": 1, "batch": 16, "balance": "logg", "average": 0.95}
    optimiser = {"name": "adamw", "clip_norm": 1.0, "weight_decay": 1e-3, "warm_up_epochs": 0.5}
    model, _ = model_of(toy_config(toy_set, loop=loop, optimiser=optimiser), tmp_path)
    assert np.isfinite(model.card.training["validation_losses"]).all()
    model, _ = model_of(toy_config(toy_set, "DenseNetSE", loop=loop | {"balance": "class"}), tmp_path / "classes")
    assert model.card.classes == CLASSES
