"""Predictions: mixtures, classes, novelty, and flags in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from models import write_toy_model

from stellarview import workflow
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import RadialVelocity, SignalToNoise, Spectrum


@pytest.fixture(scope="module")
def star(example_lrs: Path) -> Spectrum:
    return workflow.open_spectrum(example_lrs)


def one(spectrum: Spectrum, folder: Path) -> Prediction:
    (result,) = workflow.predict([spectrum], workflow.load_model(str(folder), "cpu"))
    assert isinstance(result, Prediction)
    return result


def test_that_a_prediction_is_the_mixture_of_its_members(star: Spectrum, tmp_path: Path) -> None:
    folder = write_toy_model(tmp_path / "toy")
    prediction, model = one(star, folder), workflow.load_model(str(folder), "cpu")
    (ready,) = workflow.prepare([star], workflow.recipe_from_json(model.card.recipe))
    mean, sigma = model.gaussians(ready.arms[0].flux[None])
    mixture = prediction.labels["teff"]
    assert mixture.mean == pytest.approx(mean[:, 0, 0].mean(), rel=1e-6)
    assert mixture.sigma**2 == pytest.approx((sigma[:, 0, 0] ** 2).mean() + mean[:, 0, 0].var(), rel=1e-6)


def test_that_predictions_come_in_the_order_of_the_spectra_whatever_fails(star: Spectrum, tmp_path: Path) -> None:
    model = workflow.load_model(str(write_toy_model(tmp_path / "toy")), "cpu")
    dark = replace(star, arms=(replace(star.arms[0], mask=np.ones(len(star.arms[0]))),))
    first, failed, last = workflow.predict([star, dark, star], model)
    assert isinstance(first, Prediction)
    assert isinstance(last, Prediction)
    assert isinstance(failed, StellarViewError)
    assert first.labels["teff"].mean == pytest.approx(last.labels["teff"].mean)


def test_that_one_spectrum_and_a_batch_give_the_same_prediction(star: Spectrum, tmp_path: Path) -> None:
    model = workflow.load_model(str(write_toy_model(tmp_path / "toy")), "cpu")
    for result in workflow.predict([star] * 5, model):
        assert isinstance(result, Prediction)
        assert result.labels["logg"].mean == pytest.approx(one(star, tmp_path / "toy").labels["logg"].mean, rel=1e-5)


def test_that_classes_come_with_probabilities_and_their_scatter(star: Spectrum, tmp_path: Path) -> None:
    prediction = one(star, write_toy_model(tmp_path / "toy", classes=("STAR", "GALAXY", "QSO")))
    assert sum(entry.probability for entry in prediction.classes) == pytest.approx(1.0)
    assert prediction.best_class is not None
    assert prediction.best_class.probability == max(entry.probability for entry in prediction.classes)
    assert prediction.labels == {}


FLAGS: dict[str, tuple[Callable[[Spectrum], Spectrum], dict[str, Any]]] = {
    "wrong instrument": (lambda s: s, {"instrument": "MRS"}),
    "low S/N": (lambda s: replace(s, header=replace(s.header, snr=SignalToNoise(g=4.0))), {"least_snr": 10.0}),
    "radial velocity unreliable": (
        lambda s: s.with_velocity(RadialVelocity(36.0, 40.0, "cross-correlation", 1.0)),
        {},
    ),
}


def test_that_a_calm_spectrum_within_range_has_no_flag_but_novelty(star: Spectrum, tmp_path: Path) -> None:
    flags = one(star, write_toy_model(tmp_path / "toy")).flags
    assert set(flags) <= {"unlike the training set"}


@pytest.mark.parametrize("flag", FLAGS)
def test_that_what_was_wrong_with_a_spectrum_is_flagged(star: Spectrum, tmp_path: Path, flag: str) -> None:
    change, card = FLAGS[flag]
    flags = one(change(star), write_toy_model(tmp_path / "toy", **card)).flags
    assert any(entry.startswith(flag) for entry in flags)


def test_that_bad_pixels_are_flagged(star: Spectrum, tmp_path: Path) -> None:
    mask = np.array(star.arms[0].mask)
    mask[(star.arms[0].wavelength_angstrom > 5160) & (star.arms[0].wavelength_angstrom < 5220)] = 1
    damaged = replace(star, arms=(replace(star.arms[0], mask=mask),))
    assert any(flag.startswith("too many bad pixels") for flag in one(damaged, write_toy_model(tmp_path / "toy")).flags)


def test_that_a_label_outside_the_training_range_is_flagged(star: Spectrum, tmp_path: Path) -> None:
    from models import LABELS

    narrow = (replace(LABELS[0], low=100.0, high=200.0), LABELS[1])
    flags = one(star, write_toy_model(tmp_path / "toy", labels=narrow)).flags
    assert any(flag.startswith("teff outside the training range") for flag in flags)


def test_that_noise_is_flagged_as_unlike_the_training_set(star: Spectrum, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(100, 400, len(star.arms[0]))
    prediction = one(replace(star, arms=(replace(star.arms[0], flux=noise),)), write_toy_model(tmp_path / "toy"))
    assert prediction.novelty is not None
    assert prediction.novelty.is_unlike
    assert "unlike the training set" in prediction.flags
