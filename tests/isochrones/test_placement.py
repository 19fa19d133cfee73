"""Ages and masses: the Sun's, those of stars drawn from a grid, and those that nobody can tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_isochrones import grid, isochrone

from stellarview.domain.isochrones import IsochroneGrid
from stellarview.domain.label_pdf import LabelPdf, gaussian_labels
from stellarview.domain.placement import Placement
from stellarview.io.isochrones.grid_file import EMBEDDED, load_grid
from stellarview.isochrones.cells import Cells, cells_of
from stellarview.isochrones.placement import place, place_all
from stellarview.isochrones.priors import Prior, chabrier

SIGMA = np.array([50.0, 0.05, 0.03])
CELLS = cells_of(grid(np.arange(8.0, 10.16, 0.05), np.arange(-1.0, 0.51, 0.25)), Prior())


def star(teff: float, logg: float, feh: float, sigma: np.ndarray = SIGMA) -> LabelPdf:
    return gaussian_labels(np.array([teff, logg, feh]), sigma)


def star_of(mass_msun: float) -> LabelPdf:
    """A star of 5 Gyr, as it would be seen without noise."""
    curve = isochrone(9.7, 0.0)
    at = int(np.argmin(np.abs(curve.mass_E - mass_msun)))
    return star(10.0 ** float(curve.log10_teff_E[at]), float(curve.logg_E[at]), 0.0)


def test_that_the_sun_is_as_old_and_massive_as_it_is() -> None:
    sun = place(cells_of(load_grid(EMBEDDED), Prior()), star(5772, 4.438, 0.0))
    assert sun.age_gyr.low < 4.57 < sun.age_gyr.high
    assert sun.mass_msun.median == pytest.approx(1.00, abs=0.05)
    assert sun.radius_rsun.median == pytest.approx(1.00, abs=0.05)
    assert sun.luminosity_lsun.median == pytest.approx(1.00, abs=0.1)
    assert sun.phases["main sequence"] > 0.99
    assert sun.is_on_grid
    # So near the zero-age main sequence, 0.05 dex in log g say little: the program must not pretend otherwise.
    assert not sun.is_age_constrained
    assert any("coarse grid" in note for note in sun.notes)


def drawn(count: int, seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Observed labels and true values: ages and [Fe/H] flat, masses by Chabrier, then chosen by what is seen."""
    random = np.random.default_rng(seed)
    columns: list[np.ndarray] = []
    for age_gyr, feh in zip(random.uniform(0.1, 13.8, 500), random.uniform(-1.0, 0.5, 500), strict=True):
        one = isochrone(9 + np.log10(age_gyr), feh)
        mass, logg, light = one.initial_mass_E, one.logg_E.astype(float), one.log10_luminosity_E.astype(float)
        teff = 10.0 ** one.log10_teff_E.astype(float)
        weight = chabrier(mass) * np.gradient(mass)
        radius = 10.0 ** (0.5 * (np.log10(mass) - logg + 4.43812))
        fixed = (np.full(mass.size, age_gyr), np.full(mass.size, feh))
        rows = np.stack([weight, teff, logg, fixed[1], fixed[0], mass, radius, 10.0**light])
        columns.append(rows[:, (teff > 4600) & (teff < 7400) & (logg < 4.7)])
    pool = np.concatenate(columns, axis=1)
    chosen = pool[:, random.choice(pool.shape[1], 6 * count, p=pool[0] / pool[0].sum())]
    seen = chosen[1:4].T + random.normal(size=(6 * count, 3)) * SIGMA
    kept = np.flatnonzero((seen[:, 0] > 4900) & (seen[:, 0] < 7000) & (seen[:, 1] < 4.4))[:count]
    names = ("age_gyr", "mass_msun", "radius_rsun", "luminosity_lsun")
    return seen[kept], {name: chosen[4 + n, kept] for n, name in enumerate(names)}


def test_that_stars_drawn_from_the_grid_are_found_again_with_honest_intervals() -> None:
    seen, true = drawn(400, seed=3)
    assert len(seen) == 400
    covariance = np.diag(SIGMA**2)[None]
    placed = list(place_all(CELLS, [LabelPdf(labels[None], covariance) for labels in seen]))
    for quantity, values in true.items():
        estimates = [getattr(one, quantity) for one in placed]
        inside = np.mean([one.low <= value <= one.high for one, value in zip(estimates, values, strict=True)])
        above = np.mean([one.median > value for one, value in zip(estimates, values, strict=True)])
        assert 0.60 <= inside <= 0.76, (quantity, inside)
        assert 0.42 <= above <= 0.58, (quantity, above)
    assert np.mean([one.is_on_grid for one in placed]) > 0.98


def test_that_an_unevolved_dwarf_has_no_age_but_a_mass() -> None:
    dwarf = place(CELLS, star_of(0.5))
    assert dwarf.is_on_grid
    assert not dwarf.is_age_constrained
    assert dwarf.age_bits < 0.3
    assert dwarf.age_gyr.high - dwarf.age_gyr.low > 6.0
    assert dwarf.mass_msun.high - dwarf.mass_msun.low < 0.1
    assert any("oldest age that is allowed (13.8 Gyr)" in note for note in dwarf.notes)


def test_that_a_star_at_the_turn_off_has_an_age() -> None:
    true = isochrone(9.7, 0.0)
    at = int(np.flatnonzero(true.eep_E == 450)[0])
    placed = place(CELLS, star(10.0 ** float(true.log10_teff_E[at]), float(true.logg_E[at]), 0.0))
    assert placed.is_age_constrained
    assert placed.age_gyr.low < 5.01 < placed.age_gyr.high


def test_that_a_giant_is_called_one() -> None:
    assert next(iter(place(CELLS, star(4600, 2.4, -0.2)).phases)) != "main sequence"


@pytest.mark.parametrize(
    ("labels", "finite"),
    [((5772, 4.44, 0.7), True), ((9000, 5.5, 0.0), False), ((4000, 5.3, 0.0), False), ((4000, 3.5, 0.0), False)],
)
def test_that_a_star_off_the_grid_is_said_to_be_off(labels: tuple[float, ...], finite: bool) -> None:
    placed = place(CELLS, star(*labels))
    assert not placed.is_on_grid
    assert not placed.is_age_constrained
    assert np.isfinite(placed.age_gyr.median) == finite


def reference(cells: Cells, labels: LabelPdf) -> tuple[float, float]:
    """Mean age and mass by brute force: every point of curves of 200 ages and 17 metallicities."""
    ages, total, sums = np.linspace(0.1, 13.8, 200), 0.0, np.zeros(2)
    sigma = labels.sigma_M3[0]
    for feh in labels.mean[2] + sigma[2] * np.linspace(-4, 4, 17):
        for age in ages:
            one = isochrone(9 + np.log10(age), float(feh))
            teff = 10.0 ** one.log10_teff_E.astype(float)
            z = ((teff - labels.mean[0]) / sigma[0]) ** 2 + ((one.logg_E - labels.mean[1]) / sigma[1]) ** 2
            z += ((feh - labels.mean[2]) / sigma[2]) ** 2
            weight = np.exp(-0.5 * z) * chabrier(one.initial_mass_E) * np.gradient(one.initial_mass_E)
            total += weight.sum()
            sums += [age * weight.sum(), (one.mass_E * weight).sum()]
    return float(sums[0] / total), float(sums[1] / total)


@pytest.mark.parametrize("labels", [(6000, 4.1, -0.1), (4800, 2.8, 0.0)])
def test_that_the_sum_over_near_nodes_is_the_integral(labels: tuple[float, ...]) -> None:
    pdf = star(*labels)
    age, mass = reference(CELLS, pdf)
    samples = place(CELLS, pdf, samples=20_000).samples
    assert np.mean(samples["age_gyr"]) == pytest.approx(age, rel=0.02)
    assert np.mean(samples["mass_msun"]) == pytest.approx(mass, rel=0.005)


def test_that_a_mixture_of_two_places_is_their_mixture() -> None:
    turn_off, giant = star(6000, 4.1, 0.0), star(4800, 2.8, 0.0)
    both = LabelPdf(
        np.concatenate([turn_off.mean_M3, giant.mean_M3]),
        np.concatenate([turn_off.covariance_M33, giant.covariance_M33]),
    )
    placed = place(CELLS, both)
    assert 0.0 < placed.phases["main sequence"] < 1.0
    assert placed.phases["subgiant or red giant"] > 0.0


def test_that_correlation_between_labels_counts() -> None:
    covariance = np.diag(np.array([120.0, 0.15, 0.05]) ** 2)
    ages = []
    for sign in (-1, 1):
        tied = covariance.copy()
        tied[0, 1] = tied[1, 0] = sign * 0.9 * 120.0 * 0.15
        ages.append(place(CELLS, LabelPdf(np.array([[6000.0, 4.1, 0.0]]), tied[None])).age_gyr)
    widths = [one.high - one.low for one in ages]
    assert max(widths) > 1.15 * min(widths)


def with_contracting_stars(cells: Cells) -> IsochroneGrid:
    """The same grid, said to be contracting before evolutionary point 300."""
    phase = np.where(cells.grid.eep_E < 300, -1, cells.grid.phase_AFE)
    return replace(cells.grid, phase_AFE=np.where(cells.grid.phase_AFE < -1, cells.grid.phase_AFE, phase))


def test_that_contracting_stars_are_left_out_unless_asked_for() -> None:
    young = with_contracting_stars(CELLS)
    dwarf = star_of(0.5)
    without = place(cells_of(young, Prior()), dwarf)
    asked = place(cells_of(young, Prior(with_pre_main_sequence=True)), dwarf)
    assert "pre-main sequence" not in without.phases
    assert asked.phases["pre-main sequence"] > 0.05


def test_that_the_prior_on_age_moves_a_star_that_has_none() -> None:
    flat = place(CELLS, star_of(0.5))
    log = place(cells_of(CELLS.grid, Prior(age="log")), star_of(0.5))
    assert log.age_gyr.median < 0.5 * flat.age_gyr.median


def test_that_sigmas_too_good_to_be_true_are_raised_and_that_it_is_said() -> None:
    placed = place(CELLS, star(5772, 4.3, 0.0, np.array([1.0, 0.001, 0.001])))
    assert any("20 K" in note for note in placed.notes)
    assert placed.age_gyr.high - placed.age_gyr.low > 0.3


def test_that_probabilities_are_whole_and_samples_agree_with_them() -> None:
    placed = place(CELLS, star(6000, 4.1, 0.0), samples=4000)
    assert placed.age_probability_B.sum() == pytest.approx(1.0)
    assert sum(placed.phases.values()) == pytest.approx(1.0)
    assert np.median(placed.samples["age_gyr"]) == pytest.approx(placed.age_gyr.median, rel=0.05)
    assert np.median(placed.samples["mass_msun"]) == pytest.approx(placed.mass_msun.median, rel=0.02)
    again = place(CELLS, star(6000, 4.1, 0.0), samples=4000)
    np.testing.assert_array_equal(placed.samples["age_gyr"], again.samples["age_gyr"])


def test_that_a_grid_of_one_age_tells_masses_alone() -> None:
    placed: Placement = place(cells_of(grid(np.array([9.7]), np.array([0.0])), Prior()), star(5800, 4.4, 0.0))
    assert placed.age_gyr.median == pytest.approx(5.01, abs=0.01)
    assert not placed.is_age_constrained
    assert any("one age" in note for note in placed.notes)
    assert 0.8 < placed.mass_msun.median < 1.2


@given(
    teff=st.floats(2500, 12000),
    logg=st.floats(-1, 6),
    feh=st.floats(-3, 1.5),
    sigmas=st.tuples(st.floats(0.1, 800), st.floats(0.001, 1.0), st.floats(0.001, 1.0)),
    apart=st.floats(0, 3),
)
@settings(max_examples=60)
def test_that_any_star_is_placed_or_said_to_be_off(
    teff: float, logg: float, feh: float, sigmas: tuple[float, float, float], apart: float
) -> None:
    one = star(teff, logg, feh, np.array(sigmas))
    means = np.stack([one.mean, one.mean + apart * np.array(sigmas)])
    two = LabelPdf(means, np.repeat(one.covariance_M33, 2, axis=0))
    placed = place(CELLS, two)
    assert placed.is_on_grid == (placed.distance_sigmas <= 3.0)
    for estimate in (placed.age_gyr, placed.mass_msun, placed.radius_rsun, placed.luminosity_lsun):
        known = np.isfinite([estimate.low, estimate.median, estimate.high])
        assert known.all() or not known.any()
        assert not known.all() or 0 < estimate.low <= estimate.median <= estimate.high
    assert known.all() or not placed.is_on_grid
    assert placed.age_bits > -1e-6


@pytest.mark.parametrize(("feh", "is_told"), [(-0.3, True), (0.25, True), (0.05, False)])
def test_that_a_grid_of_one_metallicity_is_blamed_for_what_it_lacks(feh: float, is_told: bool) -> None:
    placed = place(cells_of(load_grid(EMBEDDED), Prior()), gaussian_labels(np.array([5772, 4.44, feh]), SIGMA))
    assert bool(placed.shortfall) == is_told
    (verdict,) = placed.verdicts
    if is_told:
        assert verdict.startswith("NOT PLACED: the isochrones embedded are of [Fe/H] +0.00 alone, and the star has ")
        assert "stellarview isochrones fetch" in verdict
    else:
        assert verdict.startswith("AGE UNCONSTRAINED")


def test_that_a_star_that_is_placed_has_no_shortfall_though_its_metallicity_is_not_quite_that_of_the_grid() -> None:
    labels = gaussian_labels(np.array([5700, 4.3, -0.085]), np.array([80, 0.1, 0.032]))
    placed = place(cells_of(load_grid(EMBEDDED), Prior()), labels)
    assert placed.is_on_grid
    assert placed.shortfall == ""


def test_that_a_star_off_in_gravity_is_no_fault_of_the_grid_s_metallicity() -> None:
    placed = place(cells_of(load_grid(EMBEDDED), Prior()), gaussian_labels(np.array([9000, 5.5, 0.0]), SIGMA))
    assert placed.verdicts[0].startswith("OFF THE GRID")
