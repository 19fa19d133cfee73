"""Observes a synthetic star as LAMOST would: two arms, a velocity, a tilted continuum, noise, rays, dead columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.spectrum import (
    SPEED_OF_LIGHT_KM_S,
    Arm,
    HeaderFacts,
    MaskReason,
    RadialVelocity,
    SignalToNoise,
    Source,
    Spectrum,
)  # fmt: skip
from stellarview.synthesis.broadening import LineSpread
from stellarview.synthesis.emulator import Emulator
from stellarview.synthesis.labels import catalogue_labels
from stellarview.synthesis.population import USUAL_POPULATION, PopulationRules, Stars, draw_stars

# LAMOST's MRS: pixels of 1e-5 dex in these windows, observed frame.
_PIXEL_DEX = 1e-5
_WINDOWS = {"B": (4955.0, 5345.0), "R": (6308.0, 6795.0)}
_SIGMA_VELOCITY_KM_S, _VELOCITY_SCATTER_KM_S = 1.0, 50.0
_COUNTS = 1000.0


@dataclass(frozen=True)
class NightRules:
    """What the survey adds: S/N per pixel of the blue arm (median and scatter in dex, limits), bad pixels per arm."""

    median_snr: float = 45.0
    snr_dex: float = 0.3
    lowest_snr: float = 8.0
    highest_snr: float = 300.0
    red_over_blue: float = 1.5
    most_rays: int = 5
    dead_column_share: float = 0.15
    longest_dead: int = 25


USUAL_NIGHT = NightRules()


def synthetic_set(
    emulator: Emulator,
    count: int,
    seed: int,
    *,
    population: PopulationRules = USUAL_POPULATION,
    night: NightRules = USUAL_NIGHT,
    at_once: int = 64,
) -> Iterator[tuple[list[Spectrum], dict[str, FloatArray]]]:
    """Observed spectra with the 17 labels of the catalogue, so many at a time. The same seed gives the same stars."""
    stars = draw_stars(count, emulator.card.labels, np.random.default_rng(seed), population)
    labels = catalogue_labels(stars.labels_BL)
    for start in range(0, len(stars.labels_BL), at_once):
        rows = range(start, min(start + at_once, len(stars.labels_BL)))
        # A generator of its own for every star: the first thousand of a longer run are the same stars.
        spectra = [observed_star(emulator, stars, row, np.random.default_rng([seed, row]), night) for row in rows]
        yield spectra, {key: values[rows.start : rows.stop] for key, values in labels.items()}


def observed_star(emulator: Emulator, stars: Stars, row: int, rng: Generator, night: NightRules) -> Spectrum:
    """One star's spectrum in the observed frame, with the velocity that a catalogue would give."""
    velocity = float(rng.normal(0.0, _VELOCITY_SCATTER_KM_S))
    stated = velocity + float(rng.normal(0.0, _SIGMA_VELOCITY_KM_S))
    flux_P = emulator.flux(stars.labels_BL[row])
    blue_snr = float(
        np.clip(night.median_snr * 10 ** rng.normal(0, night.snr_dex), night.lowest_snr, night.highest_snr)
    )
    arms = []
    for name, snr in (("B", blue_snr), ("R", blue_snr * night.red_over_blue)):
        low, high = np.log10(_WINDOWS[name])
        wavelength = 10.0 ** np.arange(low, high, _PIXEL_DEX)
        spread = LineSpread(
            emulator.card.arms, emulator.card.resolution, float(stars.resolution_B[row]),
            float(stars.v_sini_km_s_B[row]), wavelength / (1.0 + velocity / SPEED_OF_LIGHT_KM_S),
        )  # fmt: skip
        seen = _Seen(name, wavelength, spread.apply(flux_P), spread.is_covered_M, snr)
        arms.append(_expose(seen, rng, night))
    return Spectrum(
        tuple(arms),
        "vacuum",
        "observed",
        Source(f"synthetic-{row}", f"synthetic-{row}", "", "synthetic"),
        HeaderFacts(snr=SignalToNoise(blue=arms[0].snr, red=arms[1].snr)),
        velocity=RadialVelocity(stated, _SIGMA_VELOCITY_KM_S, "catalogue"),
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """One arm before the detector."""

    name: str
    wavelength: FloatArray
    flux: FloatArray
    is_covered: BoolArray
    snr: float


def _expose(seen: _Seen, rng: Generator, night: NightRules) -> Arm:
    wavelength, flux, is_covered, snr = seen.wavelength, seen.flux, seen.is_covered, seen.snr
    x = np.linspace(-1.0, 1.0, wavelength.size)
    tilt, bend, wave = rng.normal(0.0, (0.15, 0.10, 0.03))
    response = np.maximum(1.0 + tilt * x + bend * (x**2 - 0.5) + wave * np.sin(3.0 * np.pi * x), 0.2)
    clean = _COUNTS * response * flux
    # Photons of star and sky: the sky's share keeps the noise of deep lines from vanishing.
    sigma = _COUNTS / snr * np.sqrt(0.8 * response * np.maximum(flux, 0.0) + 0.2)
    noisy = clean + sigma * rng.standard_normal(wavelength.size)
    mask = np.where(is_covered, 0, int(MaskReason.OUTSIDE)).astype(np.uint16)
    for pixel in rng.integers(0, wavelength.size, rng.integers(0, night.most_rays + 1)):
        noisy[pixel] += _COUNTS * rng.exponential(1.0)  # half of the rays stay unmasked, as the survey leaves them
        mask[pixel] |= np.uint16(MaskReason.ANDMASK * rng.integers(0, 2))
    if rng.random() < night.dead_column_share:
        first = int(rng.integers(0, wavelength.size))
        mask[first : first + int(rng.integers(1, night.longest_dead + 1))] |= np.uint16(MaskReason.ANDMASK)
    ivar = np.where(is_covered, sigma**-2.0, 0.0)
    return Arm(
        seen.name,
        wavelength,
        noisy.astype(np.float32),
        ivar.astype(np.float32),
        mask,
        snr=round(snr, 2),
        resolution=7500.0,
    )
