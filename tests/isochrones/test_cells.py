"""Only near models are visited, and none that is near is missed."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_isochrones import grid

from stellarview.isochrones.cells import Cells, cells_of
from stellarview.isochrones.priors import Prior

GRID = grid(np.arange(9.0, 10.21, 0.05), np.array([-0.5, 0.0, 0.25]))
CELLS = cells_of(GRID, Prior())


@pytest.mark.parametrize("teff", [4500.0, 5800.0, 6500.0])
@pytest.mark.parametrize("logg", [2.5, 4.2, 4.6])
def test_that_the_boxes_find_what_a_look_at_every_cell_finds(teff: float, logg: float) -> None:
    low, high = np.array([np.log10(teff - 100), logg - 0.1]), np.array([np.log10(teff + 100), logg + 0.1])
    for j in (0, 1):
        found = set(zip(*(values.tolist() for values in CELLS.near(j, low, high)), strict=True))
        expected = set()
        for i in range(GRID.shape[0] - 1):
            corners = [(a, f) for a in (i, i + 1) for f in (j, j + 1)]
            teffs = np.array([GRID.log10_teff_AFE[c] for c in corners])
            loggs = np.array([GRID.logg_AFE[c] for c in corners])
            near = (teffs.min(axis=0) <= high[0]) & (teffs.max(axis=0) >= low[0])
            near &= (loggs.min(axis=0) <= high[1]) & (loggs.max(axis=0) >= low[1])
            expected |= {(i, int(e)) for e in np.flatnonzero(near & np.isfinite(teffs).all(axis=0))}
        assert found == expected


def test_that_the_weights_along_a_curve_are_the_integral_over_mass() -> None:
    cells = Cells(GRID, Prior(imf="salpeter"))
    mass = GRID.initial_mass_AFE[3, 1]
    mass = mass[np.isfinite(mass)]
    integral = (mass[0] ** -1.35 - mass[-1] ** -1.35) / 1.35
    assert np.nansum(cells.weight_FAE[1, 3]) == pytest.approx(integral, rel=0.02)


def test_that_a_poor_grid_warns_and_a_good_one_does_not() -> None:
    assert cells_of(grid(np.arange(9.0, 10.21, 0.05), np.array([-0.25, 0.0])), Prior()).cautions == ()
    coarse = cells_of(grid(np.array([9.0, 9.7, 10.0]), np.array([0.0])), Prior()).cautions
    assert "3 ages up to 0.70 dex apart, 1 to 10 Gyr" in coarse[0]
    assert "one metallicity" in coarse[1]
