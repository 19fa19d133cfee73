"""Overlays: a table of pure functions from a context to marks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from spectra import arm, spectrum

import stellarview.scene.overlays
from stellarview.domain.spectrum import MaskReason, RadialVelocity
from stellarview.scene.context import ArmContext
from stellarview.scene.marks import BandMark, CurveMark, SpanMark
from stellarview.scene.overlays import OVERLAYS


def context(velocity: float | None = None, **changes: np.ndarray) -> ArmContext:
    one = arm(**changes)
    rv = None if velocity is None else RadialVelocity(velocity, None, "user")
    return ArmContext(spectrum(one, velocity=rv), one, (), (0.0, 1e5))


def test_that_every_module_of_the_folder_stands_in_the_table() -> None:
    modules = {path.stem for path in Path(stellarview.scene.overlays.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(OVERLAYS) == modules


@pytest.mark.parametrize("name", OVERLAYS)
def test_that_an_overlay_changes_nothing_and_copes_with_an_empty_view(name: str) -> None:
    empty = ArmContext(spectrum(), arm(), (), (1.0, 2.0))
    for mark in OVERLAYS[name](empty):
        assert isinstance(mark, CurveMark | BandMark)
        assert mark.x.size == 0


def test_that_the_axis_is_at_rest_where_the_velocity_is_known() -> None:
    assert context().x[0] == 5000.0
    assert context(velocity=299.792458).x[0] == pytest.approx(5000.0 / 1.001)


def test_that_bad_pixels_become_spans_with_their_reasons() -> None:
    mask = np.array([0, 1, 16, 0, 0, 4, 2, 0])
    spans = [mark for mark in OVERLAYS["masked_pixels"](context(mask=mask)) if isinstance(mark, SpanMark)]
    assert [(span.start, span.stop) for span in spans] == [(5000.5, 5001.5), (5001.5, 5002.5), (5004.5, 5005.5)]
    reasons = (MaskReason.ANDMASK, MaskReason.COSMIC_RAY, MaskReason.NO_IVAR)
    assert [span.reason for span in spans] == [reason.words for reason in reasons]


def test_that_neighbours_with_a_reason_in_common_are_one_span() -> None:
    (span,) = OVERLAYS["masked_pixels"](context(mask=np.array([0, 0, 1, 17 + 2, 16, 0, 2, 0])))
    assert isinstance(span, SpanMark)
    assert (span.start, span.stop) == (5001.5, 5004.5)
    assert span.reason == (MaskReason.ANDMASK | MaskReason.COSMIC_RAY).words


def test_that_the_curve_breaks_only_where_nothing_was_recorded() -> None:
    (curve,) = OVERLAYS["flux"](context(mask=np.array([0, 256, 1, 8, 0, 0, 0, 0])))
    assert isinstance(curve, CurveMark)
    assert np.flatnonzero(np.isnan(curve.y)).tolist() == [1, 3]


def test_that_the_error_band_is_one_sigma_to_both_sides() -> None:
    (band,) = OVERLAYS["error_band"](context(ivar=np.array([4.0, 0, 4, 4, 4, 4, 4, 4])))
    assert isinstance(band, BandMark)
    assert band.high[0] - band.low[0] == pytest.approx(1.0)
    assert np.isnan(band.high[1])


def test_that_a_continuum_is_drawn_only_where_one_was_fitted() -> None:
    assert OVERLAYS["continuum"](context()) == []
    assert len(OVERLAYS["continuum"](context(continuum=np.ones(8)))) == 1


def test_that_the_continuum_does_not_cross_a_long_gap() -> None:
    mask = np.zeros(200, dtype=np.uint16)
    mask[20:25], mask[100:160] = 1, 256
    one = arm(n=200, mask=mask, continuum=np.ones(200))
    (curve,) = OVERLAYS["continuum"](ArmContext(spectrum(one), one, (), (0.0, 1e5)))
    assert isinstance(curve, CurveMark)
    assert np.flatnonzero(np.isnan(curve.y)).tolist() == list(range(100, 160))
