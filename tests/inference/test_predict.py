"""Predictions: mixtures, classes, novelty, and flags in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from models import LABELS, write_toy_model

from stellarview import workflow
from stellarview.domain.errors import StellarViewError
from stellarview.domain.flags import flags_about
from stellarview.domain.model_card import LabelScale
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
    "wrong instrument: trained on LAMOST LRS": (lambda s: replace(s, is_foreign=True), {}),
    "low S/N": (lambda s: replace(s, header=replace(s.header, snr=SignalToNoise(g=4.0))), {"least_snr": 10.0}),
    "radial velocity unreliable": (
        lambda s: s.with_velocity(RadialVelocity(36.0, 40.0, "cross-correlation", 1.0)),
        {},
    ),
}


def test_that_a_survey_class_that_no_training_star_had_is_flagged(star: Spectrum, tmp_path: Path) -> None:
    model, calm = write_toy_model(tmp_path / "toy"), replace(star, header=replace(star.header, subclass="G2"))
    assert not any("class" in flag for flag in one(calm, model).flags)
    white = replace(star, header=replace(star.header, subclass="DB"))
    (scale,) = (one for one in workflow.load_model(str(model), "cpu").card.labels if one.key == "teff")
    assert scale.high < 14000.0
    assert any(flag.startswith("extrapolation: the file's class DB, about 15000 K") for flag in one(white, model).flags)


def test_that_stellar_labels_of_a_galaxy_are_flagged_and_its_class_is_not(star: Spectrum, tmp_path: Path) -> None:
    galaxy, said = (
        replace(star, header=replace(star.header, object_class="GALAXY", subclass="")),
        "extrapolation: the file's class GALAXY is no star's",
    )
    assert said in one(galaxy, write_toy_model(tmp_path / "toy")).flags
    assert said not in one(galaxy, write_toy_model(tmp_path / "kinds", classes=("STAR", "GALAXY", "QSO"))).flags


@pytest.mark.parametrize(("subclass", "start"), [
    ("DB", "extrapolation: the file's class DB is no MK type"),
    ("M9", "contradicted: subtype is "),
])  # fmt: skip
def test_that_an_mk_type_is_held_against_the_files_class(example_lrs: Path, subclass: str, start: str) -> None:
    star = workflow.open_spectrum(example_lrs)
    other = replace(star, header=replace(star.header, subclass=subclass))
    (prediction,) = workflow.predict([other], workflow.load_model("lrs-subtype", "cpu"))
    assert isinstance(prediction, Prediction)
    assert any(flag.startswith(start) for flag in prediction.flags)
    assert flags_about(prediction, "subtype") or subclass == "DB"


def test_that_a_calm_spectrum_within_range_has_no_flag_but_novelty(star: Spectrum, tmp_path: Path) -> None:
    flags = one(star, write_toy_model(tmp_path / "toy", least_snr=10.0)).flags
    assert set(flags) <= {"unlike the training set"}


def test_that_a_spectrum_that_does_not_tell_its_snr_is_not_called_noisy(star: Spectrum, tmp_path: Path) -> None:
    silent = replace(star, header=replace(star.header, snr=SignalToNoise()))
    assert not any("S/N" in flag for flag in one(silent, write_toy_model(tmp_path / "toy", least_snr=10.0)).flags)


def test_that_a_spectrum_is_of_its_files_instrument_whatever_a_recipe_calls_the_arms(
    star: Spectrum, tmp_path: Path
) -> None:
    renamed = replace(star, arms=(replace(star.arms[0], name="B"),))
    assert not any("instrument" in flag for flag in one(renamed, write_toy_model(tmp_path / "toy")).flags)


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


@pytest.mark.parametrize(("sigmas", "is_flagged"), [(0.5, True), (-1.0, True), (2.0, False)])
def test_that_a_label_that_reaches_beyond_the_training_range_is_flagged(
    star: Spectrum, tmp_path: Path, sigmas: float, is_flagged: bool
) -> None:
    free = one(star, write_toy_model(tmp_path / "free")).labels["teff"]
    edge = replace(LABELS[0], low=100.0, high=free.mean + sigmas * free.sigma)
    flags = one(star, write_toy_model(tmp_path / "toy", labels=(edge, LABELS[1]))).flags
    words = "extrapolation: Teff reaches beyond the training range 100 to "
    assert any(flag.startswith(words) for flag in flags) == is_flagged


@pytest.mark.parametrize(("logg", "is_flagged"), [(0.5, True), (0.0, False)])
def test_that_a_combination_that_no_training_star_has_is_flagged(
    star: Spectrum, tmp_path: Path, logg: float, is_flagged: bool
) -> None:
    free = one(star, write_toy_model(tmp_path / "free")).labels
    centre = np.array([free["teff"].mean, free["logg"].mean + logg])
    seen = centre + np.random.default_rng(2).normal(0, [100.0, 0.05], (200, 2))
    flags = one(star, write_toy_model(tmp_path / "toy", seen_BK=seen)).flags
    assert any("no training star is near this combination" in flag for flag in flags) == is_flagged


def test_that_plain_values_have_the_sigma_of_the_card_and_the_members_disagreement(
    star: Spectrum, tmp_path: Path
) -> None:
    subtype = (LabelScale("subtype", 4.2, 0.8, 1.0, 6.0, 0.05),)
    mixture = one(star, write_toy_model(tmp_path / "mk", architecture="SubtypeResNet", labels=subtype)).labels[
        "subtype"
    ]
    assert mixture.aleatoric == pytest.approx(0.05 * 0.8)
    assert mixture.epistemic > 0
    assert abs(mixture.mean - 4.2) < 3 * 0.8


def test_that_sigma_follows_the_signal_where_the_card_says_how(star: Spectrum, tmp_path: Path) -> None:
    teff = replace(LABELS[0], sigma_factor=1.3, sigma_factor_by_snr=((10.0, 2.0), (100.0, 1.0)))
    folder = write_toy_model(tmp_path / "toy", labels=(teff, LABELS[1]))
    told = [
        one(replace(star, header=replace(star.header, snr=snr)), folder).labels
        for snr in (SignalToNoise(g=5.0), SignalToNoise(g=8.0, r=100.0), SignalToNoise())
    ]
    faint, bright, unknown = (labels["teff"].aleatoric for labels in told)
    assert (faint / bright, unknown / bright) == pytest.approx((2.0, 1.3))
    assert told[0]["logg"].sigma == pytest.approx(told[1]["logg"].sigma)


def test_that_the_misfit_of_a_card_widens_sigma_and_brings_the_edge_nearer(star: Spectrum, tmp_path: Path) -> None:
    plain = one(star, write_toy_model(tmp_path / "plain")).labels
    misfits = tuple(replace(label, misfit=3.0 * plain[label.key].sigma) for label in LABELS)
    wide = one(star, write_toy_model(tmp_path / "wide", labels=misfits)).labels
    for key, told in wide.items():
        assert (told.mean, told.epistemic) == pytest.approx((plain[key].mean, plain[key].epistemic))
        assert told.aleatoric == pytest.approx(plain[key].aleatoric)
        assert told.sigma == pytest.approx(np.sqrt(10.0) * plain[key].sigma)
    ends = tuple(replace(label, high=plain[label.key].mean + 2.0 * plain[label.key].sigma) for label in misfits)
    flags = one(star, write_toy_model(tmp_path / "edge", labels=ends)).flags
    assert sum("reaches beyond the training range" in flag for flag in flags) == len(LABELS)


def test_that_noise_is_flagged_as_unlike_the_training_set(star: Spectrum, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(100, 400, len(star.arms[0]))
    prediction = one(replace(star, arms=(replace(star.arms[0], flux=noise),)), write_toy_model(tmp_path / "toy"))
    assert prediction.novelty is not None
    assert prediction.novelty.is_unlike
    assert "unlike the training set" in prediction.flags
