"""The straightforward script that the bench compares with: correct, clear, one spectrum at a time, nothing clever."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
from astropy.io import fits
from scipy.interpolate import interp1d

from stellarview.domain.spectrum import Spectrum
from stellarview.io.velocity_templates import velocity_templates

C_KM_S = 299792.458
GRIDS = {
    "rrnet": [4968 + 0.1 * np.arange(3600), 6339 + 0.1 * np.arange(3600)],
    "resnet-subtype": [3700 * (9000 / 3700) ** (np.arange(3700) / 3700)],
}


def forget_velocity(spectrum: Spectrum) -> Spectrum:
    """The spectrum without the header's redshift, so that ours must be measured."""
    return replace(spectrum, header=replace(spectrum.header, redshift=None, redshift_sigma=None))


def from_files(paths: list[Path], recipe: str, *, measure: bool) -> np.ndarray:
    """Open, find the velocity, prepare, file after file."""
    inputs = []
    for path in paths:
        arms, z = open_file(path)
        velocity = cross_correlate(arms) if measure or z is None else z * C_KM_S
        inputs.append(prepare(arms, velocity, recipe))
    return np.array(inputs)


def from_set(path: Path, recipe: str, count: int, *, measure: bool, at_once: bool = False) -> np.ndarray:
    """Spectrum after spectrum out of an HDF5 set, in either of its layouts; or all read at once, then one by one."""
    inputs = []
    with h5py.File(path, locking=False) as file:
        own = "arms" in file
        group = file["arms/LRS"] if own else file
        planes = {name: group[name][:count] if at_once else group[name] for name in ("flux", "ivar", "mask")}
        for row in range(count):
            flux, ivar, mask = (planes[name][row].astype(float) for name in ("flux", "ivar", "mask"))
            if own:
                wave = group["wavelength"][:] if group["wavelength"].ndim == 1 else group["wavelength"][row]
                velocity, n = file["header/rv"][row], flux.size
            else:
                wave = 10 ** (file["log10_wavelength0"][row] + 1e-4 * np.arange(flux.size))
                velocity, n = file["z"][row] * C_KM_S, file["npix"][row]
            good = ((mask.astype(int) & 1) == 0) & (ivar > 0) & (flux != 0)
            arms = [(wave[:n], flux[:n], good[:n])]
            inputs.append(prepare(arms, cross_correlate(arms) if measure else velocity, recipe))
    return np.array(inputs)


def open_file(path: Path) -> tuple[list[tuple[np.ndarray, np.ndarray, np.ndarray]], float | None]:
    """Wavelength, flux, and which pixels are good, arm by arm; and the redshift."""
    arms = []
    with fits.open(path, memmap=False) as hdus:
        z = hdus[0].header.get("Z")
        names = ["COADD"] if "COADD" in hdus else ["COADD_B", "COADD_R"]
        for name in names:
            data = hdus[name].data
            wave = (
                10.0 ** np.ravel(data["LOGLAM"]).astype(float)
                if "LOGLAM" in data.names
                else np.ravel(data["WAVELENGTH"])
            )
            flux, ivar, mask = (np.ravel(data[key]).astype(float) for key in ("FLUX", "IVAR", "ANDMASK"))
            arms.append((wave.astype(float), flux, (mask == 0) & (ivar > 0) & (flux != 0)))
    return arms, z


def cross_correlate(arms: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> float:
    """Slide every template over the spectrum from -600 to 600 km/s and take the best, refined by a parabola."""
    kind = "MRS" if len(arms) == 2 else "LRS"
    templates, step = velocity_templates(kind), 20.0 if kind == "MRS" else 40.0
    velocities = np.arange(-600.0, 600.0 + step, step)
    best = (-np.inf, 0.0)
    for index in range(len(templates.names)):
        scores = np.zeros(velocities.size)
        for (wave, flux, good), source in zip(arms, templates.arms.values(), strict=False):
            grid = 10**source.log10_wavelength
            template = interp1d(grid, source.flux_TM[index] - 1, bounds_error=False, fill_value=0.0)
            x, y = wave[good], flux[good]
            y = y / np.polyval(np.polyfit(x - x.mean(), y, 5), x - x.mean()) - 1
            for k, velocity in enumerate(velocities):
                slid = template(x / (1 + velocity / C_KM_S))
                scores[k] += (y * slid).sum() / np.sqrt((slid**2).sum() * (y**2).sum())
        k = int(np.clip(scores.argmax(), 1, velocities.size - 2))
        a, b, _ = np.polyfit(velocities[k - 1 : k + 2], scores[k - 1 : k + 2], 2)
        best = max(best, (scores[k], -b / (2 * a)))
    return best[1]


def prepare(arms: list[tuple[np.ndarray, np.ndarray, np.ndarray]], velocity: float, recipe: str) -> np.ndarray:
    """At rest, linear interpolation, and the recipe's normalisation."""
    parts = []
    for number, grid in enumerate(GRIDS[recipe]):
        wave, flux, good = arms[min(number, len(arms) - 1)]
        rest = wave / (1 + velocity / C_KM_S)
        x, y = rest[good], flux[good]
        resampled = interp1d(x, y, bounds_error=False, fill_value=(y[0], y[-1]))(grid)
        parts.append(divide_by_continuum(grid, resampled) if recipe == "rrnet" else resampled / np.median(resampled))
    return np.concatenate(parts)


def divide_by_continuum(wave: np.ndarray, flux: np.ndarray) -> np.ndarray:
    """A polynomial of degree 5, refitted without what lies 3 sigma above or 4 below, at most ten times."""
    x = (wave - wave.mean()) / np.ptp(wave)
    smooth = np.median([np.r_[flux[0], flux[:-1]], flux, np.r_[flux[1:], flux[-1]]], axis=0)
    keep = np.ones(flux.size, dtype=bool)
    for _ in range(10):
        fit = np.polyval(np.polyfit(x[keep], flux[keep], 5), x)
        sigma = (smooth - fit)[keep].std()
        new = (smooth - fit <= 3 * sigma) & (smooth - fit >= -4 * sigma)
        if (new == keep).all():
            break
        keep = new
    return np.clip(flux / fit, -0.5, 2.5)
