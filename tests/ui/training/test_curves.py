"""The pictures of runs: what is drawn of members that stop, of losses below zero, of several runs."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.engine.runs import Curves, RunDetails, Told
from stellarview.scene.marks import CurveMark, PointsMark
from stellarview.ui.training.curves import LossScale, best_of, compared_scene, mean_of, run_scene, smoothed

EPOCHS = np.array([1.0, 2.0, 3.0])
# The second member stops after its second epoch.
LOSSES = np.array([[0.9, 0.5, 0.4], [1.1, 1.0, np.nan]])
CURVES = Curves(EPOCHS, LOSSES, LOSSES, np.full((2, 3), 1e-3), {"teff": 100 * LOSSES})
TOLD = Told({"teff": (np.array([5000.0, 6000.0, np.nan]), np.array([5100.0, 5900.0, 1.0]))})


def test_that_the_mean_does_not_jump_where_a_member_stops() -> None:
    assert mean_of(LOSSES) == pytest.approx([1.0, 0.75, 0.7])
    assert np.isnan(LOSSES[1, 2])  # the log itself is left alone


def test_that_each_member_has_its_own_best_epoch() -> None:
    epoch_M, loss_M = best_of(CURVES)
    assert epoch_M.tolist() == [3.0, 2.0]
    assert loss_M.tolist() == [0.4, 1.0]


def test_that_losses_below_zero_have_a_logarithm_above_their_least() -> None:
    plain = LossScale.of([CURVES], is_log=True)
    assert plain(np.array([0.1])) == pytest.approx([-1.0])
    assert plain.words == "loss (log₁₀)"
    likelihood = Curves(EPOCHS, LOSSES - 1.0, LOSSES - 1.0, CURVES.rate_ME)
    above = LossScale.of([likelihood], is_log=True)
    assert np.isfinite(above(likelihood.train_ME[0])).all()
    assert "above its least" in above.words
    assert LossScale.of([likelihood], is_log=False)(np.array([-1.0])) == [-1.0]


def test_that_smoothing_keeps_gaps_and_constants() -> None:
    values = np.array([2.0, np.nan, 2.0, 2.0])
    assert np.array_equal(smoothed(values, 3), values, equal_nan=True)
    assert smoothed(np.array([0.0, 3.0, 0.0]), 3) == pytest.approx([1.5, 1.0, 1.5])
    assert np.isfinite(smoothed(np.array([1.0, 2.0]), 25)).all()


def test_that_a_run_is_drawn_with_its_members_and_its_stars() -> None:
    details = RunDetails("runs/mine", {}, CURVES, TOLD)
    scene = run_scene(details, label="teff", is_log=False, smoothing=1, has_members=True)
    losses, told, rate, errors = scene.panels
    weights = [mark.weight for mark in losses.marks if isinstance(mark, CurveMark)]
    assert weights == ["thin"] * 4 + ["bold"] * 2
    (stars,) = [mark for mark in told.marks if isinstance(mark, PointsMark)]
    assert stars.x.tolist() == [5000.0, 6000.0]  # whose label is known
    assert rate.marks
    assert errors.y_label == "MAE (K)"
    without = run_scene(details, label="teff", is_log=True, smoothing=5, has_members=False)
    assert len(without.panels[0].marks) == 3
    assert scene.title == "mine"


def test_that_runs_lie_over_each_other() -> None:
    scene = compared_scene({"a": CURVES, "b": CURVES}, is_log=True, smoothing=1)
    assert [mark.legend for mark in scene.panels[0].marks if isinstance(mark, CurveMark)] == ["a", "b"]
