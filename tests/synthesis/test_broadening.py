"""Rotation and the spectrograph: light is kept, lines get as wide as they should, ends are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.emulator_card import ArmGrid
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S
from stellarview.synthesis.broadening import LineSpread

ARMS = (ArmGrid("B", 5000.0, 0.1, 1000), ArmGrid("R", 6500.0, 0.1, 1000))
GRID = np.concatenate([arm.wavelength_angstrom for arm in ARMS])


def line(centre: float, fwhm: float, depth: float = 0.5) -> np.ndarray:
    return 1.0 - depth * np.exp(-4.0 * np.log(2.0) * ((GRID - centre) / fwhm) ** 2)


def width(flux: np.ndarray, wavelength: np.ndarray) -> float:
    depth = 1.0 - flux
    below = np.flatnonzero(depth > 0.5 * depth.max())
    return float(wavelength[below[-1]] - wavelength[below[0]])


@given(st.floats(3000, 15000), st.floats(0, 100))
def test_that_a_continuum_stays_one_and_a_line_keeps_its_equivalent_width(resolution: float, v_sini: float) -> None:
    spread = LineSpread(ARMS, 20000.0, resolution, v_sini)
    np.testing.assert_allclose(spread.apply(np.ones(GRID.size)), 1.0)
    before = line(5050.0, 0.26)
    assert (1 - spread.apply(before)).sum() == pytest.approx((1 - before).sum(), rel=2e-3)


def test_that_a_line_of_the_source_gets_the_width_of_the_target() -> None:
    fine = np.arange(5040.0, 5060.0, 0.01)
    blurred = LineSpread(ARMS, 20000.0, 7500.0, wavelength_angstrom_M=fine).apply(line(5050.0, 5050.0 / 20000.0))
    assert width(blurred, fine) == pytest.approx(5050.0 / 7500.0, rel=0.02)


def test_that_rotation_opens_a_line_to_twice_its_velocity() -> None:
    spread = LineSpread(ARMS, 20000.0, 15000.0, 80.0)
    rotated = spread.apply(line(5050.0, 0.26))
    touched = GRID[(1 - rotated) > 0.001]
    assert np.ptp(touched) == pytest.approx(2 * 80.0 / SPEED_OF_LIGHT_KM_S * 5050.0, rel=0.35)
    assert rotated.min() > LineSpread(ARMS, 20000.0, 15000.0, 0.0).apply(line(5050.0, 0.26)).min()


def test_that_a_shifted_grid_moves_the_line_and_columns_are_blurred_alike() -> None:
    moved = GRID / (1 + 30.0 / SPEED_OF_LIGHT_KM_S)
    both = np.stack([line(5050.0, 0.4), line(6550.0, 0.4)], axis=1)
    seen = LineSpread(ARMS, 20000.0, 7500.0, wavelength_angstrom_M=moved).apply(both)
    assert GRID[np.argmin(seen[:, 0])] == pytest.approx(5050.0 * (1 + 30.0 / SPEED_OF_LIGHT_KM_S), abs=0.06)
    assert GRID[np.argmin(seen[:, 1])] == pytest.approx(6550.0 * (1 + 30.0 / SPEED_OF_LIGHT_KM_S), abs=0.06)


def test_that_wavelengths_beyond_the_arms_are_told_apart() -> None:
    wanted = np.array([4990.0, 5010.0, 6000.0, 6510.0, 6700.0])
    spread = LineSpread(ARMS, 20000.0, 7500.0, wavelength_angstrom_M=wanted)
    assert spread.is_covered_M.tolist() == [False, True, False, True, False]
    assert spread.apply(np.full(GRID.size, 0.5)).tolist() == pytest.approx([1.0, 0.5, 1.0, 0.5, 1.0])


@pytest.mark.parametrize(("resolution", "v_sini"), [(19000.0, 0.0), (-1.0, 0.0), (7500.0, 400.0), (7500.0, -1.0)])
def test_that_what_cannot_be_made_is_refused(resolution: float, v_sini: float) -> None:
    with pytest.raises(StellarViewError, match="cannot be made"):
        LineSpread(ARMS, 20000.0, resolution, v_sini)
