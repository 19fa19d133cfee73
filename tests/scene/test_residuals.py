"""The figure of residuals shows every label against itself and against S/N."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stellarview.scene.figure import save_figure
from stellarview.scene.marks import BandMark, CurveMark, PointsMark
from stellarview.scene.residuals import Residuals, build_residual_scene

RANDOM = np.random.default_rng(0)
LABEL = Residuals("teff", RANDOM.uniform(4000, 7000, 300), RANDOM.normal(0, 80, 300), RANDOM.uniform(10, 200, 300))
CLASS = Residuals("STAR", None, RANDOM.uniform(0.5, 1, 300), RANDOM.uniform(10, 200, 300))


def test_that_a_label_has_two_panels_and_a_class_one() -> None:
    scene = build_residual_scene([LABEL, CLASS], "title", "provenance")
    assert [panel.x_label for panel in scene.panels] == ["Teff (K)", "S/N", "S/N"]
    assert [panel.x_scale for panel in scene.panels] == ["linear", "log", "log"]
    assert [type(mark) for mark in scene.panels[0].marks] == [CurveMark, PointsMark, BandMark, CurveMark]


def test_that_the_trend_is_the_median_of_the_bins() -> None:
    x = np.linspace(1, 100, 240)
    scene = build_residual_scene([Residuals("logg", x, x / 100, x)], "", "")
    trend = scene.panels[0].marks[-1]
    assert isinstance(trend, CurveMark)
    np.testing.assert_allclose(trend.y, trend.x / 100)


def test_that_outliers_do_not_flatten_the_rest_but_are_counted() -> None:
    value = LABEL.value_B.copy()
    value[0] = 1e6
    panel = build_residual_scene([Residuals("teff", LABEL.true_B, value, LABEL.snr_B)], "", "").panels[0]
    assert panel.y_limits[1] < 1000
    assert "1 beyond the frame" in panel.title


def test_that_nothing_known_is_an_empty_panel_not_an_error(tmp_path: Path) -> None:
    nothing = np.full(3, np.nan)
    scene = build_residual_scene([Residuals("feh", nothing, nothing, nothing), CLASS], "", "")
    assert scene.panels[0].title == "nothing is known"
    save_figure(scene, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
