"""To the rest frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spectra import spectrum

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, RadialVelocity
from stellarview.recipes.rest_frame import ToRestFrame


@given(st.floats(-600, 600))
def test_that_wavelengths_are_divided_by_one_plus_velocity_over_light(velocity: float) -> None:
    moving = spectrum(velocity=RadialVelocity(velocity, None, "user"))
    at_rest = ToRestFrame()(moving)
    factor = moving.arms[0].wavelength_angstrom / at_rest.arms[0].wavelength_angstrom
    assert factor == pytest.approx(1 + velocity / SPEED_OF_LIGHT_KM_S, abs=1e-12)
    assert at_rest.frame == "rest"
    assert np.array_equal(at_rest.arms[0].flux, moving.arms[0].flux)


def test_that_a_spectrum_is_not_shifted_twice() -> None:
    at_rest = ToRestFrame()(spectrum(velocity=RadialVelocity(50.0, None, "user")))
    with pytest.raises(StellarViewError, match="already"):
        ToRestFrame()(at_rest)


def test_that_an_unknown_velocity_is_no_zero() -> None:
    with pytest.raises(StellarViewError, match="not known"):
        ToRestFrame()(spectrum())
