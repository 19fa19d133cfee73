"""Stars made ready for the spectrum view."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stellarview.domain.spectrum import RadialVelocity
from stellarview.io.spectra import read_spectra
from stellarview.scene.inspect import build_inspect_scene
from stellarview.scene.layers import LAYERS
from stellarview.scene.shown import SpectrumChoices
from stellarview.spectrum_view import exposures_of, inspect_view
from stellarview.workflow import open_spectrum, with_velocity


def test_that_a_normalised_star_lies_about_one(example_lrs: Path) -> None:
    (arm,) = inspect_view(open_spectrum(example_lrs)).arms
    assert np.nanmedian(arm.arm.flux) == pytest.approx(1.0, abs=0.05)


def test_that_a_new_velocity_needs_no_new_continuum(example_lrs: Path) -> None:
    star = open_spectrum(example_lrs)
    moved = star.with_velocity(RadialVelocity(100.0, None, "user"))
    assert inspect_view(star).spectrum.arms[0] is inspect_view(moved).spectrum.arms[0]


def test_that_a_second_star_has_a_name_and_a_continuum(example_lrs: Path, example_mrs: Path) -> None:
    view = inspect_view(open_spectrum(example_mrs), ghost=open_spectrum(example_lrs))
    assert view.ghost_name == "synthetic G2 dwarf"
    assert view.ghost is not None
    assert view.ghost.arms[0].continuum is not None


def test_that_the_picker_tells_when_an_exposure_was_taken_and_how_good_it_is(example_mrs: Path) -> None:
    picker = exposures_of(read_spectra(example_mrs))
    assert picker[0] == ("coadd", "coadd, S/N B 60  R 95")
    assert picker[1] == ("80000000", "2010-12-25 05:20 UT (LMJM 80000000), S/N B 35  R 55")


def test_that_real_spectra_of_all_kinds_can_be_shown(shared_data: Path) -> None:
    everything = SpectrumChoices(layers=tuple(LAYERS), flux="as observed", smoothing_pixels=4, medium="air")
    for pattern in ("lamost_mrs/*", "lamost_lrs_other/*sp03-0[0-3]*", "lamost_lrs_old/*sp06*", "foreign/spec-0266*"):
        for path in sorted(shared_data.glob(pattern)):
            spectrum = read_spectra(path)[-1]
            ready = with_velocity(spectrum) if spectrum.header.redshift is not None else spectrum
            for choices in (SpectrumChoices(), everything):
                for panel in build_inspect_scene(inspect_view(ready, choices, ghost=ready)).panels:
                    assert np.isfinite([*panel.x_limits, *panel.y_limits]).all()
                    assert panel.y_limits[0] < panel.y_limits[1]
