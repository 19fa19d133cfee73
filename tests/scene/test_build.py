"""Scenes of whole spectra."""

from __future__ import annotations

import numpy as np
from spectra import arm, spectrum

from stellarview.domain.spectrum import HeaderFacts, RadialVelocity
from stellarview.scene.build import build_spectrum_scene


def test_that_arms_stand_blue_above_red() -> None:
    red, blue = arm("R", wavelength_angstrom=6300.0 + np.arange(8)), arm("B")
    scene = build_spectrum_scene(spectrum(red, blue), (), "")
    assert [panel.title for panel in scene.panels] == ["arm B", "arm R"]


def test_that_a_long_arm_is_cut_into_panels_that_join() -> None:
    long = arm("LRS", n=400, wavelength_angstrom=np.linspace(3700, 9100, 400))
    first, second = build_spectrum_scene(spectrum(long), (), "").panels
    assert first.x_limits[1] == second.x_limits[0]


def test_that_axes_tell_frame_and_medium() -> None:
    assert build_spectrum_scene(spectrum(), (), "").panels[0].x_label == "Observed wavelength in vacuum (Å)"
    moving = spectrum(velocity=RadialVelocity(1.0, None, "user"), medium="air")
    assert build_spectrum_scene(moving, (), "").panels[0].x_label == "Rest wavelength in air (Å)"


def test_that_the_title_tells_star_class_and_velocity_with_its_error() -> None:
    header = HeaderFacts(designation="LAMOST J0", object_class="STAR", subclass="G2")
    doubtful = RadialVelocity(12.0, 40.0, "cross-correlation", 1.2)
    title = build_spectrum_scene(spectrum(header=header, velocity=doubtful), (), "").title
    assert title == "LAMOST J0   STAR G2   RV +12.0 ± 40.0 km/s (cross-correlation, unreliable)"


def test_that_a_spike_in_a_bad_pixel_does_not_set_the_scale() -> None:
    flux, mask = np.linspace(1, 2, 8), np.zeros(8, dtype=np.uint16)
    flux[3], mask[3] = 1e6, 16
    assert build_spectrum_scene(spectrum(arm(flux=flux, mask=mask)), (), "").panels[0].y_limits[1] < 3


def test_that_a_spectrum_of_bad_pixels_still_has_axes() -> None:
    low, high = build_spectrum_scene(spectrum(arm(mask=np.ones(8))), (), "").panels[0].y_limits
    assert np.isfinite([low, high]).all()
    assert low < high
