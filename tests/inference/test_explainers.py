"""Explainers: each row of the table on several networks, and each against what can be computed another way."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from inference.test_ensemble import SCALES, ensemble
from toy_networks import small

from stellarview.domain.attribution import Attribution
from stellarview.domain.errors import StellarViewError
from stellarview.inference import explainers
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explain import (
    average_partial_derivatives,
    change_without,
    explain,
    explainers_for,
)
from stellarview.inference.explainers import EXPLAINERS
from stellarview.inference.explainers.saliency import flux_derivatives
from stellarview.inference.explanation import Member, Question, members_of
from stellarview.nets import ARCHITECTURES
from stellarview.nets.frozen import frozen

LENGTH = 160
WAVELENGTH = np.linspace(5000.0, 5159.0, LENGTH)
FLUX = np.random.default_rng(2).normal(0.9, 0.1, LENGTH)
GOOD = np.ones(LENGTH, dtype=bool)
GOOD[40:60] = False
SCALE = np.linspace(0.05, 0.2, LENGTH)
NETWORKS = ("RRNet", "DenseNetSE", "SubtypeResNet", "StarNet")


def output_of(one: Ensemble) -> str:
    return one.card.outputs[1]


def question(one: Ensemble, **changes: object) -> Question:
    return replace(Question(FLUX, output_of(one), WAVELENGTH), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("method", EXPLAINERS)
def test_that_every_explainer_gives_each_good_pixel_a_finite_value(method: str, name: str, tmp_path: Path) -> None:
    one = ensemble(name, tmp_path)
    asked = Question(FLUX, output_of(one), WAVELENGTH, GOOD)
    if method not in explainers_for(one):
        with pytest.raises(StellarViewError, match="cannot be explained"):
            explain(one, asked, method)
        return
    said = explain(one, asked, method)
    assert said.values_L.shape == said.scatter_L.shape == (LENGTH,)
    assert np.isfinite(said.values_L).all()
    assert (said.scatter_L >= 0).all()
    assert (said.scatter_L > 0).any()
    assert np.abs(said.values_L).max() > 0
    assert not said.values_L[~GOOD].any()
    assert not said.scatter_L[~GOOD].any()
    unit = "logit" if one.card.classes else "dex"
    assert said.unit == (f"{unit} per 1% of the continuum" if EXPLAINERS[method].unit == "derivative" else unit)


def test_that_every_module_of_the_folder_stands_in_the_table() -> None:
    modules = {path.stem for path in Path(explainers.__path__[0]).glob("*.py")} - {"__init__"}
    assert modules == {row.explain.__module__.rpartition(".")[2] for row in EXPLAINERS.values()}
    assert all(name == row.name for name, row in EXPLAINERS.items())


@pytest.mark.parametrize("name", [*NETWORKS, "RDN", "DenseNet"])
def test_that_saliency_is_the_finite_difference_in_physical_units(name: str) -> None:
    architecture = ARCHITECTURES[name]
    network = small(name).double().eval().requires_grad_(False)
    member = Member(lambda: network, frozen(network), architecture, architecture.explained_layer, 0, 800.0)
    asked = Question(FLUX, "teff", WAVELENGTH, pixel_scale_L=SCALE)
    said_L = flux_derivatives(member, asked).values_L.numpy()
    step = 1e-6
    for pixel in (3, 77, 100, 140):
        moved_2L = np.stack([FLUX, FLUX])
        moved_2L[:, pixel] += np.array([-step, step]) / SCALE[pixel]
        low, high = member.values(torch.from_numpy(moved_2L)).tolist()
        assert said_L[pixel] == pytest.approx(0.01 * (high - low) / (2 * step), rel=1e-4, abs=1e-7)


def test_that_the_scale_of_the_standardisation_divides_the_saliency(tmp_path: Path) -> None:
    one = ensemble("RRNet", tmp_path)
    plain, scaled = (
        explain(one, question(one), "saliency"),
        explain(one, question(one, pixel_scale_L=SCALE), "saliency"),
    )
    assert scaled.values_L == pytest.approx(plain.values_L / SCALE)


@pytest.mark.parametrize("name", NETWORKS)
def test_that_integrated_gradients_are_complete_or_say_that_they_are_not(name: str, tmp_path: Path) -> None:
    one = ensemble(name, tmp_path)
    asked = Question(FLUX, output_of(one), WAVELENGTH, GOOD)
    said = explain(one, asked)
    members = members_of(one, output_of(one))
    change = np.mean([float(np.diff(m.values(m.tensor(np.stack([asked.start_L, FLUX]))))[0]) for m in members])
    assert said.note == ""
    assert said.values_L.sum() == pytest.approx(change, rel=0.02, abs=2e-3)


def test_that_incomplete_integrated_gradients_say_by_how_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stellarview.inference.explainers.integrated_gradients._POINTS", (1,))
    monkeypatch.setattr("stellarview.inference.explainers.integrated_gradients._MOST_MISSING", 1e-9)
    monkeypatch.setattr("stellarview.inference.explainers.integrated_gradients._NEGLIGIBLE", 0.0)
    one = ensemble("RRNet", tmp_path)
    assert "member 1: the sum of all pixels misses the change" in explain(one, question(one)).note


@pytest.mark.parametrize("name", ["DenseNetSE", "SubtypeResNet", "DenseNet"])
def test_that_a_class_activation_map_and_the_bias_sum_to_the_output(name: str, tmp_path: Path) -> None:
    one = ensemble(name, tmp_path)
    said = explain(one, question(one), "cam")
    outputs_M = one.outputs(FLUX[None])[:, 0, 1]
    outputs_M = outputs_M[:, 0] if outputs_M.ndim == 2 else outputs_M
    bias = {"gaussian": "mean", "class": "logits", "log-cosh": "value"}[ARCHITECTURES[name].head]
    biases_M = [getattr(m.network.head, bias).bias[1].item() for m in members_of(one, output_of(one))]
    scale = 1.0 if one.card.classes else SCALES[1].std
    assert said.values_L.sum() == pytest.approx(scale * np.mean(outputs_M - biases_M), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("name", ["DenseNetSE", "SubtypeResNet"])
def test_that_behind_a_global_average_gradients_give_the_class_activation_map(name: str, tmp_path: Path) -> None:
    one = ensemble(name, tmp_path)
    asked = question(one)
    cam = explain(one, asked, "cam").values_L
    since_baseline = cam - explain(one, replace(asked, input_L=asked.start_L), "cam").values_L
    least = 1e-4 * np.abs(cam).max()
    assert explain(one, asked, "grad-cam").values_L == pytest.approx(cam, rel=1e-3, abs=least)
    assert explain(one, asked, "hires-cam").values_L == pytest.approx(since_baseline, rel=1e-3, abs=least)


def test_that_the_card_names_the_layer_and_a_wrong_name_is_answered(tmp_path: Path) -> None:
    one = ensemble("RRNet", tmp_path / "a", explained_layer="residual")
    assert explain(one, question(one), "grad-cam").values_L.any()
    with pytest.raises(StellarViewError, match="no layer 'attention'"):
        explain(ensemble("RRNet", tmp_path / "b", explained_layer="attention"), question(one), "grad-cam")


def test_that_an_output_that_the_model_does_not_tell_is_answered(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="'mass'"):
        explain(ensemble("RRNet", tmp_path), Question(FLUX, "mass", WAVELENGTH))


def test_that_a_window_without_its_flux_changes_the_label_by_what_the_network_says(tmp_path: Path) -> None:
    one = ensemble("StarNet", tmp_path)
    asked = Question(FLUX, "teff", WAVELENGTH, GOOD)
    window, nowhere = change_without(one, asked, [(5020.0, 5050.0), (5500.0, 5600.0)])
    without = FLUX.copy()
    without[20:40] = 1.0  # 40 to 50 are not good and stay
    mean_MB = one.gaussians(np.stack([FLUX, without]))[0][..., 0]
    changes_M = mean_MB[:, 0] - mean_MB[:, 1]
    assert window.change == pytest.approx(changes_M.mean(), rel=1e-2)
    assert window.scatter == pytest.approx(changes_M.std(), rel=1e-2)
    assert window.unit == "K"
    assert nowhere.change == nowhere.scatter == 0.0


def test_that_average_partial_derivatives_are_the_mean_of_saliencies_where_pixels_are_good(tmp_path: Path) -> None:
    one = ensemble("RRNet", tmp_path)
    inputs = np.random.default_rng(3).normal(0.9, 0.1, (5, LENGTH))
    good = np.ones_like(inputs, dtype=bool)
    good[0, :30] = False
    good[:, 155:] = False
    said = average_partial_derivatives(one, inputs, question(one), good)
    singles = np.stack([explain(one, question(one, input_L=row), "saliency").values_L for row in inputs])
    assert said.values_L[:30] == pytest.approx(singles[1:, :30].mean(axis=0), rel=1e-3, abs=1e-6)
    assert said.values_L[30:155] == pytest.approx(singles[:, 30:155].mean(axis=0), rel=1e-3, abs=1e-6)
    assert not said.values_L[155:].any()
    assert not said.is_good_L[155:].any()


def test_that_explaining_leaves_predictions_alone_and_works_within_inference_mode(tmp_path: Path) -> None:
    one = ensemble("DenseNetSE", tmp_path)
    before = one.outputs(FLUX[None])
    with torch.inference_mode():
        for method in explainers_for(one):
            explain(one, question(one), method)
    assert np.array_equal(one.outputs(FLUX[None]), before)


def test_that_threads_may_explain_with_one_ensemble(tmp_path: Path) -> None:
    one = ensemble("StarNet", tmp_path)
    expected = {method: explain(one, question(one), method).values_L for method in explainers_for(one)}
    found: list[tuple[str, Attribution]] = []

    def work() -> None:
        found.extend((method, explain(one, question(one), method)) for method in expected)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 * len(expected)
    assert all(said.values_L == pytest.approx(expected[method], abs=1e-5) for method, said in found)


@pytest.mark.parametrize("broken", [{"input_L": FLUX[:9]}, {"input_L": FLUX * np.nan}, {"pixel_scale_L": 0 * FLUX}])
def test_that_a_question_of_impossible_arrays_is_refused(broken: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="not"):
        replace(Question(FLUX, "teff", WAVELENGTH), **broken)
