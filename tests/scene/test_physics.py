"""The scenes of physics beside a network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from spectra import arm, spectrum

from stellarview.domain.attribution import Attribution, rank_lines
from stellarview.domain.explained import Bounded, PhysicsExplained, Reading
from stellarview.domain.lines import Line
from stellarview.scene.figure import save_figure
from stellarview.scene.marks import BandMark, CurveMark, LineLabelMark
from stellarview.scene.physics import agreement_text, build_agreement_scene, build_physics_scene

WAVELENGTH = np.concatenate([5100.0 + np.arange(200.0), 6500.0 + np.arange(200.0)])
LINES = (Line("Mg I", 5185.05, "Mg b1", "line", "t"), Line("H I", 6564.6, "H-alpha", "line", "t"))


def attribution(centre: float, key: str = "mgh", scatter: float = 0.0) -> Attribution:
    values = -np.exp(-0.5 * ((WAVELENGTH - centre) / 2.0) ** 2)
    good = np.ones(400, dtype=bool)
    return Attribution("x", key, "dex per 1% of the continuum", values, np.full(400, scatter), WAVELENGTH, good)


def explained(key: str = "mgh", correlation: float | None = 0.7, bound: float = 0.01) -> PhysicsExplained:
    arms = [arm(name, 200, wavelength_angstrom=part) for name, part in zip("BR", np.split(WAVELENGTH, 2), strict=True)]
    network, physics = attribution(6564.6, key, 0.1), attribution(5185.0, key)
    ranked = [tuple(rank_lines(one, LINES, 1800.0)) for one in (network, physics)]
    bounded = Bounded(bound, "mg_fe", bound, 0.13)
    star = replace(spectrum(*arms), frame="rest")
    reading = Reading(physics, ranked[1], correlation, 0.02)
    return PhysicsExplained(star, network, ranked[0], reading, reading, bounded)


def test_that_each_arm_has_flux_network_and_physics_over_one_axis_with_the_lines_of_each() -> None:
    scene = build_physics_scene(explained(), "made")
    assert len(scene.panels) == 6
    assert len({panel.x_limits for panel in scene.panels[:3]}) == 1
    assert [bool(panel.x_label) for panel in scene.panels] == [False, False, True] * 2
    names = [
        [mark.text.split()[0] for mark in panel.marks if isinstance(mark, LineLabelMark)] for panel in scene.panels
    ]
    assert names == [[], [], ["Mg"], [], ["H-alpha"], []]
    bands = [any(isinstance(mark, BandMark) for mark in panel.marks) for panel in scene.panels]
    assert bands == [False, True, False] * 2
    assert "correlation 0.70 ± 0.02" in scene.title


def test_that_a_label_without_a_line_says_so() -> None:
    assert agreement_text(explained(correlation=None).best) == "physics knows no line of it here"


def test_that_all_labels_have_a_bar_and_a_bound_that_stays_in_the_frame(tmp_path: Path) -> None:
    stars = [explained("mgh"), explained("sh", 0.1, 0.5), explained("kh", None, np.inf)]
    scene = build_agreement_scene(stars, "made")
    bars = [[mark for mark in panel.marks if isinstance(mark, BandMark)] for panel in scene.panels]
    assert [bar.high[0] for bar in bars[0]] == pytest.approx([0.7, 0.1])
    assert [bar.high[0] for bar in bars[1]] == pytest.approx([0.01 / 0.13, 2.0, 2.0])
    assert [bar.legend for bar in bars[1]] == ["measurable", "prior-dominated", ""]
    errors = [mark for mark in scene.panels[0].marks if isinstance(mark, CurveMark) and mark.role == "continuum"]
    assert [mark.y.tolist() for mark in errors] == [pytest.approx([0.68, 0.72]), pytest.approx([0.08, 0.12])]
    save_figure(scene, tmp_path / "all.svg")
    drawn = (tmp_path / "all.svg").read_text(encoding="utf-8")
    assert all(name in drawn for name in ("[Mg/H]", "[S/H]", "[K/H]", "prior-dominated"))


def test_that_a_bad_pixel_is_a_gap_in_all_three_curves() -> None:
    one = explained()
    good = np.ones(400, dtype=bool)
    good[50:60] = False
    mask = np.where(good[:200], 0, 1).astype(np.uint16)
    star = replace(one.normalised, arms=(replace(one.normalised.arms[0], mask=mask), one.normalised.arms[1]))
    spoiled = replace(
        one,
        normalised=star,
        network=replace(one.network, is_good_L=good),
        best=replace(one.best, attribution=replace(one.best.attribution, is_good_L=good)),
    )
    for panel in build_physics_scene(spoiled, "made").panels[:3]:
        curve = next(mark for mark in panel.marks if isinstance(mark, CurveMark) and mark.role != "zero")
        assert np.isnan(curve.y[50:60]).all()
