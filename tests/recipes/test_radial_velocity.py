"""Radial velocities: precedence, and our own cross-correlation judged on spectra whose velocity is known."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from spectra import arm, spectrum
from synthetic_mrs import degraded

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, HeaderFacts, RadialVelocity
from stellarview.domain.stack import ArmStack, Stack, stack_spectra
from stellarview.io.spectra import read_spectra, read_spectrum
from stellarview.io.velocity_templates import velocity_templates
from stellarview.recipes.mask_bad_pixels import MaskBadPixels
from stellarview.recipes.radial_velocity import VelocityFit, measure_velocity, stated_velocity


def robust_scatter(values: np.ndarray) -> float:
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def made_of_templates(kind: str, snr: float, count: int, reach_km_s: float, seed: int = 0) -> Stack:
    """Spectra between two templates each (so that none fits exactly), moved, tilted, with noise."""
    rng = np.random.default_rng(seed)
    templates = velocity_templates("MRS" if kind == "MRS" else "LRS")
    first, mix = rng.integers(0, 8, count), rng.uniform(0.2, 0.8, count)
    velocity = rng.uniform(-reach_km_s, reach_km_s, count)
    arms = []
    for name, source in templates.arms.items():
        step = 1e-5 if kind == "MRS" else 1e-4
        grid = np.arange(source.log10_wavelength[0] + 1.1e-3, source.log10_wavelength[-1] - 1.1e-3, step)
        flux = np.empty((count, grid.size))
        for row in range(count):
            blend = (1 - mix[row]) * source.flux_TM[first[row]] + mix[row] * source.flux_TM[first[row] + 1]
            moved = grid - np.log10(1 + velocity[row] / SPEED_OF_LIGHT_KM_S)
            flux[row] = 500 * np.interp(moved, source.log10_wavelength, blend)
        flux *= 1 + rng.uniform(-0.3, 0.3, (count, 1)) * np.linspace(-1, 1, grid.size)
        sigma = flux / snr
        flux = flux + sigma * rng.standard_normal(flux.shape)
        shape, resolution = flux.shape, 7500.0 if kind == "MRS" else 1800.0
        arms.append(
            ArmStack(
                name, np.broadcast_to(10**grid, shape), flux, sigma**-2.0, np.zeros(shape, dtype=np.uint16),
                np.full(count, grid.size), np.full(count, resolution),
            )
        )  # fmt: skip
    return Stack(tuple(arms), "vacuum", "observed", velocity)


_HEADER = HeaderFacts(redshift=1e-4, redshift_sigma=1e-5)
_CATALOGUE = RadialVelocity(33.0, 1.0, "catalogue")


@pytest.mark.parametrize(
    ("user", "catalogue", "header", "source", "value"),
    [
        (-12.0, _CATALOGUE, _HEADER, "user", -12.0),
        (0.0, _CATALOGUE, _HEADER, "user", 0.0),
        (None, _CATALOGUE, _HEADER, "catalogue", 33.0),
        (None, None, _HEADER, "header", 29.9792458),
    ],
)
def test_that_the_users_value_counts_before_the_catalogues_before_the_headers(
    user: float | None, catalogue: RadialVelocity | None, header: HeaderFacts, source: str, value: float
) -> None:
    velocity = stated_velocity(spectrum(header=header), user, catalogue)
    assert velocity is not None
    assert (velocity.source, velocity.value_km_s) == (source, pytest.approx(value))


@pytest.mark.parametrize(
    ("z", "sigma", "kind", "is_taken"),
    [
        (-0.00402, 4e-5, "STAR", False),
        (1e-4, 0.24, "STAR", False),
        (0.15, 1e-5, "GALAXY", True),
        (5.0, 5e-4, "QSO", True),
        (5.0, 5e-4, "STAR", False),
        (-1.0, None, "GALAXY", False),
        (0.002, None, None, True),
    ],
)
def test_that_a_header_redshift_that_no_star_has_is_not_believed(
    z: float, sigma: float | None, kind: str | None, is_taken: bool
) -> None:
    header = HeaderFacts(redshift=z, redshift_sigma=sigma, object_class=kind)
    assert (stated_velocity(spectrum(header=header)) is not None) == is_taken


@pytest.mark.parametrize("value", [np.nan, np.inf, -299792.458, 1e12])
def test_that_a_velocity_that_cannot_be_is_refused(value: float) -> None:
    with pytest.raises(StellarViewError, match="no radial velocity"):
        stated_velocity(spectrum(), value)


def test_that_a_star_beyond_the_range_gets_no_finite_error() -> None:
    for velocity in (-700.0, -640.0, 640.0, 800.0):
        stack = made_of_templates("LRS", 50, 12, 1.0)
        factor = 1 + velocity / SPEED_OF_LIGHT_KM_S
        beyond = stack.with_arms([replace(one, wavelength_BN=one.wavelength_BN * factor) for one in stack.arms])
        assert not np.isfinite(measure_velocity(beyond, velocity_templates("LRS")).sigma_km_s_B).any()


def test_that_an_absent_redshift_is_no_velocity() -> None:
    assert stated_velocity(spectrum()) is None


@pytest.mark.parametrize(
    ("kind", "snr", "bias_km_s", "scatter_km_s"),
    [("MRS", 20, 0.3, 1.0), ("MRS", 50, 0.2, 0.6), ("MRS", 100, 0.2, 0.6), ("LRS", 50, 2.0, 6.0)],
)
def test_that_known_velocities_are_recovered(kind: str, snr: float, bias_km_s: float, scatter_km_s: float) -> None:
    templates = velocity_templates("MRS" if kind == "MRS" else "LRS")
    stack = made_of_templates(kind, snr, 60, 550.0)
    found = measure_velocity(stack, templates).value_km_s_B + templates.survey_offset_km_s
    assert abs(np.median(found - stack.velocity_km_s_B)) < bias_km_s
    assert robust_scatter(found - stack.velocity_km_s_B) < scatter_km_s


def test_that_masked_pixels_and_cosmic_rays_do_not_move_the_velocity() -> None:
    stack = made_of_templates("MRS", 50, 20, 200.0)
    blue = stack.arms[0]
    flux, mask = np.array(blue.flux_BN), np.array(blue.mask_BN)
    flux[:, 800:900], mask[:, 800:900] = 1e7, 1
    flux[:, ::257] *= 8
    damaged = stack.with_arms([replace(blue, flux_BN=flux, mask_BN=mask), stack.arms[1]])
    found = measure_velocity(MaskBadPixels().apply(damaged), velocity_templates("MRS"))
    assert robust_scatter(found.value_km_s_B - stack.velocity_km_s_B) < 0.8


def test_that_one_arm_is_enough() -> None:
    stack = made_of_templates("MRS", 60, 20, 200.0)
    for one in stack.arms:
        found = measure_velocity(stack.with_arms([one]), velocity_templates("MRS"))
        assert robust_scatter(found.value_km_s_B - stack.velocity_km_s_B) < 2.0


def test_that_pure_noise_is_called_unreliable_and_stars_are_not() -> None:
    stars = made_of_templates("LRS", 15, 40, 300.0)
    noise = stars.with_arms(
        [replace(a, flux_BN=500 + np.random.default_rng(1).normal(0, 50, a.flux_BN.shape)) for a in stars.arms]
    )
    templates = velocity_templates("LRS")
    assert (measure_velocity(stars, templates).quality_B > RadialVelocity.RELIABLE_QUALITY).mean() > 0.95
    assert (measure_velocity(noise, templates).quality_B < RadialVelocity.RELIABLE_QUALITY).all()


def test_that_a_batch_and_single_spectra_give_the_same_velocity() -> None:
    stack = made_of_templates("MRS", 40, 5, 300.0)
    batch = measure_velocity(stack, velocity_templates("MRS"))
    for row in range(5):
        one = stack.with_arms([_row(arm_, row) for arm_ in stack.arms])
        alone = measure_velocity(replace(one, velocity_km_s_B=stack.velocity_km_s_B[[row]]), velocity_templates("MRS"))
        assert alone.row(0) == batch.row(row)


def _row(of: ArmStack, row: int) -> ArmStack:
    parts = {
        name: getattr(of, name)[[row]]
        for name in ("wavelength_BN", "flux_BN", "ivar_BN", "mask_BN", "n_pixels_B", "resolution_B")
    }
    return replace(of, **parts)


def test_that_air_or_rest_frame_spectra_are_refused() -> None:
    for wrong in (spectrum(medium="air"), spectrum(frame="rest")):
        with pytest.raises(StellarViewError, match="templates are in vacuum"):
            measure_velocity(stack_spectra([wrong]), velocity_templates("LRS"))


def test_that_a_spectrum_far_from_the_templates_gets_no_finite_error() -> None:
    infrared = spectrum(arm("foreign", wavelength_angstrom=30000.0 + np.arange(8)))
    assert not np.isfinite(measure_velocity(stack_spectra([infrared]), velocity_templates("LRS")).sigma_km_s_B[0])


@cache
def measured_lrs(folder: Path) -> tuple[VelocityFit, np.ndarray, np.ndarray]:
    """Fits, header velocities and S/N of a folder of real LRS files."""
    spectra = [read_spectrum(path) for path in sorted(folder.glob("*.fits.gz"))]
    fit = measure_velocity(MaskBadPixels().apply(stack_spectra(spectra)), velocity_templates("LRS"))
    header = np.array([(s.header.redshift or np.nan) * SPEED_OF_LIGHT_KM_S for s in spectra])
    return fit, header, np.array([s.header.snr.g or 0.0 for s in spectra])


def test_that_our_velocities_agree_with_the_surveys(shared_data: Path) -> None:
    fit, header, snr = measured_lrs(shared_data / "lamost_lrs")
    difference = (fit.value_km_s_B - header)[snr > 20]
    assert abs(np.median(difference)) < 5.0
    assert robust_scatter(difference) < 10.0


def test_that_galaxies_are_not_given_a_reliable_stellar_velocity(shared_data: Path) -> None:
    fit, header, _ = measured_lrs(shared_data / "lamost_lrs_other")
    galaxies = header > 10_000
    assert galaxies.sum() == 4
    assert (fit.quality_B[galaxies] < RadialVelocity.RELIABLE_QUALITY).all()


def test_that_the_real_mrs_star_has_its_published_velocity_in_every_exposure(shared_data: Path) -> None:
    spectra = read_spectra(shared_data / "lamost_mrs" / "med-58025-HIP9645901_sp02-051.fits.gz")
    for one in spectra:
        found = measure_velocity(MaskBadPixels().apply(stack_spectra([one])), velocity_templates("MRS")).row(0)
        assert found.value_km_s == pytest.approx(-20.7, abs=1.0)
        assert found.is_reliable


def test_that_benchmark_stars_are_at_rest(shared_data: Path) -> None:
    with (shared_data / "benchmark" / "stars.csv").open() as table:
        for row in csv.DictReader(table):
            one = read_spectrum(shared_data / "benchmark" / row["file"])
            found = measure_velocity(MaskBadPixels().apply(stack_spectra([one])), velocity_templates("MRS")).row(0)
            assert found.value_km_s == pytest.approx(0.0, abs=1.5)


@pytest.mark.parametrize(("snr", "scatter_km_s"), [(20, 1.5), (50, 1.0), (100, 1.0)])
def test_that_velocities_of_synthetic_mrs_stars_are_right_and_their_errors_honest(
    shared_data: Path, snr: float, scatter_km_s: float
) -> None:
    stack = degraded(shared_data / "train" / "mrs_synthetic.h5", snr, 200, seed=int(snr))
    fit = measure_velocity(stack, velocity_templates("MRS"))
    error = fit.value_km_s_B - stack.velocity_km_s_B
    assert abs(np.median(error)) < 0.2
    assert robust_scatter(error) < scatter_km_s
    assert 0.8 < robust_scatter(error / fit.sigma_km_s_B) < 1.25
