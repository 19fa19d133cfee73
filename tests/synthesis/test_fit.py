"""Fits of spectra whose labels are known: toy stars, a star of the shipped emulator, and the observed Sun."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from spectra import spectrum as plain_spectrum
from tiny_emulator import toy_emulator

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Arm, RadialVelocity, Source, Spectrum
from stellarview.io.spectra import read_spectrum
from stellarview.synthesis.broadening import LineSpread
from stellarview.synthesis.emulator import Emulator, load_emulator
from stellarview.synthesis.fit import fit_spectrum
from stellarview.workflow import with_velocity

STAR = {"teff": 5300.0, "logg": 3.4, "feh": -0.3, "vmic": 1.4, "mg_fe": 0.25}


def observed(emulator: Emulator, labels: dict[str, float], snr: float, velocity: float, resolution: float) -> Spectrum:
    """Noise, a tilted continuum in counts, and a few hits of cosmic rays that nobody masked."""
    rng, arms = np.random.default_rng(5), []
    for grid in emulator.card.arms:
        wavelength = grid.wavelength_angstrom[20:-20]
        rest = wavelength / (1 + velocity / SPEED_OF_LIGHT_KM_S)
        spread = LineSpread(emulator.card.arms, emulator.card.resolution, resolution, wavelength_angstrom_M=rest)
        continuum = 800.0 * (1 + 0.2 * np.linspace(-1, 1, wavelength.size))
        flux = continuum * (spread.apply(emulator.flux(labels)) + rng.normal(0, 1 / snr, wavelength.size))
        flux[rng.integers(0, wavelength.size, 2)] += 700.0
        mask = np.zeros(wavelength.size, dtype=np.uint16)
        arms.append(Arm(grid.name, wavelength, flux, (snr / continuum) ** 2, mask, resolution=7500.0))
    velocity_guess = RadialVelocity(velocity + 3.0, 1.0, "user")
    return Spectrum(tuple(arms), "vacuum", "observed", Source("a", "a", "", "mrs"), velocity=velocity_guess)


def test_that_the_lines_of_a_toy_star_give_back_its_velocity_and_its_magnesium() -> None:
    fit = fit_spectrum(observed(toy_emulator(), STAR, 300.0, 20.0, 7500.0), toy_emulator(), start=STAR)
    assert fit.velocity_km_s == pytest.approx(20.0, abs=1.0)
    # Teff, [Fe/H] and microturbulence of five lines cannot be told apart; their common strength can.
    strength = fit.labels["mg_fe"] + fit.labels["feh"] - 2 * np.log10(fit.labels["teff"] / 5300.0) / 0.4
    assert strength == pytest.approx(-0.05, abs=0.25)
    assert all(rms < 0.01 for rms in fit.residual_rms.values())


def test_that_a_star_of_the_shipped_emulator_is_found_from_far_away() -> None:
    labels = {"teff": 4900.0, "logg": 2.8, "feh": -0.4, "mg_fe": 0.2}
    fit = fit_spectrum(observed(load_emulator(), labels, 150.0, -35.0, 7900.0), load_emulator())
    assert fit.velocity_km_s == pytest.approx(-35.0, abs=0.5)
    assert fit.resolution == pytest.approx(7900.0, rel=0.03)
    for key, within in (("teff", 40.0), ("logg", 0.1), ("feh", 0.05), ("mg_fe", 0.05)):
        assert fit.labels[key] == pytest.approx(labels[key], abs=within)
    assert fit.sigma["teff"] < 40.0
    assert fit.flags == ()


def test_that_a_spectrum_without_an_arm_of_mrs_is_refused() -> None:
    with pytest.raises(StellarViewError, match="two arms of MRS"):
        fit_spectrum(plain_spectrum(), toy_emulator())


def test_that_one_arm_is_enough() -> None:
    both = observed(toy_emulator(), STAR, 200.0, 0.0, 7500.0)
    fit = fit_spectrum(replace(both, arms=both.arms[:1]), toy_emulator(), start=STAR)
    assert set(fit.residual_rms) == {"B"}


def test_that_the_observed_sun_is_the_sun(shared_data: Path) -> None:
    sun = with_velocity(read_spectrum(shared_data / "benchmark" / "med-benchmark-Sun.fits.gz"))
    fit = fit_spectrum(sun, load_emulator())
    assert fit.labels["teff"] == pytest.approx(5771.0, abs=100.0)
    assert fit.labels["logg"] == pytest.approx(4.438, abs=0.2)
    assert fit.labels["feh"] == pytest.approx(0.0, abs=0.1)
    assert max(fit.residual_rms.values()) < 0.016
