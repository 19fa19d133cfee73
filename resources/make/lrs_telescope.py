"""Shows any flux as LAMOST LRS would have recorded it, with all that is not the object lent by a real spectrum.

A real star lends the shape of its noise, its residuals in sigmas (sky lines and all), its mask, and the slow curve by
which it differs from a template of its subclass: reddening and errors of the flux calibration together. Noise and
telluric bands must be those of the survey for every class, or a network tells real spectra from made ones instead.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from stellarview.domain.spectrum import Arm, HeaderFacts, SignalToNoise, Source, Spectrum
from stellarview.io.sets import open_spectrum_set

Array = NDArray[Any]

PIXELS = 3909
WAVELENGTH: Array = 10 ** (3.5682 + 1e-4 * np.arange(PIXELS))
BANDS = {"g": (4000.0, 5500.0), "r": (5500.0, 7000.0), "i": (7000.0, 8200.0)}
# Plates, templates and redshifts are dealt out to worlds; a split by world shares none of them.
WORLDS = 20
TELLURIC_ANGSTROM = ((6860, 6960), (7160, 7340), (7580, 7720), (8120, 8360), (8930, 9100))
_COMPONENTS, _SMOOTH_PIXELS = 40, 301
# Scatter of the light that is left where the arms join, in units of the object's: 0.4 at S/N 10.
LIGHT_AT_SNR_1 = 4.0
_DONOR_SNR = (6.0, 90.0)


def world_of(text: str) -> int:
    """The world of a plate, the same on every machine."""
    return zlib.crc32(text.encode()) % WORLDS


def smooth(flux: Array) -> Array:
    """A running mean, twice: what is left of a spectrum without its lines."""
    once = uniform_filter1d(flux, _SMOOTH_PIXELS, mode="nearest")
    return np.asarray(uniform_filter1d(once, _SMOOTH_PIXELS, mode="nearest"))


@dataclass(frozen=True, eq=False)
class StarTemplates:
    """The empirical templates of Kesseli et al. (2017) from O5 to M9, on the survey's wavelengths, at rest."""

    subclass: list[str]
    feh: Array
    log10_wavelength: Array
    flux: Array

    @classmethod
    def read(cls, path: Path) -> StarTemplates:
        """All but the L dwarfs, which the MK system of O to M does not know."""
        with h5py.File(path) as file:
            names = [name.decode() for name in file["subclass"][:]]
            kept = [i for i, name in enumerate(names) if name[0] != "L"]
            flux = file["flux"][:].astype(float)
            return cls([names[i] for i in kept], file["feh"][:][kept], file["log10_wavelength"][:], flux[kept])

    def moved(self, index: int, redshift: float) -> Array:
        """One template as a star of this redshift shows it."""
        rest = np.log10(WAVELENGTH / (1.0 + redshift))
        return np.asarray(np.interp(rest, self.log10_wavelength, self.flux[index]))

    def nearest(self, subclass: str) -> int | None:
        """The template of this subclass whose metallicity is nearest to the Sun's."""
        rows = [i for i, name in enumerate(self.subclass) if name == subclass]
        return min(rows, key=lambda i: abs(float(np.nan_to_num(self.feh[i])))) if rows else None

    def world(self, index: int) -> int:
        """Neighbours in type belong to different worlds."""
        order = sorted(range(len(self.subclass)), key=lambda i: ("OBAFGKM".index(self.subclass[i][0]), i))
        return 7 * order.index(index) % WORLDS


@dataclass(frozen=True, eq=False)
class Donor:
    """What a real spectrum lends: sigma (any unit), residuals in sigmas, mask, and its slow curve."""

    sigma: Array
    pull: Array
    mask: Array
    response: Array


@dataclass(frozen=True, eq=False)
class Telescope:
    """Donors by world, and the mean transmission of the air in its bands."""

    donors: Mapping[int, Sequence[Donor]]
    telluric: Array

    def observe(self, flux: Array, world: int, snr: float, random: np.random.Generator) -> Arm:
        """This flux through a donor's fibre; `snr` is that of the best band."""
        donor = self.donor(world, random)
        seen = flux * donor.response * self.telluric ** random.uniform(0.6, 1.4) * junction(snr, random)
        sigma = donor.sigma * best_snr(seen, donor.sigma) / snr
        noisy = seen + sigma * donor.pull * random.choice((-1.0, 1.0))
        scale = 1000.0 / float(np.median(seen))
        return arm_of(noisy * scale, (sigma * scale) ** -2.0, donor.mask)

    def degrade(self, arm: Arm, world: int, snr: float, random: np.random.Generator) -> Arm:
        """A real spectrum as a fainter star would show it; as it is, if it is no better than that."""
        donor, own = self.donor(world, random), best_snr(arm.flux, arm.sigma)
        if own <= snr:
            return arm
        n, curve = len(arm), junction(snr, random)[: len(arm)]
        share = best_snr(arm.flux, donor.sigma[:n]) * np.sqrt(snr**-2 - own**-2)
        sigma = donor.sigma[:n] * share
        flux = arm.flux * curve + sigma * donor.pull[:n] * random.choice((-1.0, 1.0))
        ivar = np.where(arm.ivar > 0, 1.0 / ((arm.sigma * curve) ** 2 + sigma**2), 0.0)
        return arm_of(flux, ivar, arm.mask | donor.mask[:n], arm.wavelength_angstrom)

    def donor(self, world: int, random: np.random.Generator) -> Donor:
        """Any donor of this world."""
        return self.donors[world][int(random.integers(len(self.donors[world])))]


def junction(snr: float, random: np.random.Generator) -> Array:
    """What the flux calibration leaves where the blue and the red arm were joined: slopes, a step, a bump, and light.

    The light is what is left of the sky where both arms see little: a hump with a steep blue and a long red side, which
    outshines faint objects.
    """
    middle = random.uniform(5650.0, 5950.0)
    beyond = WAVELENGTH - middle
    slopes = np.where(beyond < 0, random.normal(0.0, 0.05), random.normal(0.0, 0.05)) * beyond / 1000.0
    bump = random.normal(0.0, 0.1) * np.exp(-0.5 * (beyond / random.uniform(80.0, 250.0)) ** 2)
    from_top = WAVELENGTH - random.uniform(5550.0, 5700.0)
    width = np.where(from_top < 0, random.uniform(50.0, 150.0), random.uniform(150.0, 500.0))
    light = random.normal(0.0, min(LIGHT_AT_SNR_1 / snr, 1.0)) * np.exp(-0.5 * (from_top / width) ** 2)
    return np.asarray(np.clip(1.0 + slopes + bump + light + random.normal(0.0, 0.03) * (beyond > 0), 0.3, 3.0))


def arm_of(flux: Array, ivar: Array, mask: Array, wavelength: Array = WAVELENGTH) -> Arm:
    """An arm in single precision, as the survey's files have it."""
    return Arm("LRS", wavelength, flux.astype(np.float32), ivar.astype(np.float32), mask, resolution=1800.0)


def band_snr(wavelength: Array, flux: Array, sigma: Array) -> dict[str, float]:
    """Median signal over noise in each band."""
    inside = {band: (wavelength > low) & (wavelength < high) for band, (low, high) in BANDS.items()}
    return {band: float(np.median(flux[pixels] / sigma[pixels])) for band, pixels in inside.items()}


def best_snr(flux: Array, sigma: Array) -> float:
    """That of the best band."""
    return max(band_snr(WAVELENGTH[: len(flux)], flux, sigma).values())


def spectrum_of(arm: Arm, name: str, world: int, **facts: Any) -> Spectrum:
    """A spectrum that says that it was made, with the S/N that it has."""
    snr = SignalToNoise(**band_snr(arm.wavelength_angstrom, arm.flux, arm.sigma))
    header = HeaderFacts(snr=snr, plan_id=f"world {world}", **facts)
    return Spectrum((arm,), "vacuum", "observed", Source(name, name, "", "synthetic"), header)


def with_arm(star: Spectrum, arm: Arm) -> Spectrum:
    """A real star with this arm, and the S/N that it now has."""
    snr = SignalToNoise(**band_snr(arm.wavelength_angstrom, arm.flux, arm.sigma))
    return replace(star, arms=(arm,), header=replace(star.header, snr=snr))


def read_stars(path: Path) -> list[Spectrum]:
    """The real stars of the training set."""
    with open_spectrum_set(path) as spectra:
        return list(spectra)


def build_telescope(stars: Sequence[Spectrum], templates: StarTemplates) -> Telescope:
    """Donors of all worlds from the real stars."""
    whole = [star for star in stars if len(star.arms[0]) == PIXELS]
    flux = np.array([_bridged(star.arms[0]) for star in whole])
    slow = np.array([smooth(row) for row in flux])
    ratio = np.clip(flux / np.maximum(slow, 1e-3 * np.median(slow, axis=1, keepdims=True)), 0.0, 2.0)
    residual = ratio - _reconstructed(ratio)
    donors: dict[int, list[Donor]] = {world: [] for world in range(WORLDS)}
    for row, star in enumerate(whole):
        arm, index = star.arms[0], templates.nearest(star.header.subclass or "")
        if index is not None and _DONOR_SNR[0] < best_snr(arm.flux, arm.sigma) < _DONOR_SNR[1]:
            sigma = _bridge(arm.sigma, arm.is_good)
            pull = np.where(arm.is_good, np.clip(residual[row] * slow[row] / sigma, -12.0, 12.0), 0.0)
            response = slow[row] / smooth(templates.moved(index, 0.0))
            response = np.clip(response / np.median(response), 0.1, 5.0)
            donors[world_of(star.header.plan_id or "")].append(Donor(sigma, pull, arm.mask, response))
    return Telescope(donors, _telluric(ratio, [star.header.subclass or "" for star in whole]))


def _bridged(arm: Arm) -> Array:
    return _bridge(arm.flux, arm.is_good)


def _bridge(values: Array, good: Array) -> Array:
    place = np.arange(len(values))
    return np.asarray(np.interp(place, place[good], values[good]))


def _reconstructed(ratio: Array) -> Array:
    """By principal components: they hold what stars have in common, and leave noise and sky of the single spectrum."""
    mean = ratio.mean(axis=0)
    centred = np.clip(ratio - mean, -0.5, 0.5)
    power, vectors = np.linalg.eigh(centred @ centred.T)
    chosen = vectors[:, np.argsort(power)[-_COMPONENTS:]]
    return np.asarray(mean + chosen @ (chosen.T @ centred))


def _telluric(ratio: Array, subclass: Sequence[str]) -> Array:
    """Where A and F stars have no lines of their own, what all of them lack the air has taken."""
    hot = np.array([name[:1] in {"A", "F"} for name in subclass])
    transmission = np.ones(PIXELS)
    median = np.median(ratio[hot], axis=0)
    for low, high in TELLURIC_ANGSTROM:
        inside = (low < WAVELENGTH) & (high > WAVELENGTH)
        transmission[inside] = np.minimum(median[inside], 1.0)
    return transmission
