"""Emulator and network brought together: bounds of predictions, explanations beside each other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from models import write_toy_model, write_toy_mrs_model

from stellarview import physics, workflow
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.io.sets import write_spectrum_set
from stellarview.recipes import RECIPES


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    return workflow.load_model(str(write_toy_mrs_model(tmp_path_factory.mktemp("models") / "toy")), "cpu")


@pytest.fixture(scope="module")
def star(example_mrs: Path) -> Spectrum:
    return workflow.open_spectrum(example_mrs)


def predicted(spectra: list[Spectrum], model: Ensemble, **more: bool) -> list[Prediction]:
    told = workflow.predict(spectra, model, **more)
    assert all(isinstance(one, Prediction) for one in told)
    return [one for one in told if isinstance(one, Prediction)]


def test_that_predictions_of_mrs_spectra_have_bounds_and_their_flag(model: Ensemble, star: Spectrum) -> None:
    (told,) = predicted([star], model)
    assert told.bounds is not None
    assert 2.0 < told.bounds["teff"] < 30.0
    assert told.bounds["mg_fe"] < told.bounds["mgh"] < 0.1
    assert told.bounds["kh"] == np.inf
    assert told.flags[-1] == "prior-dominated: K"


def test_that_bounds_are_left_out_where_nobody_asks(model: Ensemble, star: Spectrum) -> None:
    (told,) = predicted([star], model, has_bounds=False)
    assert told.bounds is None
    assert not any(flag.startswith("prior") for flag in told.flags)


def test_that_a_spectrum_has_the_same_bounds_alone_in_a_batch_and_in_a_prepared_set(
    model: Ensemble, star: Spectrum, tmp_path: Path
) -> None:
    (alone,) = predicted([star], model)
    noisier = replace(star, arms=tuple(replace(arm, ivar=arm.ivar / 9) for arm in star.arms))
    first, second, third = predicted([star, noisier, star], model)
    assert alone.bounds == first.bounds == third.bounds
    assert first.bounds is not None
    assert second.bounds is not None
    assert second.bounds["teff"] == pytest.approx(3 * first.bounds["teff"], rel=0.02)
    ready = workflow.prepare([star], "rrnet")
    write_spectrum_set(tmp_path / "set.h5", ready, recipe_json=json.dumps(RECIPES["rrnet"].to_json()))
    (result,) = workflow.predict_set(tmp_path / "set.h5", model)
    assert result.prediction is not None
    assert result.prediction.bounds is not None
    assert alone.bounds is not None
    assert result.prediction.bounds["teff"] == pytest.approx(alone.bounds["teff"], rel=1e-3)


def test_that_there_are_no_bounds_of_another_instrument_or_beyond_the_emulator(
    model: Ensemble, star: Spectrum, example_lrs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign, of_lrs = replace(star, is_foreign=True), workflow.open_spectrum(example_lrs)
    assert [told.bounds for told in predicted([foreign, of_lrs], model)] == [None, None]
    monkeypatch.setattr(physics, "star_bounds", lambda *given: None)
    (beyond,) = predicted([star], model)
    assert beyond.bounds is None


def test_that_without_the_emulator_predictions_go_on_without_bounds(
    model: Ensemble, star: Spectrum, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Path:
        raise StellarViewError("There is no model.", "None is installed.", "Get one.")

    monkeypatch.setattr(physics, "find_emulator", missing)
    assert not workflow.tells_bounds(model.card)
    assert predicted([star], model)[0].bounds is None


def test_that_only_models_of_mrs_stars_have_bounds(model: Ensemble) -> None:
    assert workflow.tells_bounds(model.card)
    assert not workflow.tells_bounds(replace(model.card, instrument="LRS"))
    assert not workflow.tells_bounds(replace(model.card, labels=model.card.labels[:1]))


def test_that_network_and_physics_are_told_of_the_same_pixels(model: Ensemble, star: Spectrum) -> None:
    magnesium, potassium = workflow.explain_by_physics(star, model, ["mgh", "kh"])
    assert magnesium.network.unit == magnesium.best.attribution.unit == "dex per 1% of the continuum"
    assert np.allclose(magnesium.network.wavelength_angstrom_L, magnesium.best.attribution.wavelength_angstrom_L)
    assert magnesium.own.lines[0].line.name.startswith("Mg b")
    assert magnesium.best.correlation is not None
    assert abs(magnesium.best.correlation) < 0.3  # this network was never trained
    assert not magnesium.bounded.is_prior_dominated
    assert potassium.best.correlation is None
    assert potassium.bounded.is_prior_dominated
    assert potassium.best.lines == ()


def test_that_a_network_that_reads_as_physics_does_agrees_with_it(
    model: Ensemble, star: Spectrum, monkeypatch: pytest.MonkeyPatch
) -> None:
    import stellarview.inference.explain

    (first,) = workflow.explain_by_physics(star, model, ["mgh"])
    best = first.best.attribution
    perfect = replace(best, members_ML=np.stack([best.values_L] * 2))
    monkeypatch.setattr(stellarview.inference.explain, "explain", lambda *given: perfect)
    (told,) = workflow.explain_by_physics(star, model, ["mgh"])
    assert (told.best.correlation, told.best.scatter) == (pytest.approx(1.0), pytest.approx(0.0))


def test_that_physics_says_where_it_looked_instead_of_where_the_model_told(
    model: Ensemble, star: Spectrum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(physics, "_means", lambda told: {"teff": 7500.0, "logg": 4.2, "feh": 0.0})
    (told,) = workflow.explain_by_physics(star, model, ["teff"])
    assert "the model's teff of 7500 is beyond the emulator: physics looks at 67" in told.best.attribution.note


@pytest.mark.parametrize(
    ("output", "match"),
    [("subtype", "cannot explain 'subtype'"), ("cuh", "teff, logg, feh, mgh, kh")],
    ids=["no label of the catalogue", "not told by the model"],
)
def test_that_a_label_that_physics_cannot_explain_is_told(
    model: Ensemble, star: Spectrum, output: str, match: str
) -> None:
    with pytest.raises(StellarViewError, match=match):
        workflow.explain_by_physics(star, model, [output])


def test_that_a_model_of_other_spectra_is_refused(
    model: Ensemble, star: Spectrum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "card", replace(model.card, instrument="LRS"))
    with pytest.raises(StellarViewError, match="cannot explain the model"):
        workflow.explain_by_physics(star, model, ["teff"])


def test_that_a_spectrum_that_cannot_be_prepared_says_why(model: Ensemble, star: Spectrum) -> None:
    empty = replace(star, arms=tuple(replace(arm, ivar=0 * arm.ivar, mask=arm.mask | 1) for arm in star.arms))
    with pytest.raises(StellarViewError, match="cannot be put at rest"):
        workflow.explain_by_physics(empty, model, ["teff"])


def test_that_toy_models_of_lrs_are_as_they_were(tmp_path: Path, example_lrs: Path) -> None:
    lrs = workflow.load_model(str(write_toy_model(tmp_path / "lrs")), "cpu")
    assert predicted([workflow.open_spectrum(example_lrs)], lrs)[0].bounds is None
