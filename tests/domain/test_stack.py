"""Spectra side by side."""

from __future__ import annotations

import numpy as np
import pytest
from spectra import arm, spectrum

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import MaskReason, RadialVelocity
from stellarview.domain.stack import stack_spectra, unstack


def test_that_spectra_of_different_length_come_back_as_they_went_in() -> None:
    spectra = [spectrum(arm(n=8)), spectrum(arm(n=5))]
    for before, after in zip(spectra, unstack(stack_spectra(spectra), spectra), strict=True):
        for name in ("wavelength_angstrom", "flux", "ivar", "mask"):
            assert np.array_equal(getattr(before.arms[0], name), getattr(after.arms[0], name))


def test_that_padding_is_masked_as_outside_and_wavelengths_go_on_rising() -> None:
    stack = stack_spectra([spectrum(arm(n=8)), spectrum(arm(n=5))])
    assert (stack.arms[0].mask_BN[1, 5:] == MaskReason.OUTSIDE).all()
    assert (np.diff(stack.arms[0].wavelength_BN) > 0).all()


def test_that_unknown_velocities_are_nan() -> None:
    stack = stack_spectra([spectrum(velocity=RadialVelocity(12.0, None, "user")), spectrum()])
    assert stack.velocity_km_s_B[0] == 12.0
    assert np.isnan(stack.velocity_km_s_B[1])


def test_that_air_and_vacuum_do_not_mix() -> None:
    with pytest.raises(StellarViewError, match="one stack"):
        stack_spectra([spectrum(), spectrum(medium="air")])
