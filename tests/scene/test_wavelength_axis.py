"""The axis of the spectrum view: there and back in every unit, medium and frame."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from explained_star import star
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.lines import vacuum_to_air
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Frame, Medium, RadialVelocity
from stellarview.scene.wavelength_axis import WavelengthAxis, XUnit, axis_of

AXES = st.builds(
    WavelengthAxis,
    st.sampled_from(get_args(XUnit)),
    st.sampled_from(get_args(Medium)),
    st.sampled_from(get_args(Frame)),
    st.floats(-600, 600).map(lambda km_s: 1.0 + km_s / SPEED_OF_LIGHT_KM_S),
)
MEDIA, FRAMES = st.sampled_from(get_args(Medium)), st.sampled_from(get_args(Frame))
WAVELENGTHS = st.lists(st.floats(3000.0, 10500.0), min_size=1, max_size=5).map(np.array)


@given(AXES, WAVELENGTHS, MEDIA, FRAMES)
def test_that_the_way_back_leads_to_the_same_wavelength(
    axis: WavelengthAxis, wavelength: np.ndarray, medium: Medium, frame: Frame
) -> None:
    there = axis.place(wavelength, medium, frame)
    assert axis.wavelength_angstrom(there, medium, frame) == pytest.approx(wavelength, abs=1e-6)


@given(AXES, WAVELENGTHS)
def test_that_a_wavelength_stands_where_physics_puts_it(axis: WavelengthAxis, wavelength: np.ndarray) -> None:
    vacuum = wavelength * (axis.star_factor if axis.frame == "observed" else 1.0)
    expected = vacuum if axis.medium == "vacuum" else vacuum_to_air(vacuum)
    assert axis.place(wavelength, "vacuum", "rest") / axis.per_angstrom == pytest.approx(expected, abs=1e-9)


@given(AXES, WAVELENGTHS)
def test_that_light_of_one_frame_and_medium_is_not_converted(axis: WavelengthAxis, wavelength: np.ndarray) -> None:
    there = axis.place(wavelength, axis.medium, axis.frame)
    assert there == pytest.approx(wavelength * axis.per_angstrom, abs=1e-12)


def test_that_the_axis_says_what_it_is() -> None:
    assert axis_of(star(), "nm", "air", "rest").label == "Rest wavelength in air (nm)"
    assert axis_of(star(), "angstrom", "vacuum", "observed").label == "Observed wavelength in vacuum (Å)"


@pytest.mark.parametrize("velocity", [None, RadialVelocity(50.0, 40.0, "cross-correlation", 1.2)])
def test_that_without_a_velocity_to_rely_on_nothing_is_shifted(velocity: RadialVelocity | None) -> None:
    axis = axis_of(replace(star(), velocity=velocity), "angstrom", "vacuum", "rest")
    assert (axis.frame, axis.star_factor) == ("observed", 1.0)
