"""Measured lines are what they were made, within errors that are what they should be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spectra import observed
from synthetic_lines import CENTRE, LINE, star_with_line

from stellarview import workflow
from stellarview.domain.errors import StellarViewError
from stellarview.domain.line_measurement import ContinuumKind, LineMeasurement, Measured, Profile, line_row
from stellarview.domain.lines import Line, vacuum_to_air
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, RadialVelocity
from stellarview.measurement.line import measure_line

REGION = (5096.0, 5104.0)
FAR_BANDS = ((5070.0, 5080.0), (5120.0, 5130.0))


def pull(measured: Measured, truth: float) -> float:
    return (measured.value - truth) / measured.sigma


@given(width=st.floats(-1.0, 1.0), sigma=st.floats(0.2, 0.8), start=st.floats(5094.0, 5096.0))
def test_that_the_equivalent_width_of_a_line_without_noise_is_exact(width: float, sigma: float, start: float) -> None:
    found = measure_line(star_with_line(width, sigma, seed=None), start, 5104.5)
    assert found.equivalent_width_angstrom.value == pytest.approx(width, abs=2e-4)


@given(width=st.floats(0.05, 1.0), sigma=st.floats(0.3, 0.8), sign=st.sampled_from([1.0, -1.0]))
def test_that_a_gaussian_without_noise_is_fitted_exactly_in_absorption_and_emission(
    width: float, sigma: float, sign: float
) -> None:
    fit = measure_line(star_with_line(sign * width, sigma, seed=None, snr=100.0), *REGION, "gaussian", LINE).fit
    assert fit is not None
    assert fit.has_converged
    assert fit.equivalent_width_angstrom.value == pytest.approx(sign * width, rel=1e-3)
    assert fit.depth.value == pytest.approx(sign * width / sigma / np.sqrt(2 * np.pi), rel=1e-3)
    assert fit.fwhm_angstrom.value == pytest.approx(2.35482 * sigma, rel=1e-3)
    assert fit.shift_km_s is not None
    assert fit.shift_km_s.value == pytest.approx(0.0, abs=0.05)


def test_that_a_voigt_profile_without_noise_is_fitted_exactly() -> None:
    star = star_with_line(0.6, 0.4, 0.3, seed=None)
    fit = measure_line(star, 5094.0, 5106.0, "voigt", bands=((5050.0, 5053.0), (5147.0, 5150.0))).fit
    assert fit is not None
    assert fit.lorentzian_fwhm_angstrom is not None
    assert fit.lorentzian_fwhm_angstrom.value == pytest.approx(0.6, rel=0.01)
    assert fit.equivalent_width_angstrom.value == pytest.approx(0.6, rel=0.01)


@pytest.mark.parametrize(
    ("profile", "width", "gamma", "continuum"),
    [("gaussian", 0.5, 0.0, "local"), ("gaussian", -0.3, 0.0, "local"), ("voigt", 0.5, 0.1, "local")],
)
def test_that_errors_are_as_large_as_they_say(
    profile: Profile, width: float, gamma: float, continuum: ContinuumKind
) -> None:
    pulls: dict[str, list[float]] = {"whole": [], "width": [], "centre": [], "chi2": []}
    for seed in range(60):
        star = star_with_line(width, 0.5, gamma, seed=seed)
        found = measure_line(star, *REGION, profile, LINE, continuum=continuum, bands=FAR_BANDS)
        assert found.fit is not None
        inside = width * (1.0 - 2.0 * gamma / np.pi / 4.0)  # wings beyond the region
        pulls["whole"].append(pull(found.equivalent_width_angstrom, inside))
        pulls["width"].append(pull(found.fit.equivalent_width_angstrom, width))
        pulls["centre"].append(pull(found.fit.centre_angstrom, CENTRE))
        pulls["chi2"].append(found.fit.reduced_chi2)
    # Of 60 normal deviates the mean has an error of 0.13, the scatter one of 0.09.
    for name in ("whole", "width", "centre"):
        assert abs(np.mean(pulls[name])) < 0.45, name
        assert 0.7 < np.std(pulls[name]) < 1.3, name
    assert np.mean(pulls["chi2"]) == pytest.approx(1.0, abs=0.1)


def test_that_a_global_continuum_is_as_uncertain_as_it_is_wrong() -> None:
    pulls = []
    for seed in range(40):
        found = measure_line(star_with_line(0.5, seed=seed), *REGION, continuum="global")
        pulls.append(pull(found.equivalent_width_angstrom, 0.5))
    assert abs(np.mean(pulls)) < 1.2  # it rides high
    assert np.std(pulls) < 1.2


def test_that_both_parts_of_the_error_are_told() -> None:
    found = measure_line(star_with_line(0.5), *REGION)
    whole = np.hypot(found.sigma_noise_angstrom, found.sigma_continuum_angstrom)
    assert found.equivalent_width_angstrom.sigma == pytest.approx(whole)
    assert found.sigma_noise_angstrom == pytest.approx(0.1 * np.sqrt(80) / 50.0, rel=0.1)
    wide = measure_line(star_with_line(0.5), *REGION, bands=((5060.0, 5095.0), (5105.0, 5140.0)))
    assert wide.sigma_continuum_angstrom < 0.5 * found.sigma_continuum_angstrom


@pytest.mark.parametrize("bad", [slice(498, 503), slice(458, 464), slice(538, 542)], ids=["centre", "start", "stop"])
def test_that_bad_pixels_are_bridged_and_told(bad: slice) -> None:
    clean = measure_line(star_with_line(0.5, seed=None), *REGION, "gaussian")
    found = measure_line(star_with_line(0.5, seed=None, bad=bad), *REGION, "gaussian")
    n_bad = found.n_bad_pixels
    assert n_bad > 0
    assert f"{n_bad} of {found.n_pixels} pixels are bad: bridged" in found.flags
    assert found.equivalent_width_angstrom.value == pytest.approx(0.5, abs=0.03)
    assert found.fit is not None
    assert clean.fit is not None
    assert found.fit.equivalent_width_angstrom.value == pytest.approx(0.5, rel=1e-3)
    assert found.fit.equivalent_width_angstrom.sigma >= clean.fit.equivalent_width_angstrom.sigma


def test_that_noise_is_hardly_ever_called_a_line() -> None:
    found = [measure_line(star_with_line(0.0, seed=seed), *REGION, "gaussian") for seed in range(40)]
    said = sum("profile not significant: below 3 sigma" in one.flags for one in found)
    assert said >= 38
    assert sum("equivalent width not significant: below 3 sigma" in one.flags for one in found) >= 38


@pytest.mark.parametrize(
    ("star", "profile", "region", "flag"),
    [
        (star_with_line(0.5), "voigt", (5100.3, 5104.0), "the centre is at an edge of the region"),
        (star_with_line(0.5, seed=4), "voigt", REGION, "no Lorentzian wings: a Gaussian says the same"),
        (star_with_line(0.5, 0.02, 0.5, seed=None), "voigt", REGION, "a Lorentzian without Gaussian core"),
        (star_with_line(0.08, 0.02), "gaussian", REGION, "narrower than the pixels can tell"),
        (
            star_with_line(0.9, 0.3, 0.6, snr=500.0),
            "gaussian",
            REGION,
            "the profile does not fit: errors are too small",
        ),
        (star_with_line(0.5), "none", (5049.0, 5052.0), "the region reaches beyond the spectrum"),
    ],
)
def test_that_what_to_know_before_believing_is_told(star, profile, region, flag) -> None:  # type: ignore[no-untyped-def]
    bands = ((5052.0, 5060.0), (5060.0, 5070.0)) if region[0] < 5050.0 else FAR_BANDS
    assert any(words.startswith(flag) for words in measure_line(star, *region, profile, bands=bands).flags)


@pytest.mark.parametrize(("velocity", "medium"), [(0.0, "vacuum"), (120.0, "vacuum"), (-75.0, "air")])
def test_that_lines_are_measured_at_rest_whatever_the_velocity_and_the_medium(velocity: float, medium: str) -> None:
    star = star_with_line(0.5)
    x = star.arms[0].wavelength_angstrom * (1.0 + velocity / SPEED_OF_LIGHT_KM_S)
    moved = replace(
        star,
        arms=(replace(star.arms[0], wavelength_angstrom=vacuum_to_air(x) if medium == "air" else x),),
        frame="observed",
        medium=medium,  # type: ignore[arg-type]
        velocity=RadialVelocity(velocity, None, "user"),
    )
    here, there = (measure_line(one, *REGION, "gaussian", LINE) for one in (star, moved))
    assert there.equivalent_width_angstrom.value == pytest.approx(here.equivalent_width_angstrom.value, rel=1e-5)
    assert here.fit is not None
    assert there.fit is not None
    assert here.fit.shift_km_s is not None
    assert there.fit.shift_km_s is not None
    assert there.fit.velocity_km_s is not None
    assert there.fit.shift_km_s.value == pytest.approx(here.fit.shift_km_s.value, abs=0.02)
    assert there.fit.velocity_km_s.value == pytest.approx(velocity + here.fit.shift_km_s.value, abs=0.02)
    assert there.wavelength_angstrom_N[0] == pytest.approx(moved.arms[0].wavelength_angstrom[420], abs=0.3)
    nobodys = measure_line(replace(moved, velocity=None), *REGION)
    assert "no reliable radial velocity: wavelengths are taken as they are" in nobodys.flags


def test_that_the_drawn_profile_is_the_line_on_its_continuum() -> None:
    found = measure_line(star_with_line(0.5, seed=None), *REGION, "gaussian")
    x = found.wavelength_angstrom_N
    assert x[0] == pytest.approx(5092.0, abs=0.1)
    assert x[-1] == pytest.approx(5108.0, abs=0.1)
    assert np.allclose(found.continuum_flux_N, 1000.0 * (1.0 + 1e-3 * (x - CENTRE)), rtol=1e-4)
    assert found.profile_flux_N is not None
    share = 1.0 - found.profile_flux_N / found.continuum_flux_N
    assert np.trapezoid(share, x) == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ((5104.0, 5096.0), "cannot be measured"),
        ((np.nan, 5096.0), "cannot be measured"),
        ((8000.0, 8010.0), "no continuum"),
        ((5050.0, 5060.0), "no continuum"),
        ((5100.0, 5100.3, "gaussian"), "too few good pixels"),
    ],
)
def test_that_what_cannot_be_measured_is_refused(asked: tuple[float, float], what: str) -> None:
    with pytest.raises(StellarViewError, match=what):
        measure_line(star_with_line(0.5), *asked)


@settings(max_examples=60)
@given(
    start=st.floats(4880.0, 6950.0),
    width=st.floats(0.01, 300.0),
    profile=st.sampled_from(["none", "gaussian", "voigt"]),
    continuum=st.sampled_from(["local", "global"]),
    n_bad=st.integers(0, 20_000),
    scale=st.sampled_from([1e-17, 1.0, 1e12]),
)
def test_that_any_region_of_any_spectrum_is_measured_or_refused_in_words(
    *, start: float, width: float, profile: Profile, continuum: ContinuumKind, n_bad: int, scale: float
) -> None:
    star = observed(velocity=50.0, n_bad=n_bad)
    arms = [replace(arm, flux=arm.flux * scale, ivar=arm.ivar / scale**2) for arm in star.arms]
    try:
        found = measure_line(replace(star, arms=tuple(arms)), start, start + width, profile, LINE, continuum=continuum)
    except StellarViewError:
        return
    row = line_row(found)
    assert row["ew_sigma"] > 0
    assert (row["profile"] == "none") == (row["centre"] is None)
    assert found.sentence


IRON = Line("Fe I", 6679.83, "Fe I 6680", "line", "NIST")


def test_that_lines_of_the_sun_are_as_wide_as_atlases_have_them(shared_data: Path) -> None:
    sun = workflow.with_velocity(workflow.open_spectrum(shared_data / "benchmark" / "med-benchmark-Sun.fits.gz"))
    iron: LineMeasurement = measure_line(sun, 6679.0, 6680.7, "gaussian", IRON)
    assert iron.fit is not None
    assert iron.fit.equivalent_width_angstrom.value == pytest.approx(0.125, abs=0.025)  # Moore et al. 1966
    assert iron.fit.velocity_km_s is not None
    assert abs(iron.fit.velocity_km_s.value) < 3.0
    assert 0.8 < measure_line(sun, 5183.5, 5186.7).equivalent_width_angstrom.value < 1.7  # Mg b1
    assert 2.5 < measure_line(sun, 6555.0, 6573.0, continuum="global").equivalent_width_angstrom.value < 4.2  # H alpha


def test_that_the_balmer_line_of_the_example_is_in_absorption(example_lrs: Path) -> None:
    dwarf = workflow.open_spectrum(example_lrs)
    found = measure_line(dwarf, 6545.0, 6585.0, "voigt", Line("H I", 6564.61, "H alpha", "line", "NIST"))
    assert found.fit is not None
    assert 1.0 < found.equivalent_width_angstrom.value < 5.0
    assert found.fit.velocity_km_s is not None
    assert found.fit.velocity_km_s.value == pytest.approx(36.0, abs=15.0)
