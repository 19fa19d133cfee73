"""Turbospectrum spectra (R 20000, rest frame) as LAMOST's MRS would show them, with a velocity that is known."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S
from stellarview.domain.stack import ArmStack, Stack


def degraded(path: Path, snr: float, count: int, seed: int, rows: slice = slice(None)) -> Stack:
    """Some of the spectra, at random: R 7500, a velocity within 200 km/s, a tilted continuum, noise."""
    rng = np.random.default_rng(seed)
    with h5py.File(path) as file:
        chosen = np.sort(rng.choice(np.arange(file["flux"].shape[0])[rows], count, replace=False))
        waves = {"B": file["wavelength_blue"][:], "R": file["wavelength_red"][:]}
        blue, flux = waves["B"].size, file["flux"][chosen].astype(float)
    velocity = rng.uniform(-200, 200, count)
    arms = []
    for name, part in (("B", np.s_[:, :blue]), ("R", np.s_[:, blue:])):
        fine = np.arange(np.log10(waves[name][0]), np.log10(waves[name][-1]), 5e-6)
        width = np.sqrt(7500.0**-2 - 20000.0**-2) / 2.3548 / np.log(10) / 5e-6
        blurred = gaussian_filter1d(CubicSpline(waves[name], flux[part], axis=1)(10**fine), width, axis=1)
        grid = np.arange(fine[0] + 1e-3, fine[-1] - 1e-3, 1e-5)
        moved = [
            np.interp(grid - np.log10(1 + v / SPEED_OF_LIGHT_KM_S), fine, f)
            for v, f in zip(velocity, blurred, strict=True)
        ]
        clean = 1000 * np.array(moved) * (1 + rng.uniform(-0.3, 0.3, (count, 1)) * np.linspace(-1, 1, grid.size))
        sigma = clean / snr
        noisy = clean + sigma * rng.standard_normal(clean.shape)
        counts, mask = np.full(count, grid.size), np.zeros(clean.shape, dtype=np.uint16)
        wavelength = np.broadcast_to(10**grid, clean.shape)
        arms.append(ArmStack(name, wavelength, noisy, sigma**-2.0, mask, counts, np.full(count, 7500.0)))
    return Stack(tuple(arms), "vacuum", "observed", velocity)
