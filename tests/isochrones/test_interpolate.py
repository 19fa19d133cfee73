"""Curves between curves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from synthetic_isochrones import grid, isochrone

from stellarview.domain.isochrones import COLUMNS, Isochrone, grid_of
from stellarview.io.isochrones.grid_file import EMBEDDED, load_grid
from stellarview.isochrones.interpolate import ages_to_show, blend, isochrone_at, isochrones_at, with_steps

FINE = grid(np.arange(9.0, 10.21, 0.05), np.array([-0.5, -0.25, 0.0, 0.25]))


def largest(made: Isochrone, true: Isochrone, column: str) -> float:
    _, mine, its = np.intersect1d(made.eep_E, true.eep_E, return_indices=True)
    return float(np.abs(getattr(made, f"{column}_E")[mine] - getattr(true, f"{column}_E")[its]).max())


@pytest.mark.parametrize(("age", "feh"), [(9.5, 0.0), (9.0, -0.5), (10.2, 0.25)])
def test_that_a_curve_of_the_grid_comes_back_itself(age: float, feh: float) -> None:
    answer = isochrone_at(FINE, age, feh)
    assert answer.note == ""
    for column in COLUMNS:
        assert largest(answer.curves[0], isochrone(age, feh), column) < 1e-6


@pytest.mark.parametrize(("age", "feh"), [(9.525, 0.0), (9.525, -0.125), (10.071, 0.2), (9.3, -0.4)])
def test_that_a_curve_between_curves_is_near_the_true_one(age: float, feh: float) -> None:
    (curve,) = isochrone_at(FINE, age, feh).curves
    true = isochrone(age, feh)
    assert largest(curve, true, "log10_teff") < 3e-4
    assert largest(curve, true, "logg") < 1e-3
    assert largest(curve, true, "initial_mass") < 5e-3
    _, mine, its = np.intersect1d(curve.eep_E, true.eep_E, return_indices=True)
    np.testing.assert_array_equal(curve.phase_E[mine], true.phase_E[its])


def test_that_one_age_left_out_of_the_real_ones_is_made_again(shared_data: Path) -> None:
    from stellarview.io.file_bytes import read_file_bytes
    from stellarview.io.isochrones.mist import parse_mist

    young, true, old = (
        parse_mist(read_file_bytes(path).data, path).curves[0]
        for path in (shared_data / "mist" / f"mist_feh+0.00_{age}gyr.iso.cmd.gz" for age in (1, 5, 10))
    )
    made = blend(young, old, np.log10(5.0))
    # Ten times the step of a full grid: a sketch, and docs/isochrones.md says how rough.
    assert largest(made, true, "log10_teff") < 0.14
    dwarfs = np.isin(true.eep_E, made.eep_E) & (true.phase_E == 0)
    its = true.log10_teff_E[dwarfs]
    mine = made.log10_teff_E[np.isin(made.eep_E, true.eep_E[dwarfs])]
    assert np.median(np.abs(mine - its)) < 0.01


def test_that_masses_are_blended_at_the_same_evolutionary_point_and_never_phases() -> None:
    one, other = isochrone(9.5, 0.0), isochrone(9.6, 0.0)
    middle = blend(one, other, 0.25)
    assert set(np.unique(middle.phase_E)) == {0, 2, 3}
    point = int(np.flatnonzero(middle.eep_E == 454)[0])
    masses = [float(c.initial_mass_E[c.eep_E == 454][0]) for c in (one, other)]
    assert middle.initial_mass_E[point] == pytest.approx(0.75 * masses[0] + 0.25 * masses[1])


def test_that_the_nearest_curves_are_given_where_nothing_can_be_interpolated_and_that_it_is_said() -> None:
    answer = isochrone_at(load_grid(EMBEDDED), 9.5, -1.0)
    assert len(answer.curves) == 2
    assert "no curves around 3.16 Gyr, [Fe/H] -1.00" in answer.note
    assert all(curve.name in answer.note for curve in answer.curves)


@pytest.mark.parametrize(("age_gyr", "feh", "words"), [(3.0, 0.0, "ages 0.70 dex"), (7.0, 0.25, "[Fe/H] 0.50 dex")])
def test_that_a_wide_blend_is_called_a_sketch(age_gyr: float, feh: float, words: str) -> None:
    answer = isochrone_at(load_grid(EMBEDDED), 9 + np.log10(age_gyr), feh)
    assert len(answer.curves) == 1
    assert answer.note.startswith("A sketch")
    assert words in answer.note


def test_that_the_seven_gyr_curves_are_found_though_they_have_no_masses() -> None:
    answer = isochrones_at(load_grid(EMBEDDED), [7.0], -0.5)
    assert (len(answer.curves), answer.note) == (1, "")
    assert np.isnan(answer.curves[0].mass_E).all()


def test_that_a_diagram_shows_the_ages_that_a_poor_grid_has() -> None:
    embedded = load_grid(EMBEDDED)
    assert ages_to_show(embedded, 0.0) == pytest.approx((1, 5, 7, 10), rel=1e-5)
    assert ages_to_show(embedded, -0.3) == pytest.approx((7,), rel=1e-5)
    assert len(ages_to_show(embedded, 3.0)) == 5
    assert ages_to_show(FINE, 0.0)[0] == 1.0


def test_that_a_coarse_grid_gets_steps_and_keeps_its_own_ages() -> None:
    coarse = grid(np.array([9.0, 9.7, 10.0]), np.array([0.0]))
    fine = with_steps(coarse, 0.05)
    assert np.diff(fine.log10_age_yr_A).max() <= 0.05 + 1e-9
    for column in COLUMNS:
        kept = np.isin(fine.log10_age_yr_A, coarse.log10_age_yr_A)
        np.testing.assert_array_equal(getattr(fine, f"{column}_AFE")[kept], getattr(coarse, f"{column}_AFE"))


def test_that_a_fine_grid_is_left_alone() -> None:
    assert with_steps(FINE, 0.06) is FINE


def test_that_curves_without_masses_place_nobody() -> None:
    placeable = with_steps(load_grid(EMBEDDED), 0.05)
    assert placeable.feh_F.tolist() == [0.0]
    assert placeable.has_masses_AF.all()


def test_that_a_single_curve_is_a_grid_too() -> None:
    one = grid_of("one", "", [isochrone(9.5, 0.0)])
    assert with_steps(one, 0.05).shape == one.shape
    assert isochrone_at(one, 9.5, 0.0).note == ""
    assert "no curves" in isochrone_at(one, 9.6, 0.0).note
