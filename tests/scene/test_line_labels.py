"""Names of lines: the right ones, and never on top of each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stellarview.domain.lines import Line
from stellarview.io.line_list import read_lines
from stellarview.io.spectra import read_spectrum
from stellarview.scene.context import ArmContext
from stellarview.scene.marks import LineLabelMark
from stellarview.scene.overlays.line_labels import line_labels, spread
from stellarview.workflow import with_velocity


@settings(max_examples=400)
@given(st.lists(st.floats(5000, 5400), max_size=18), st.floats(1.0, 15.0))
def test_that_names_are_apart_in_order_and_inside(positions: list[float], spacing: float) -> None:
    places = spread(sorted(positions), spacing, (5000.0, 5400.0))
    assert len(places) == len(positions)
    assert all(b - a >= spacing * (1 - 1e-9) for a, b in pairwise(places))
    assert all(5000.0 <= place <= 5400.0 for place in places)


@given(st.lists(st.integers(0, 12), max_size=12, unique=True))
def test_that_names_with_room_stand_over_their_lines(slots: list[int]) -> None:
    positions = [5010.0 + 30.0 * slot for slot in sorted(slots)]
    assert spread(positions, 10.0, (5000.0, 5400.0)) == pytest.approx(positions)


def context(path: Path, limits: tuple[float, float], subclass: str = "G2") -> ArmContext:
    spectrum = with_velocity(read_spectrum(path))
    spectrum = replace(spectrum, header=replace(spectrum.header, subclass=subclass))
    return ArmContext(spectrum, spectrum.arms[0], read_lines(), limits)


def names(of: ArmContext) -> set[str]:
    return {mark.text for mark in line_labels(of) if isinstance(mark, LineLabelMark)}


def test_that_the_great_lines_of_a_solar_star_are_named(example_lrs: Path) -> None:
    assert {"Ca II K", "H-beta", "Mg b1"} <= names(context(example_lrs, (3700.0, 6400.0)))


def test_that_no_helium_is_named_in_a_cool_star(example_lrs: Path) -> None:
    assert not any(name.startswith("He ") for name in names(context(example_lrs, (3700.0, 6400.0))))


@pytest.mark.parametrize(
    ("subclass", "named"), [("G2", False), ("K1", False), ("M2", True), ("dM4", True), ("K7", True)]
)
def test_that_titanium_oxide_is_named_in_very_cool_stars_alone(example_lrs: Path, subclass: str, named: bool) -> None:
    of = context(example_lrs, (5000.0, 5400.0), subclass)
    band = Line("TiO", 5185.05, "TiO 5184", "band", "test")  # stands on Mg b1, so there is a dip to be named
    assert bool(names(replace(of, lines=(band,)))) == named


def test_that_a_dip_of_the_night_sky_is_not_named_as_a_stellar_line(example_lrs: Path) -> None:
    of = context(example_lrs, (6200.0, 6400.0))
    observed = 6302.0 / (1 + 36.0 / 299792.458)
    sky_line = Line("O I", observed, "[O I] 6300", "line", "test")
    flux = np.array(of.arm.flux)
    flux[np.abs(of.arm.wavelength_angstrom - 6302.0) < 2.5] *= 0.3
    dipped = replace(of, arm=replace(of.arm, flux=flux), lines=(sky_line,))
    assert names(dipped) == set()


def test_that_a_flat_spectrum_has_no_names(example_lrs: Path) -> None:
    of = context(example_lrs, (3700.0, 6400.0))
    assert names(replace(of, arm=replace(of.arm, flux=np.full(len(of.arm), 100.0)))) == set()
