"""The scene of the spectrum view."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from explained_star import EVERYTHING, attribution, physics, star, view
from spectra import arm

from stellarview.scene.figure import save_figure
from stellarview.scene.inspect import build_inspect_scene, build_overview, layout, names_between
from stellarview.scene.layers import LAYERS
from stellarview.scene.marks import CurveMark, LineLabelMark, Panel
from stellarview.scene.shown import SpectrumChoices, SpectrumView
from stellarview.spectrum_view import inspect_view
from stellarview.workflow import open_spectrum, with_velocity

ORDERS = tuple(arm(f"order {k}", wavelength_angstrom=4000.0 + 100 * k + np.arange(8)) for k in range(5))


def names(panel: Panel) -> list[LineLabelMark]:
    return [mark for mark in panel.marks if isinstance(mark, LineLabelMark)]


@pytest.fixture(scope="module")
def solar(example_lrs: Path) -> SpectrumView:
    return inspect_view(with_velocity(open_spectrum(example_lrs)))


def test_that_arms_stand_side_by_side_over_their_strips() -> None:
    scene = build_inspect_scene(view())
    assert scene.columns == 2
    assert [kind for _, kind in layout(view())] == ["flux", "flux", "strip", "strip"]
    assert [bool(panel.x_label) for panel in scene.panels] == [False, False, True, True]
    for above, below in zip(scene.panels[:2], scene.panels[2:], strict=True):
        assert above.x_limits == below.x_limits
    assert scene.panels[2].y_limits == scene.panels[3].y_limits


def test_that_one_arm_can_be_looked_at_alone() -> None:
    scene = build_inspect_scene(view(replace(EVERYTHING, arms=("R",))))
    assert (scene.columns, [panel.title for panel in scene.panels]) == (1, ["arm R", ""])


def test_that_many_arms_stand_one_below_the_other() -> None:
    scene = build_inspect_scene(SpectrumView(replace(star(None), arms=ORDERS)))
    assert (scene.columns, len(scene.panels)) == (1, 5)


def test_that_there_is_a_strip_only_for_what_is_or_will_be_explained() -> None:
    plain = view(explained=None, physics=None)
    assert len(build_inspect_scene(plain).panels) == 2
    assert [panel.title for panel in build_inspect_scene(replace(plain, is_waiting=True)).panels[2:]] == [
        "explanation on its way"
    ] * 2
    assert len(build_inspect_scene(view(replace(EVERYTHING, layers=("flux",)))).panels) == 2


def test_that_the_axes_say_how_the_flux_was_made() -> None:
    panels = build_inspect_scene(view(replace(EVERYTHING, smoothing_pixels=5))).panels
    assert panels[0].y_label == "Flux over continuum\nmean of 5 pixels"
    assert panels[1].y_label == panels[0].y_label  # its numbers are others
    assert build_inspect_scene(view(SpectrumChoices(flux="as observed"))).panels[0].y_label == "Flux (relative)"


def test_that_no_layer_draws_what_is_switched_off() -> None:
    scene = build_inspect_scene(view(SpectrumChoices(layers=())))
    assert [panel.marks for panel in scene.panels] == [(), ()]


def test_that_cores_and_continuum_are_within_the_axis_and_outliers_are_not() -> None:
    flux = np.array(star().arms[0].flux)
    core = float(flux.min())
    flux[[20, 21]] = 1e5
    mask = np.zeros(400, dtype=np.uint16)
    mask[[20, 21]] = 16
    spiked = replace(star(), arms=(replace(star().arms[0], flux=flux, mask=mask), star().arms[1]))
    low, high = build_inspect_scene(view(SpectrumChoices(flux="as observed"), spectrum=spiked)).panels[0].y_limits
    assert low < core < 100.0 < high < 200.0


def test_that_the_noise_of_a_dark_end_does_not_flatten_the_rest() -> None:
    blue, rng = star().arms[0], np.random.default_rng(0)
    flux, ivar = np.array(blue.flux), np.array(blue.ivar)
    flux[:60] += 4000.0 * rng.standard_normal(60)
    ivar[:60] = 4000.0**-2
    dark = replace(star(), arms=(replace(blue, flux=flux, ivar=ivar),))
    low, high = build_inspect_scene(view(spectrum=dark)).panels[0].y_limits
    assert -0.5 < low < high < 2.5


def test_that_names_do_not_overlap_and_a_closer_look_names_more(solar: SpectrumView) -> None:
    panel = build_inspect_scene(solar).panels[0]
    width = panel.x_limits[1] - panel.x_limits[0]
    assert len(names(panel)) > 10
    assert all(b.text_x - a.text_x >= 0.0199 * width for a, b in pairwise(names(panel)))
    closer = names_between(solar, 0, (5100.0, 5400.0))
    assert len(closer) > len([mark for mark in names(panel) if 5100 < mark.x < 5400])
    assert all(5100 < mark.x < 5400 and 5100 < mark.text_x < 5400 for mark in closer)
    assert {"Mg b1", "Mg b2"} <= {mark.text for mark in closer}


def test_that_a_strip_has_no_names() -> None:
    assert names_between(view(), 2, (5100.0, 5300.0)) == ()
    assert names_between(view(SpectrumChoices(layers=("flux",))), 0, (5100.0, 5300.0)) == ()


def test_that_an_overview_is_thin_but_keeps_every_extreme(solar: SpectrumView) -> None:
    (panel,) = build_overview(solar).panels
    (curve,) = panel.marks
    assert isinstance(curve, CurveMark)
    assert curve.x.size <= 2000 < solar.arms[0].x.size
    assert (np.diff(curve.x) >= 0).all()
    good = solar.arms[0].arm.flux[solar.arms[0].arm.is_good]
    assert (np.nanmin(curve.y), np.nanmax(curve.y)) == (good.min(), good.max())


def test_that_each_column_has_its_overview() -> None:
    overview = build_overview(view())
    assert overview.columns == 2
    assert [panel.x_limits for panel in overview.panels] == [arm.x_limits for arm in view().arms]


def test_that_arms_below_each_other_share_one_overview() -> None:
    (panel,) = build_overview(SpectrumView(replace(star(None), arms=ORDERS))).panels
    assert (len(panel.marks), panel.x_limits) == (5, (4000.0, 4407.0))


def test_that_everything_at_once_can_be_printed(tmp_path: Path) -> None:
    out = tmp_path / "all.svg"
    save_figure(build_inspect_scene(view()), out)
    text = out.read_text(encoding="utf-8")
    for words in ("Mg b1 lines × 0.50", "CAM for Teff (K per network pixel)", "another", "physics × 4"):
        assert words in text


@pytest.mark.parametrize("key", LAYERS)
def test_that_each_layer_can_be_shown_alone(key: str) -> None:
    for panel in build_inspect_scene(view(SpectrumChoices(layers=(key,)))).panels:
        assert panel.y_limits[0] < panel.y_limits[1]


def test_that_the_strip_holds_physics_too() -> None:
    told = physics()
    peaked = np.array(told.best.attribution.values_L)
    peaked[45] *= 30.0
    best = replace(told.best, attribution=replace(told.best.attribution, values_L=peaked))
    panel = build_inspect_scene(view(physics=replace(told, best=best))).panels[2]
    (curve,) = [mark for mark in panel.marks if isinstance(mark, CurveMark) and mark.legend.startswith("physics")]
    assert panel.y_limits[1] > np.nanmax(curve.y) > 1.1


def test_that_an_occlusion_map_is_a_strip_of_its_own_with_its_unit() -> None:
    panels = build_inspect_scene(view(occlusion=attribution("change without 20 A", "K"))).panels
    assert len(panels) == 6
    assert [panel.x_label for panel in panels[:4]] == [""] * 4
    assert panels[4].y_label == "change of\nTeff (K)"
    assert panels[4].y_limits[1] >= 1.0
    hidden = replace(EVERYTHING, layers=("flux", "saliency"))
    assert len(build_inspect_scene(view(hidden, occlusion=attribution())).panels) == 4
