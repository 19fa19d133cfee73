"""Curves and grids."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_isochrones import grid, isochrone

from stellarview.domain.isochrones import COLUMNS, grid_of


def test_that_a_grid_gives_back_the_curves_that_it_was_made_of() -> None:
    curves = [isochrone(9.0, 0.0), isochrone(9.7, -0.5), isochrone(10.0, 0.0)]
    made = grid_of("three", "", curves)
    assert made.shape[:2] == (3, 2)
    assert made.has_curve_AF.sum() == 3
    for before, after in zip(curves, made.curves(), strict=True):
        assert (before.log10_age_yr, before.feh) == (after.log10_age_yr, after.feh)
        np.testing.assert_array_equal(before.eep_E, after.eep_E)
        np.testing.assert_array_equal(before.phase_E, after.phase_E)
        for column in COLUMNS:
            np.testing.assert_array_equal(getattr(before, f"{column}_E"), getattr(after, f"{column}_E"))


def test_that_a_grid_whose_arrays_do_not_fit_is_refused() -> None:
    made = grid(np.array([9.0, 9.5]), np.array([0.0]))
    arrays = {f"{column}_AFE": getattr(made, f"{column}_AFE") for column in COLUMNS}
    with pytest.raises(ValueError, match="shape"):
        type(made)("", "", made.log10_age_yr_A[:1], made.feh_F, made.eep_E, **arrays, phase_AFE=made.phase_AFE)


def test_that_a_curve_has_a_name_for_people() -> None:
    assert isochrone(9.69897, -0.5).name == "5 Gyr, [Fe/H] -0.50"
