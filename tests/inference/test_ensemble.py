"""Ensembles: one call equals the loop over members, in physical units; what does not fit is refused."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from toy_networks import SMALL, members

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.inference.device import choose_device
from stellarview.inference.engines import Accelerator, Answers
from stellarview.inference.ensemble import Ensemble
from stellarview.io.models import StoredModel, read_model, write_model
from stellarview.nets import ARCHITECTURES

SCALES = (
    LabelScale("teff", 5500.0, 800.0, 3800.0, 7500.0, 1.2),
    LabelScale("logg", 4.0, 0.7, 0.0, 5.0),
    LabelScale("feh", -0.2, 0.4, -2.5, 0.5),
)
INPUTS = np.random.default_rng(4).normal(1, 0.1, (7, 160)).astype(np.float32)


def stored(name: str, folder: Path, **changes: object) -> StoredModel:
    networks = members(name)
    states = [network.state_dict() for network in networks]
    tensors = {f"members.{key}": np.stack([state[key].numpy() for state in states]) for key in states[0]}
    is_class = ARCHITECTURES[name].head == "class"
    card = ModelCard(
        name=name.lower(),
        about="toy",
        architecture=name,
        config=SMALL[name],
        recipe={"name": "rrnet", "steps": []},
        instrument="LRS",
        members=len(networks),
        labels=() if is_class else SCALES,
        classes=("STAR", "GALAXY", "QSO") if is_class else (),
    )
    write_model(folder, replace(card, **changes), tensors)  # type: ignore[arg-type]
    return read_model(folder)


def ensemble(name: str, folder: Path, **changes: object) -> Ensemble:
    return Ensemble(stored(name, folder, **changes), torch.device("cpu"))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_that_saved_members_give_the_numbers_of_the_members_themselves(name: str, tmp_path: Path) -> None:
    with torch.inference_mode():
        expected = np.stack([network.eval()(torch.from_numpy(INPUTS)).numpy() for network in members(name)])
    outputs = ensemble(name, tmp_path).outputs(INPUTS)
    assert np.abs(outputs - expected).max() < 1e-5 * max(1.0, np.abs(expected).max())


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_that_the_size_of_the_batch_changes_nothing(tmp_path: Path, batch: int) -> None:
    one = ensemble("StarNet", tmp_path)
    assert np.allclose(one.outputs(INPUTS, batch), one.outputs(INPUTS), atol=1e-5)


def test_that_predictions_are_in_physical_units_and_sigmas_calibrated(tmp_path: Path) -> None:
    one = ensemble("RRNet", tmp_path)
    raw, (mean, sigma) = one.outputs(INPUTS), one.gaussians(INPUTS)
    assert mean.shape == sigma.shape == (3, 7, 3)
    assert mean[..., 0] == pytest.approx(5500 + 800 * raw[..., 0, 0], rel=1e-6)
    assert sigma[..., 0] == pytest.approx(1.2 * 800 * np.sqrt(raw[..., 0, 1]), rel=1e-6)
    assert sigma[..., 1] == pytest.approx(0.7 * np.sqrt(raw[..., 1, 1]), rel=1e-6)


def test_that_class_probabilities_sum_to_one_for_every_member(tmp_path: Path) -> None:
    probabilities = ensemble("DenseNetSE", tmp_path).probabilities(INPUTS)
    assert probabilities.shape == (3, 7, 3)
    assert probabilities.sum(axis=-1) == pytest.approx(1.0)


def test_that_asking_the_wrong_kind_of_model_is_answered(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="no uncertainties"):
        ensemble("DenseNetSE", tmp_path / "a").gaussians(INPUTS)
    with pytest.raises(StellarViewError, match="no classes"):
        ensemble("StarNet", tmp_path / "b").probabilities(INPUTS)


def test_that_a_spectrum_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="recipe"):
        ensemble("StarNet", tmp_path).outputs(INPUTS[:, :100])


@pytest.mark.parametrize(
    "changes",
    [{"architecture": "Payne"}, {"architecture": "SPCANet"}, {"config": SMALL["StarNet"] | {"dense": [8, 8]}}],
    ids=["an unknown network", "another network", "another size"],
)
def test_that_weights_that_do_not_fit_their_card_are_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(StellarViewError):
        ensemble("StarNet", tmp_path, **changes)


def test_that_running_out_of_memory_halves_the_batch_and_says_so(tmp_path: Path) -> None:
    words: list[str] = []
    one = Ensemble(stored("StarNet", tmp_path), torch.device("cpu"), words.append)
    expected, run = one.outputs(INPUTS), one._engine.run

    def narrow(inputs: np.ndarray) -> Answers:
        if len(inputs) > 2:
            raise torch.OutOfMemoryError
        return run(inputs)

    one._engine.run = narrow  # type: ignore[method-assign]
    assert np.allclose(one.outputs(INPUTS, batch=8), expected, atol=1e-5)
    assert len(words) == 2


def test_that_threads_that_share_an_ensemble_get_the_numbers_of_one_thread(tmp_path: Path) -> None:
    one = ensemble("StarNet", tmp_path)
    expected, found = one.outputs(INPUTS), []

    def work() -> None:
        found.extend(one.outputs(INPUTS) for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 200
    assert all(np.allclose(outputs, expected, atol=1e-5) for outputs in found)


def test_that_a_device_that_is_not_there_is_refused_with_those_that_are() -> None:
    assert choose_device("cpu").type == "cpu"
    assert choose_device().type in ("cpu", "cuda", "mps")
    with pytest.raises(StellarViewError, match="cpu"):
        choose_device("tpu")


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_that_an_accelerator_gives_the_numbers_of_the_processor(name: str, tmp_path: Path) -> None:
    one = ensemble(name, tmp_path)
    vmapped = Accelerator(torch.device("cpu"), one._network, one._weights)
    told, expected = vmapped.run(INPUTS), one.answers(INPUTS)
    scale = 1.0
    if vmapped.is_half:  # then within 2% of sigma
        scale = 0.02 * np.sqrt(expected.outputs[..., 1]).max() / 1e-5
    assert np.abs(told.outputs - expected.outputs).max() < 1e-5 * scale * max(1.0, np.abs(expected.outputs).max())


@pytest.mark.parametrize(("sigma", "is_half"), [(100.0, True), (1e-3, False)])
def test_that_half_precision_is_used_where_its_error_is_small_against_sigma(
    sigma: float, is_half: bool, tmp_path: Path
) -> None:
    one = ensemble("StarNet", tmp_path)
    weights = dict(one._weights)
    raw = math.log(math.expm1(sigma**2)) if sigma < 5 else sigma**2  # the inverse of softplus
    weights["head.raw_variance.weight"] = torch.zeros_like(weights["head.raw_variance.weight"])
    weights["head.raw_variance.bias"] = torch.full_like(weights["head.raw_variance.bias"], raw)
    vmapped = Accelerator(torch.device("cpu"), one._network, weights)
    vmapped.run(INPUTS)
    assert vmapped.is_half is is_half


def test_that_networks_without_sigma_stay_in_single_precision(tmp_path: Path) -> None:
    for name in ("DenseNetSE", "SubtypeResNet"):
        one = ensemble(name, tmp_path / name)
        vmapped = Accelerator(torch.device("cpu"), one._network, one._weights)
        vmapped.run(INPUTS)
        assert vmapped.is_half is False
