"""Small spectra made of round numbers."""

from __future__ import annotations

import numpy as np

from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Arm, RadialVelocity, Source, Spectrum


def arm(name: str = "LRS", n: int = 8, **changes: object) -> Arm:
    facts = {
        "wavelength_angstrom": 5000.0 + np.arange(n),
        "flux": np.ones(n, dtype=np.float32),
        "ivar": np.full(n, 4.0, dtype=np.float32),
        "mask": np.zeros(n, dtype=np.uint16),
    }
    return Arm(name, **(facts | changes))  # type: ignore[arg-type]


def spectrum(*arms: Arm, **changes: object) -> Spectrum:
    facts = {"medium": "vacuum", "frame": "observed", "source": Source("a.fits", "/x/a.fits", "0" * 64, "lrs-table")}
    return Spectrum(arms or (arm(),), **(facts | changes))  # type: ignore[arg-type]


def observed(seed: int = 0, velocity: float = 0.0, n_bad: int = 0, snr: float = 80.0) -> Spectrum:
    """Two arms as MRS has them, wide enough for every recipe's windows: lines on a tilted continuum, with noise."""
    rng = np.random.default_rng(seed)
    arms = []
    for name, low, high in (("B", 4900.0, 5400.0), ("R", 6250.0, 6900.0)):
        rest = np.arange(np.log10(low), np.log10(high), 1e-5)
        flux = _lines(10**rest) * (1 + 0.3 * np.linspace(-1, 1, rest.size)) * 1000
        sigma = flux.mean() / snr
        mask = np.zeros(rest.size, dtype=np.uint16)
        mask[rng.integers(0, rest.size, n_bad)] = 1
        wavelength = 10**rest * (1 + velocity / SPEED_OF_LIGHT_KM_S)
        noisy = flux + rng.normal(0, sigma, rest.size)
        arms.append(Arm(name, wavelength, noisy, np.full(rest.size, sigma**-2), mask, resolution=7500.0))
    source = Source("made.fits", "made.fits", "", "mrs")
    return Spectrum(tuple(arms), "vacuum", "observed", source, velocity=RadialVelocity(velocity, None, "user"))


def _lines(wavelength: np.ndarray) -> np.ndarray:
    centres = np.random.default_rng(99).uniform(4900, 6900, 150)
    depths = np.random.default_rng(98).uniform(0.05, 0.6, 150)
    flux = np.ones_like(wavelength)
    for centre, depth in zip(centres, depths, strict=True):
        flux *= 1 - depth * np.exp(-0.5 * ((wavelength - centre) / 0.35) ** 2)
    return flux
