"""Metrics of answers whose errors are known beforehand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from stellarview.domain.model_card import LabelScale
from stellarview.training.metrics import class_metrics, label_metrics

SCALE = LabelScale("logg", 4.0, 0.5, 0.0, 5.0)


def test_that_honest_answers_cover_what_they_promise() -> None:
    random = np.random.default_rng(0)
    truth_B = random.uniform(0, 5, 40_000)
    sigma = 0.2
    mean_MB = np.tile(truth_B + 0.05 + random.normal(0, sigma, truth_B.size), (3, 1))
    facts = label_metrics(SCALE, mean_MB, np.full_like(mean_MB, sigma), truth_B, random.uniform(5, 200, truth_B.size))
    assert facts["bias"] == pytest.approx(0.05, abs=0.004)
    assert facts["scatter"] == pytest.approx(0.2, rel=0.02)
    assert facts["rms"] == pytest.approx(np.hypot(0.2, 0.05), rel=0.02)
    assert facts["mae"] < facts["rms"]
    assert facts["within_68"] == pytest.approx(0.668, abs=0.01)
    assert facts["within_95"] == pytest.approx(0.943, abs=0.01)
    assert facts["pull_width"] == pytest.approx(np.hypot(1, 0.25), rel=0.02)
    assert sum(part["n"] for part in facts["by_value"]) == sum(part["n"] for part in facts["by_snr"]) == 40_000
    json.dumps(facts, allow_nan=False)


def test_that_outliers_move_the_rms_but_not_the_robust_scatter() -> None:
    truth_B = np.zeros(1000)
    mean_B = np.random.default_rng(0).normal(0, 0.1, 1000)
    mean_B[:20] += 10
    facts = label_metrics(SCALE, mean_B[None], np.full((1, 1000), 0.1), truth_B, np.full(1000, 50.0))
    assert facts["rms"] > 1
    assert facts["scatter"] < 0.12


def test_that_unknown_labels_take_no_part() -> None:
    truth_B = np.array([np.nan, 1.0, np.nan])
    facts = label_metrics(SCALE, np.ones((2, 3)), np.ones((2, 3)), truth_B, np.array([np.nan, np.nan, 3.0]))
    assert (facts["n"], facts["bias"], facts["by_snr"]) == (1, 0.0, [{"range": [0.0, 10.0], "n": 0}])
    assert label_metrics(SCALE, np.ones((2, 1)), np.ones((2, 1)), truth_B[:1], truth_B[:1])["n"] == 0


def test_that_subtypes_are_told_in_subtypes() -> None:
    scale = LabelScale("subtype", 4.0, 0.5, 0.0, 6.9)
    facts = label_metrics(scale, np.array([[4.24, 4.3]]), np.ones((1, 2)), np.array([4.2, 4.2]), np.array([9.0, 9.0]))
    assert facts["mae_subtypes"] == pytest.approx(0.7)
    assert facts["within_half_subtype"] == 0.5


def test_that_the_confusion_matrix_tells_precision_and_recall() -> None:
    truth_B = np.array([0, 0, 0, 1, 1, 2])
    told = np.eye(3)[[0, 0, 1, 1, 1, 0]]
    facts = class_metrics(("STAR", "GALAXY", "QSO"), told, truth_B, np.full(6, 20.0))
    assert facts["confusion"] == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert facts["accuracy"] == pytest.approx(4 / 6)
    assert facts["classes"]["STAR"] == {"n": 3, "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3}
    assert facts["classes"]["QSO"] == {"n": 1, "precision": None, "recall": 0.0, "f1": 0.0}
