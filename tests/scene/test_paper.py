"""Scenes made ready for paper: what is seen, names with room, columns where they can be read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import plot_scenes
import pytest

from stellarview.scene.figure import natural_height, save_figure
from stellarview.scene.marks import CurveMark, LineLabelMark, Panel, Scene, SpanMark
from stellarview.scene.paper import Ranges, on_paper

X = np.linspace(1.0, 100.0, 50)


def panel(**changes: object) -> Panel:
    curve = CurveMark(X, X, "flux", "flux")
    spans = tuple(SpanMark(at, at + 1.0, "masked", "bad", "bad pixels" if at < 20 else "") for at in (10.0, 50.0))
    names = tuple(LineLabelMark(at, 0.0, at, f"Fe I {at:.0f}") for at in np.linspace(5.0, 95.0, 40))
    return replace(Panel((curve, *spans, *names), "x", "y", (1.0, 100.0), (0.0, 100.0)), **changes)  # type: ignore[arg-type]


def labels(one: Panel) -> list[LineLabelMark]:
    return [mark for mark in one.marks if isinstance(mark, LineLabelMark)]


def spans(one: Panel) -> list[SpanMark]:
    return [mark for mark in one.marks if isinstance(mark, SpanMark)]


def test_that_only_what_is_seen_is_drawn_and_its_legend_stays() -> None:
    (seen,) = on_paper(Scene((panel(),), "", ""), 7.0, seen=[((40.0, 60.0), (20.0, 80.0))]).panels
    assert (seen.x_limits, seen.y_limits) == ((40.0, 60.0), (20.0, 80.0))
    assert all(40.0 <= name.x <= 60.0 for name in labels(seen))
    assert [span.legend for span in spans(seen)] == ["bad pixels"]


def test_that_axes_keep_their_directions_and_logarithms() -> None:
    turned = panel(x_limits=(100.0, 1.0), y_limits=(100.0, 0.0), x_scale="log")
    (seen,) = on_paper(Scene((turned,), "", ""), 7.0, seen=[((0.5, 1.5), (10.0, 20.0))]).panels
    assert seen.x_limits == pytest.approx((10**1.5, 10**0.5))
    assert seen.y_limits == (20.0, 10.0)


@pytest.mark.parametrize("width_inch", [3.5, 7.0, 10.0])
def test_that_names_never_touch_and_stay_within_the_axes(width_inch: float) -> None:
    scene = on_paper(Scene((panel(),), "", ""), width_inch)
    placed = sorted(name.text_x for name in labels(scene.panels[0]))
    inch = (width_inch - 0.75) / 99.0
    assert min(np.diff(placed)) * inch > 5.5 / 72.0
    assert placed[0] >= 1.0
    assert placed[-1] <= 100.0
    assert all(name.foot < 0.93 for name in labels(scene.panels[0]))


@pytest.mark.parametrize("seen", [None, [((1.0, 100.0), (0.0, 100.0))]], ids=["everything", "what is seen"])
def test_that_flux_keeps_below_names_that_need_more_room(seen: list[Ranges] | None) -> None:
    low = on_paper(Scene((panel(),), "", ""), 3.5, 1.6, seen).panels[0]
    foot = labels(low)[0].foot
    assert foot < 0.7
    assert low.y_limits[1] * foot == pytest.approx(100.0 * 0.7)


def test_that_columns_too_narrow_to_be_read_stand_under_each_other() -> None:
    left, right = panel(title="B"), panel(title="R", y_label="")
    scene = Scene((left, right, replace(left, title="b"), replace(right, title="r")), "", "", columns=2)
    narrow, wide = on_paper(scene, 3.5), on_paper(scene, 7.0)
    assert [one.title for one in narrow.panels] == ["B", "b", "R", "r"]
    assert (narrow.columns, wide.columns) == (1, 2)
    assert {one.y_label for one in narrow.panels} == {"y"}


def test_that_a_long_title_is_broken_between_its_facts_and_stays_text(tmp_path: Path) -> None:
    title = "LAMOST J061206.83+244006.4   STAR A5   RV +39.0 ± 6.3 km/s (header)   saliency for Teff"
    scene = replace(on_paper(plot_scenes.spectrum_scene(), 3.5), title=title)
    save_figure(scene, tmp_path / "a.svg", 3.5, height_inch=natural_height(scene, 3.5))
    lines = re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "a.svg").read_text(encoding="utf-8"))
    assert "RV +39.0 ± 6.3 km/s (header)   saliency for Teff" in lines
    assert title not in lines
