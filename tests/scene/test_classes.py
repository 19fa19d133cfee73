"""The scene of class probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.domain.prediction import ClassPrediction
from stellarview.scene.classes import ClassEntry, build_class_scene
from stellarview.scene.marks import BandMark, CurveMark

SURE = (ClassPrediction("STAR", 0.97, 0.02), ClassPrediction("GALAXY", 0.02, 0.03), ClassPrediction("QSO", 0.01, 0.0))
UNSURE = (ClassPrediction("GALAXY", 0.6, 0.3), ClassPrediction("STAR", 0.4, 0.3))


def test_that_each_class_has_a_bar_and_the_scatter_of_the_members() -> None:
    scene = build_class_scene([ClassEntry("a", SURE)], "made")
    (panel,) = scene.panels
    bars = [mark for mark in panel.marks if isinstance(mark, BandMark)]
    assert panel.x_names == ("STAR", "GALAXY", "QSO")
    assert [float(bar.x.mean()) for bar in bars] == pytest.approx([0.0, 1.0, 2.0])
    whiskers = [mark.y.tolist() for mark in panel.marks if isinstance(mark, CurveMark)]
    assert whiskers == [pytest.approx([0.95, 0.99]), pytest.approx([0.0, 0.05]), [0.01, 0.01]]
    assert scene.title == "STAR 97.0 ± 2.0 %"


def test_that_bars_of_several_stars_stand_side_by_side_in_order_of_the_names() -> None:
    (panel,) = build_class_scene([ClassEntry("a", SURE), ClassEntry("b", UNSURE)], "made").panels
    bars = [mark for mark in panel.marks if isinstance(mark, BandMark)]
    spans = np.array(sorted((bar.x[0], bar.x[1]) for bar in bars))
    assert (spans[1:, 0] > spans[:-1, 1]).all()
    assert {bar.role: bar.legend for bar in bars if bar.legend} == {"first": "a", "second": "b"}
    middle = {(bar.role, float(bar.high[0])): round(float(bar.x.mean())) for bar in bars}
    assert middle["second", 0.6] == 1
    assert middle["second", 0.4] == 0
