"""Two models' answers for one star are compared label by label, in units of what members differ by."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stellarview.domain.prediction import ClassPrediction, Mixture, Prediction
from stellarview.domain.prediction_change import compare_predictions


def told(**means: tuple[float, ...]) -> Prediction:
    return Prediction("toy", {key: Mixture(np.array(m), np.full(len(m), 50.0)) for key, m in means.items()})


def test_that_a_change_is_measured_by_the_scatter_of_members() -> None:
    (change,) = compare_predictions(told(teff=(5000.0, 5020.0)), told(teff=(5100.0, 5120.0)))
    assert change.change == pytest.approx(100.0)
    assert (change.scatter_before, change.scatter_after) == (10.0, 10.0)
    assert change.ratio == pytest.approx(100 / math.hypot(10, 10))
    assert change.is_noteworthy
    assert change.text == "Teff 5010 → 5110 K (+100; members differ by 10 and 10)"


def test_that_a_small_change_is_not_noteworthy() -> None:
    (change,) = compare_predictions(told(teff=(5000.0, 5020.0)), told(teff=(5010.0, 5020.0)))
    assert not change.is_noteworthy


def test_that_a_single_member_has_no_scatter_to_explain_a_change() -> None:
    same, moved = (compare_predictions(told(teff=(5000.0,)), told(teff=(teff,)))[0] for teff in (5000.0, 5001.0))
    assert (same.ratio, moved.ratio) == (0.0, math.inf)
    assert "5000" in moved.text


def test_that_ratios_are_compared_too_and_labels_of_one_model_are_left_out() -> None:
    changes = compare_predictions(told(feh=(0.1,), mgh=(0.2,)), told(feh=(0.1,), mgh=(0.4,), cah=(0.0,)))
    assert [change.key for change in changes] == ["feh", "mgh", "mg_fe"]
    assert changes[-1].change == pytest.approx(0.2)


def test_that_classes_are_compared_by_probability() -> None:
    before, after = (Prediction("toy", {}, (ClassPrediction("STAR", p, 0.1),)) for p in (0.5, 0.9))
    (change,) = compare_predictions(before, after)
    assert change.key == "STAR"
    assert change.change == pytest.approx(0.4)
