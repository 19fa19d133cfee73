"""The scenes of explanations and of averages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from spectra import arm, spectrum

from stellarview.domain.attribution import Attribution, rank_lines
from stellarview.domain.derivative_average import DerivativeAverage
from stellarview.domain.explained import Explained
from stellarview.domain.lines import Line
from stellarview.scene.explanation import build_average_scene, build_explanation_scene
from stellarview.scene.figure import save_figure
from stellarview.scene.marks import BandMark, ColouredCurveMark, CurveMark, LineLabelMark, Panel

WAVELENGTH = np.concatenate([5100.0 + np.arange(200.0), 6500.0 + np.arange(200.0)])
VALUES = np.exp(-0.5 * ((WAVELENGTH - 5185.0) / 2.0) ** 2) - 0.5 * np.exp(-0.5 * ((WAVELENGTH - 6564.6) / 4.0) ** 2)
ATTRIBUTION = Attribution(
    "saliency", "teff", "K per 1% of the continuum", VALUES, 0.1 * np.abs(VALUES), WAVELENGTH, np.ones(400, dtype=bool)
)
LINES = (Line("Mg I", 5185.05, "Mg b1", "line", "t"), Line("H I", 6564.6, "H-alpha", "line", "t"))
SHARES = tuple(rank_lines(ATTRIBUTION, LINES, 1800.0))


def explained(colour: Attribution | None = None) -> Explained:
    arms = [
        arm(name, 200, wavelength_angstrom=wavelength, flux=1.0 - 0.3 * np.abs(values))
        for name, wavelength, values in zip("BR", np.split(WAVELENGTH, 2), np.split(VALUES, 2), strict=True)
    ]
    return Explained(replace(spectrum(*arms), frame="rest"), ATTRIBUTION, SHARES, colour)


def marks(panel: Panel, kind: type) -> list[object]:
    return [mark for mark in panel.marks if isinstance(mark, kind)]


def test_that_each_arm_has_its_flux_over_its_attribution() -> None:
    scene = build_explanation_scene(explained(), "made")
    assert [panel.title for panel in scene.panels] == ["arm B", "", "arm R", ""]
    assert [bool(panel.x_label) for panel in scene.panels] == [False, True, False, True]
    assert all(panel.height < 1 for panel in scene.panels[1::2])
    assert scene.panels[1].y_label == "d(Teff)/d(flux)\n(K per 1% of the continuum)"
    assert {mark.text.split()[0] for mark in marks(scene.panels[0], LineLabelMark)} == {"Mg"}  # type: ignore[attr-defined]


def test_that_a_map_colours_the_flux_on_one_scale_for_all_arms() -> None:
    cam = replace(ATTRIBUTION, method="cam", unit="K")
    scene = build_explanation_scene(explained(cam), "made")
    coloured = [mark for panel in scene.panels for mark in marks(panel, ColouredCurveMark)]
    assert len(coloured) == 2
    assert {(mark.reach, mark.legend) for mark in coloured} == {  # type: ignore[attr-defined]
        (coloured[0].reach, "CAM for Teff (K per pixel)")  # type: ignore[attr-defined]
    }
    assert np.concatenate([mark.values for mark in coloured]) == pytest.approx(VALUES)  # type: ignore[attr-defined]


def test_that_ranges_of_temperature_lie_over_each_other_with_names_once() -> None:
    averages = [DerivativeAverage((low, low + 300.0), "labels", 7, ATTRIBUTION, SHARES) for low in (4000.0, 6000.0)]
    scene = build_average_scene(averages, "made")
    assert len(scene.panels) == 2
    curves = [mark for mark in marks(scene.panels[0], CurveMark) if mark.legend]  # type: ignore[attr-defined]
    assert [mark.legend for mark in curves] == ["4000-4300 K (7 spectra)", "6000-6300 K (7 spectra)"]  # type: ignore[attr-defined]
    assert len({mark.role for mark in curves}) == 2  # type: ignore[attr-defined]
    assert len(marks(scene.panels[0], BandMark)) == 2
    assert [mark.text for mark in marks(scene.panels[0], LineLabelMark)] == ["Mg b1"]  # type: ignore[attr-defined]
    assert "the set's labels" in scene.title


def test_that_the_coloured_figure_has_a_bar_with_its_unit(tmp_path: Path) -> None:
    out = tmp_path / "map.svg"
    save_figure(build_explanation_scene(explained(replace(ATTRIBUTION, method="cam", unit="K")), "made"), out)
    assert "CAM for Teff (K per pixel)" in out.read_text(encoding="utf-8")


def test_that_a_pixel_that_is_not_good_is_a_gap() -> None:
    good = np.ones(400, dtype=bool)
    good[50:60] = False
    scene = build_explanation_scene(replace(explained(), attribution=replace(ATTRIBUTION, is_good_L=good)), "made")
    (curve,) = [mark for mark in marks(scene.panels[1], CurveMark) if mark.legend]  # type: ignore[attr-defined]
    assert np.isnan(curve.y[50:60]).all()  # type: ignore[attr-defined]
    assert np.isfinite(curve.y[:50]).all()  # type: ignore[attr-defined]


def test_that_names_stand_over_their_lines_in_air_too() -> None:
    in_air = build_explanation_scene(replace(explained(), attribution=replace(ATTRIBUTION, medium="air")), "made")
    (name,) = marks(in_air.panels[0], LineLabelMark)
    assert name.x == pytest.approx(5185.05 - 1.44, abs=0.02)  # type: ignore[attr-defined]
