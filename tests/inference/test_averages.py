"""Average partial derivatives: which spectra enter, and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from models import RECIPE, write_toy_model
from spectra import observed

from stellarview.domain.derivative_average import ANY_TEFF, DerivativeAverage
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explain import explain
from stellarview.inference.questions import question_about, told_teff_k
from stellarview.io.models import read_model
from stellarview.recipes import recipe_from_json
from stellarview.workflow import average_derivatives, prepare

STARS = [observed(seed, velocity=10.0 * seed) for seed in range(4)]
TEFF_K = (4100.0, 4200.0, 6100.0, None)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    folder = write_toy_model(tmp_path_factory.mktemp("models") / "toy")
    return Ensemble(read_model(folder), torch.device("cpu"))


def averages(model: Ensemble, stars: Sequence[Spectrum] = STARS, **options: object) -> list[DerivativeAverage]:
    return average_derivatives(zip(stars, TEFF_K, strict=False), model, "logg", **options)  # type: ignore[arg-type]


def test_that_the_average_is_that_of_the_single_stars_derivatives(toy: Ensemble) -> None:
    recipe = recipe_from_json(toy.card.recipe)
    (cool,) = averages(toy, ranges_k=[(4000.0, 4300.0)])
    single = [explain(toy, question_about(one, recipe, "logg"), "saliency") for one in prepare(STARS[:2], recipe)]
    assert cool.n_spectra == 2
    assert cool.attribution.values_L == pytest.approx(np.mean([one.values_L for one in single], axis=0), abs=1e-6)
    assert cool.attribution.unit == single[0].unit
    assert cool.name == "4000-4300 K (2 spectra)"


def test_that_each_range_takes_its_own_and_an_empty_one_is_left_out(toy: Ensemble) -> None:
    found = averages(toy, ranges_k=[(4000.0, 4300.0), (6000.0, 6300.0), (9000.0, 9100.0)])
    assert [(one.teff_range_k[0], one.n_spectra) for one in found] == [(4000.0, 2), (6000.0, 1)]


def test_that_without_a_range_all_count_those_without_a_label_too(toy: Ensemble) -> None:
    (everything,) = averages(toy)
    assert (everything.n_spectra, everything.teff_range_k) == (4, ANY_TEFF)


def test_that_no_more_than_asked_for_are_read(toy: Ensemble) -> None:
    def stars() -> object:
        for _ in range(2):
            yield from [(STARS[0], 4100.0)] * 64
        raise AssertionError("read on although the range was full")

    (full,) = average_derivatives(stars(), toy, "logg", most=100)  # type: ignore[arg-type]
    assert full.n_spectra == 100


def test_that_the_models_own_prediction_can_tell_the_range(toy: Ensemble) -> None:
    recipe = recipe_from_json(toy.card.recipe)
    inputs = np.array([one.arms[0].flux for one in prepare(STARS, recipe)])
    told = told_teff_k(toy, inputs)
    assert told is not None
    (one,) = averages(toy, ranges_k=[(float(told[2]) - 1e-3, float(told[2]) + 1e-3)], teff_source="model")
    assert (one.n_spectra, one.teff_source) == (1, "model")


def test_that_spectra_that_cannot_be_put_at_rest_take_no_part(toy: Ensemble) -> None:
    noise = np.random.default_rng(1).normal(0, 1, len(STARS[0].arms[0]))
    lost = replace(STARS[0], velocity=None, arms=(replace(STARS[0].arms[0], flux=noise),))
    (rest,) = averages(toy, [lost, *STARS[1:]])
    assert rest.n_spectra == 3


def test_that_nothing_to_average_is_an_error(toy: Ensemble) -> None:
    with pytest.raises(StellarViewError, match="nothing to average"):
        averages(toy, ranges_k=[(9000.0, 9100.0)])
    with pytest.raises(StellarViewError, match="teff, logg"):
        average_derivatives([], toy, "mgh")


def test_that_a_recipe_that_stays_in_the_observed_frame_is_refused(tmp_path: Path) -> None:
    steps = [step for step in RECIPE["steps"] if step["step"] != "to_rest_frame"]  # type: ignore[index]
    folder = write_toy_model(tmp_path / "observed", recipe={"name": "toy", "steps": steps})
    with pytest.raises(StellarViewError, match="velocities"):
        averages(Ensemble(read_model(folder), torch.device("cpu")))
