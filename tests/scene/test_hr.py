"""The HR diagram as marks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from synthetic_isochrones import grid

from stellarview.domain.label_pdf import LabelPdf, gaussian_labels
from stellarview.isochrones.cells import cells_of
from stellarview.isochrones.placement import place
from stellarview.isochrones.priors import Prior
from stellarview.scene.figure import save_figure
from stellarview.scene.hr import HrContext, HrStar, build_hr_scene
from stellarview.scene.marks import BandMark, ContourMark, CurveMark, DensityMark, PointsMark

GRID = grid(np.array([9.0, 9.7, 10.0]), np.array([-0.5, 0.0]))
LABELS = gaussian_labels(np.array([5900.0, 4.2, 0.0]), np.array([60.0, 0.08, 0.05]))
STAR = HrStar("a star", LABELS, place(cells_of(GRID, Prior()), LABELS, samples=500))
RANDOM = np.random.default_rng(0)


def test_that_hot_is_left_and_bright_is_up() -> None:
    kiel = build_hr_scene(HrContext(tuple(GRID.curves())), "", "").panels[0]
    assert kiel.x_limits[0] > kiel.x_limits[1]
    assert kiel.y_limits[0] > kiel.y_limits[1]
    hr = build_hr_scene(HrContext(tuple(GRID.curves()), vertical="luminosity"), "", "").panels[0]
    assert hr.x_limits[0] > hr.x_limits[1]
    assert hr.y_limits[0] < hr.y_limits[1]


@pytest.mark.parametrize(("colour_by", "ticks", "text"), [("age", 3, "Age (Gyr)"), ("feh", 2, "[Fe/H] (dex)")])
def test_that_curves_are_coloured_by_what_their_bar_says(colour_by: str, ticks: int, text: str) -> None:
    panel = build_hr_scene(HrContext(tuple(GRID.curves()), colour_by=colour_by), "", "").panels[0]  # type: ignore[arg-type]
    scale = panel.colour_scale
    assert scale is not None
    assert (scale.text, len(scale.ticks)) == (text, ticks)
    values = {mark.value for mark in panel.marks if isinstance(mark, CurveMark)}
    assert sorted(v for v in values if v is not None) == pytest.approx(scale.ticks, abs=1e-3)


def test_that_no_line_crosses_the_helium_flash() -> None:
    (curve, *_) = GRID.curves()
    mark = next(m for m in build_hr_scene(HrContext((curve,)), "", "").panels[0].marks if isinstance(m, CurveMark))
    assert np.isnan(mark.y).sum() == 25


@pytest.mark.parametrize("vertical", ["logg", "luminosity"])
def test_that_contours_hold_what_two_dimensional_sigmas_hold(vertical: str) -> None:
    scene = build_hr_scene(HrContext(tuple(GRID.curves()), (STAR,), vertical=vertical), "", "")  # type: ignore[arg-type]
    contour = next(mark for mark in scene.panels[0].marks if isinstance(mark, ContourMark))
    share = [contour.density_YX[contour.density_YX >= level].sum() for level in contour.levels]
    assert np.array(share) / contour.density_YX.sum() == pytest.approx([0.8647, 0.3935], abs=0.01)
    assert contour.levels[0] < contour.levels[1]


def test_that_a_star_outside_of_the_usual_frame_widens_it() -> None:
    hot = HrStar("hot", gaussian_labels(np.array([9800.0, 4.2, 0.0]), np.array([100.0, 0.08, 0.05])))
    assert build_hr_scene(HrContext((), (hot,)), "", "").panels[0].x_limits[0] > 9800


def test_that_labels_alone_draw_no_luminosity() -> None:
    bare = HrStar("bare", LABELS)
    marks = build_hr_scene(HrContext(tuple(GRID.curves()), (bare,), vertical="luminosity"), "", "").panels[0].marks
    assert not [mark for mark in marks if isinstance(mark, ContourMark)]


@pytest.mark.parametrize(("count", "kind"), [(100, PointsMark), (5000, DensityMark)])
def test_that_a_catalogue_is_points_and_a_large_one_is_density(count: int, kind: type) -> None:
    catalogue = (RANDOM.normal(5500, 400, count), RANDOM.normal(4.2, 0.3, count))
    marks = build_hr_scene(HrContext((), catalogue=catalogue), "", "").panels[0].marks
    assert [type(mark) for mark in marks] == [kind]


def test_that_the_age_stands_under_the_diagram_with_its_interval() -> None:
    scene = build_hr_scene(HrContext(tuple(GRID.curves()), (STAR,)), "", "")
    age = scene.panels[1]
    band = next(mark for mark in age.marks if isinstance(mark, BandMark))
    assert STAR.placement is not None
    assert (band.x.min(), band.x.max()) == pytest.approx((STAR.placement.age_gyr.low, STAR.placement.age_gyr.high))
    assert "Gyr" in age.title
    assert "M☉" in age.title


def test_that_a_star_off_the_grid_has_no_age_panel() -> None:
    labels = gaussian_labels(np.array([5900.0, 5.6, 0.0]), np.array([60.0, 0.08, 0.05]))
    off = HrStar("off", labels, place(cells_of(GRID, Prior()), labels))
    assert len(build_hr_scene(HrContext(tuple(GRID.curves()), (off,)), "", "").panels) == 1


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_that_the_diagram_is_drawn_with_every_kind_of_mark(tmp_path: Path, ending: str) -> None:
    catalogue = (RANDOM.normal(5500, 400, 4000), RANDOM.normal(4.2, 0.3, 4000))
    scene = build_hr_scene(HrContext(tuple(GRID.curves()), (STAR,), catalogue), "a title", "from tests")
    path = tmp_path / f"hr.{ending}"
    save_figure(scene, path, width_inch=6.5)
    assert path.stat().st_size > 10_000
    if ending == "svg":
        text = path.read_text(encoding="utf-8")
        assert "Effective temperature (K)" in text
        assert "Age (Gyr)" in text


def test_that_a_doubtful_star_whose_members_lie_far_apart_can_be_drawn(tmp_path: Path) -> None:
    means = np.array([[4000.0, 5.9, 0.0], [9000.0, 6.2, 0.0], [14000.0, 6.5, 0.0]])
    narrow = np.tile(np.diag([1.0, 1e-4, 1e-2]), (3, 1, 1))
    scene = build_hr_scene(HrContext((), (HrStar("odd", LabelPdf(means, narrow)),)), "", "")
    (contour,) = (mark for mark in scene.panels[0].marks if isinstance(mark, ContourMark))
    assert list(contour.levels) == sorted(set(contour.levels))
    save_figure(scene, tmp_path / "odd.png")


def test_that_a_chosen_curve_stands_out_and_is_named() -> None:
    curves = GRID.curves()
    panel = build_hr_scene(HrContext(tuple(curves[:2]), chosen=curves[-1]), "", "").panels[0]
    drawn = [mark for mark in panel.marks if isinstance(mark, CurveMark)]
    assert [(mark.weight, mark.legend) for mark in drawn] == [("plain", "")] * 2 + [("bold", curves[-1].name)]
    assert panel.colour_scale is not None
    assert panel.colour_scale.share(drawn[-1].value or 0.0) == pytest.approx(1.0, abs=1e-3)


def test_that_other_stars_are_one_mark_under_the_one_that_is_looked_at() -> None:
    others = (np.array([5000.0, 6000.0]), np.array([3.0, 4.0]))
    marks = build_hr_scene(HrContext(tuple(GRID.curves()), (STAR,), others=others), "", "").panels[0].marks
    points = [mark for mark in marks if isinstance(mark, PointsMark)]
    assert [mark.x.tolist() for mark in points] == [[5000.0, 6000.0], [5900.0]]


def test_that_ages_are_coloured_by_their_logarithm() -> None:
    scale = build_hr_scene(HrContext(tuple(GRID.curves())), "", "").panels[0].colour_scale
    assert scale is not None
    assert (scale.low, scale.high) == pytest.approx((1.0, 10.0))
    assert scale.share(10.0**0.5) == pytest.approx(0.5)
