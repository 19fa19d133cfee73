"""Rows of results: the same columns for every model's row, whatever became of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.domain.prediction import ClassPrediction, Mixture, Novelty, Prediction
from stellarview.domain.results import Result, result_columns, result_row
from stellarview.domain.spectrum import RadialVelocity

SCALE = {"teff": 800.0, "feh": 0.3, "ch": 0.3, "mgh": 0.3, "subtype": 1.0}


def card(*keys: str, classes: tuple[str, ...] = ()) -> ModelCard:
    labels = tuple(LabelScale(key, 0.0, SCALE[key], -1.0, 1.0) for key in keys)
    return ModelCard("m", "", "StarNet", {}, {}, "LRS", 3, labels, classes)


def mixture(*means: float, sigma: float = 0.1) -> Mixture:
    return Mixture(np.array(means), np.full(len(means), sigma))


LABELS = {"teff": mixture(5700, 5720, sigma=50.0), "ch": mixture(0.1, 0.3), "feh": mixture(0.0, 0.2)}
DONE = Result(
    "a.fits",
    "m",
    7,
    RadialVelocity(-20.0, None, "header"),
    Prediction("m", LABELS, (), Novelty(1.0, 43.0), ("low S/N: 4",)),
)
FAILED = Result("b.fits", "m", error=StellarViewError("Cannot.", "It is empty.", "Again."))


def test_that_columns_stand_in_the_promised_order() -> None:
    parts = ("", "_sigma", "_aleatoric", "_epistemic")
    assert [column.name for column in result_columns(card("teff", "ch", "feh"))] == [
        *("file", "obsid", "model", "rv", "rv_sigma", "rv_source"),
        *(f"{key}{part}" for key in ("teff", "ch", "feh", "c_fe") for part in parts),
        *("novelty", "flags", "error"),
    ]


def test_that_a_model_of_synthetic_spectra_has_its_misfit_in_columns_of_their_own() -> None:
    own = card("teff", "ch", "feh")
    misfits = {"teff": 60.0, "ch": 0.06, "feh": 0.08}
    columns = result_columns(replace(own, labels=tuple(replace(x, misfit=misfits[x.key]) for x in own.labels)))
    told = Prediction("m", {key: Mixture(np.ones(2), np.full(2, 100.0), misfit) for key, misfit in misfits.items()})
    row = result_row(Result("a.fits", "m", prediction=told), columns)
    assert (row["teff_misfit"], row["c_fe_misfit"]) == pytest.approx((60.0, 0.1))
    assert row["teff_sigma"] == pytest.approx(100.0)
    assert row["teff_aleatoric"] == pytest.approx(80.0)


def test_that_classes_have_columns_of_their_own() -> None:
    names = [column.name for column in result_columns(card(classes=("STAR", "GALAXY")))]
    assert names[6:-3] == ["class", "p_star", "p_galaxy", "p_star_scatter", "p_galaxy_scatter"]


def test_that_a_row_that_failed_has_the_columns_of_one_that_did_not() -> None:
    columns = result_columns(card("teff", "ch", "feh"))
    done, failed = result_row(DONE, columns), result_row(FAILED, columns)
    assert list(done) == list(failed) == [column.name for column in columns]
    assert {name for name, value in failed.items() if value is not None} == {"file", "model", "error"}
    assert {name for name, value in done.items() if value is None} == {"rv_sigma", "error"}
    json.dumps([done, failed], allow_nan=False)


def test_that_an_error_that_members_make_in_both_labels_cancels_in_their_ratio() -> None:
    row = result_row(DONE, result_columns(card("teff", "ch", "feh")))
    assert row["c_fe"] == pytest.approx(0.1)
    assert row["ch_epistemic"] == pytest.approx(0.1)
    assert row["c_fe_epistemic"] == pytest.approx(0.0, abs=1e-9)
    assert row["c_fe_aleatoric"] == pytest.approx(math.hypot(0.1, 0.1))


@pytest.mark.parametrize("keys", [("teff", "ch", "mgh"), ("teff", "feh")])
def test_that_there_is_no_ratio_without_iron_or_without_another_element(keys: tuple[str, ...]) -> None:
    assert not [column for column in result_columns(card(*keys)) if "_fe" in column.name]


def test_that_a_subtype_is_told_in_words_too() -> None:
    result = Result("a", "m", prediction=Prediction("m", {"subtype": mixture(4.23, sigma=0.04)}))
    row = result_row(result, result_columns(card("subtype")))
    assert (row["mk"], row["subtype"]) == ("G2.3 +- 0.4", 4.23)


def test_that_a_class_is_told_with_its_scatter() -> None:
    classes = (ClassPrediction("STAR", 0.2, 0.01), ClassPrediction("GALAXY", 0.8, 0.02))
    row = result_row(
        Result("a", "m", prediction=Prediction("m", {}, classes)), result_columns(card(classes=("STAR", "GALAXY")))
    )
    assert (row["class"], row["p_galaxy"], row["p_galaxy_scatter"]) == ("GALAXY", 0.8, 0.02)


def test_that_every_column_is_described_and_physical_ones_have_units() -> None:
    columns = {column.name: column for column in result_columns(card("teff", "ch", "feh"))}
    assert all(column.description for column in columns.values())
    units = {name: columns[name].unit for name in ("rv_sigma", "teff_epistemic", "c_fe_aleatoric", "novelty")}
    assert units == {"rv_sigma": "km/s", "teff_epistemic": "K", "c_fe_aleatoric": "dex", "novelty": ""}


def test_that_what_is_no_number_is_nothing() -> None:
    endless = Result("a", "m", velocity=RadialVelocity(1.0, math.inf, "user"))
    assert result_row(endless, result_columns(card("teff")))["rv_sigma"] is None
