"""Layers of the spectrum view: a table of pure functions from an arm to marks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from explained_star import EVERYTHING, FACTOR, H, attribution, dip, explained, measured, physics, star, view

import stellarview.scene.layers
from stellarview.domain.lines import air_to_vacuum
from stellarview.domain.spectrum import RadialVelocity
from stellarview.measurement.edits import with_edits
from stellarview.scene.layers import LAYERS
from stellarview.scene.marks import BandMark, ColouredCurveMark, CurveMark, HeatStripMark, LineLabelMark, Mark, SpanMark
from stellarview.scene.shown import SpectrumChoices, SpectrumView
from stellarview.session.session import Display


def marks(layer: str, of: SpectrumView | None = None, arm: int = 0) -> list[Mark]:
    return LAYERS[layer].marks((of or view(occlusion=attribution("change without 20 A", "K"))).arms[arm])


def test_that_every_module_of_the_folder_stands_in_the_table() -> None:
    modules = {path.stem for path in Path(stellarview.scene.layers.__file__).parent.glob("*.py")} - {"__init__"}
    assert modules <= set(LAYERS)


def test_that_the_choices_begin_with_the_layers_that_are_on_at_first() -> None:
    first = {key for key, layer in LAYERS.items() if layer.is_default}
    assert set(SpectrumChoices().layers) == first
    assert set(Display().layers) == first


@pytest.mark.parametrize("key", LAYERS)
def test_that_a_layer_draws_what_there_is_and_nothing_of_what_is_not(key: str) -> None:
    assert [mark for arm in (0, 1) for mark in marks(key, arm=arm)] != [] or key in ("masked", "sky")
    for mark in marks(key, SpectrumView(star(None), choices=EVERYTHING)):
        assert isinstance(mark, CurveMark | BandMark | SpanMark)


@pytest.mark.parametrize("key", LAYERS)
def test_that_a_layer_has_words_for_its_menu(key: str) -> None:
    layer = LAYERS[key]
    assert layer.words[0].isupper()
    assert 3 < len(layer.words) < 30
    assert len(layer.tooltip) > 10


def test_that_a_map_colours_the_stars_own_pixels_where_the_network_saw_them() -> None:
    strip, curve = marks("cam")
    assert isinstance(strip, HeatStripMark)
    assert isinstance(curve, ColouredCurveMark)
    is_seen = (curve.x >= 5140.0) & (curve.x <= 5259.0)
    assert np.array_equal(np.isfinite(curve.values), is_seen)
    assert curve.values[is_seen] == pytest.approx(3.0 * dip(curve.x[is_seen]), abs=0.3)
    assert curve.legend == strip.legend == "CAM for Teff (K per network pixel)"


def test_that_a_pixel_that_was_bad_for_the_network_has_no_colour() -> None:
    _, curve = marks("cam", arm=1)
    assert isinstance(curve, ColouredCurveMark)
    assert np.isnan(curve.values[np.abs(curve.x - 6530.0) < 0.4]).all()


def test_that_a_new_velocity_moves_the_lines_but_not_the_map_on_the_pixels() -> None:
    before, after = view(), replace(view(), spectrum=star().with_velocity(RadialVelocity(-30.0, None, "user")))
    assert after.arms[0].x[0] != before.arms[0].x[0]
    assert np.array_equal(after.arms[0].colour_values, before.arms[0].colour_values, equal_nan=True)  # type: ignore[arg-type]


def test_that_the_flux_is_drawn_once_coloured_or_not() -> None:
    (curve,) = marks("flux")
    assert isinstance(curve, CurveMark)
    is_seen = (curve.x > 5141.0) & (curve.x < 5258.0)
    assert np.isnan(curve.y[is_seen]).all()
    assert np.isfinite(curve.y[(curve.x < 5140.0) | (curve.x > 5259.0)]).all()
    (plain,) = marks("flux", view(SpectrumChoices(layers=("flux",))))
    assert isinstance(plain, CurveMark)
    assert np.isfinite(plain.y).all()


def test_that_saliency_comes_with_the_scatter_of_the_members() -> None:
    band, curve = marks("saliency")
    assert isinstance(band, BandMark)
    assert isinstance(curve, CurveMark)
    assert np.nanmax(band.high - band.low) == pytest.approx(0.2 * np.nanmax(curve.y))


def test_that_physics_is_scaled_to_what_the_network_looked_at() -> None:
    (curve,) = marks("physics")
    _, network = marks("saliency")
    assert isinstance(curve, CurveMark)
    assert isinstance(network, CurveMark)
    assert curve.y == pytest.approx(network.y, nan_ok=True)
    assert curve.legend == "physics × 4 (correlation 0.71 ± 0.02 with the saliency)"


def test_that_physics_of_another_label_is_not_laid_over_this_one() -> None:
    other = replace(physics(), network=replace(attribution(), label_key="logg"))
    assert marks("physics", view(physics=other)) == []


@pytest.mark.parametrize(
    ("flux", "level", "legend"), [("normalised", 1.0, "another"), ("as observed", 100.0, "another × 2")]
)
def test_that_the_second_star_stands_at_rest_and_at_the_same_level(flux: str, level: float, legend: str) -> None:
    (curve,) = marks("ghost", view(replace(EVERYTHING, flux=flux)))  # type: ignore[arg-type]
    assert isinstance(curve, CurveMark)
    assert np.median(curve.y) == pytest.approx(level, rel=0.01)
    assert curve.x[np.argmin(curve.y)] == pytest.approx(5185.05, abs=0.5)
    assert curve.legend == legend


def test_that_a_change_is_hatched_over_its_line_whatever_the_axis() -> None:
    for choices, factor in ((EVERYTHING, 1.0), (replace(EVERYTHING, frame="observed"), FACTOR)):
        (span,) = marks("edits", view(choices))
        assert isinstance(span, SpanMark)
        assert (span.start, span.stop) == pytest.approx((5180.0 * factor, 5190.0 * factor))
        assert (span.text, span.is_hatched) == ("Mg b1 lines × 0.50", True)
    assert marks("edits", arm=1) == []


def test_that_the_atmosphere_stays_in_the_observed_frame() -> None:
    choices = replace(EVERYTHING, x_unit="nm")
    low, high = air_to_vacuum(np.array([6276.0, 6320.0])) / FACTOR / 10
    red = replace(view(choices).arms[1], x_limits=(600.0, 700.0))
    spans = [mark for mark in LAYERS["sky"].marks(red) if isinstance(mark, SpanMark)]
    assert (spans[0].start, spans[0].stop) == pytest.approx((low, high))
    assert (spans[0].text, spans[0].reason) == ("O₂ γ", "O₂ γ, Earth's atmosphere")


@pytest.mark.parametrize(
    ("changes", "texts"),
    [
        ({}, ["Mg b1 46%"]),
        ({"explained": None}, ["Mg b1"]),
        ({"choices": replace(EVERYTHING, elements=("Fe",))}, ["Fe I 5250"]),
    ],
)
def test_that_lines_are_named_by_choice_else_by_share_else_by_sight(
    changes: dict[str, object], texts: list[str]
) -> None:
    named = [mark.text for mark in marks("lines", view(**changes)) if isinstance(mark, LineLabelMark)]  # type: ignore[arg-type]
    assert named == texts


def test_that_a_closer_look_where_the_network_did_not_look_names_lines_by_sight() -> None:
    told = explained()
    blind = replace(told, lines=tuple(one for one in told.lines if one.line != H))
    red = [mark.text for mark in marks("lines", view(explained=blind), arm=1) if isinstance(mark, LineLabelMark)]
    assert red == ["H-alpha"]


def test_that_a_fit_lies_over_the_flux_that_it_was_made_of() -> None:
    (normalised,), (observed,) = marks("fits"), marks("fits", view(replace(EVERYTHING, flux="as observed")))
    assert isinstance(normalised, CurveMark)
    assert isinstance(observed, CurveMark)
    assert observed.y[0] == 90.0
    assert normalised.y[0] == pytest.approx(0.9)
    assert normalised.x[0] == pytest.approx(5180.0)
    assert marks("fits", arm=1) == []
    assert marks("fits", view(measured=(measured("83555758"),))) == []


def test_that_an_occlusion_map_has_gaps_where_no_window_was_seen() -> None:
    band, curve = marks("occlusion", arm=1)
    assert isinstance(band, BandMark)
    assert isinstance(curve, CurveMark)
    assert np.isnan(curve.y[10])
    assert np.isfinite(curve.y[11])


def test_that_the_flux_as_changed_is_drawn_where_it_is_another() -> None:
    stretch, curve = marks("edits", view(edited=with_edits(star(), view().edits)))
    assert isinstance(stretch, SpanMark)
    assert isinstance(curve, CurveMark)
    drawn = curve.x[np.isfinite(curve.y)]
    assert (drawn[0], drawn[-1]) == (pytest.approx(5180.0, abs=1.0), pytest.approx(5190.0, abs=1.0))
    assert np.nanmin(curve.y) > 0.6  # half as deep


def test_that_a_line_that_does_not_stand_out_has_a_name_but_no_share() -> None:
    told = explained()
    shares = tuple(replace(one, beaten_by=0.3) for one in told.lines)
    (mark,) = (
        one for one in marks("lines", view(explained=replace(told, lines=shares))) if isinstance(one, LineLabelMark)
    )
    assert (mark.text, mark.role) == ("Mg b1", "known")
