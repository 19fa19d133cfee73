"""Galaxies and quasars before the telescope: the Marz templates (Hinton et al. 2016), mixed, reddened, at a redshift.

LAMOST's own are too few to learn from here. What the seven templates lack is put back simply: a power law under the
quasar's lines, H alpha beyond its end, the Lyman alpha forest, and scatter in the strength of all emission lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter

from resources.make.lrs_telescope import WAVELENGTH
from stellarview.domain.lines import air_to_vacuum

Array = NDArray[Any]

LOG10_STEP = 1e-4
REST: Array = 10 ** np.arange(np.log10(880.0), np.log10(9300.0), LOG10_STEP)
# A template that ends within LAMOST's range goes on as this one, scaled at the seam.
CONTINUED_BY = {
    "Composite_Galaxy": "Late_Type_Emission_Galaxy",
    "High_Redshift_Star_Forming_Galaxy": "Late_Type_Emission_Galaxy",
    "Transitional_Galaxy": "Intermediate_Type_Galaxy",
}
LYMAN_ALPHA_ANGSTROM, H_ALPHA_ANGSTROM = 1215.67, 6564.6
# Galaxies whose lines are seen in emission, and those that are all but early ones: what LAMOST sees most are luminous
# red galaxies without any.
LINES_SHARE, EARLY_SHARE, EARLY = 0.7, 0.4, "Early_Type_Absorption_Galaxy"
_SEAM_ANGSTROM, _LINE_WINDOW_PIXELS = 120.0, 301


@dataclass(frozen=True, eq=False)
class Templates:
    """Continua and emission lines of the galaxies, and the quasar's lines, at rest, in vacuum, on `REST`."""

    names: tuple[str, ...]
    continuum_TN: Array
    lines_TN: Array
    quasar_lines: Array

    @classmethod
    def read(cls, path: Path) -> Templates:
        """Galaxies on one grid, each normalised near 4500 A; where nothing is known the flux stays at its edge."""
        with h5py.File(path) as file:
            raw = {name: _at_rest(group) for name, group in file.items()}
        quasar = np.interp(REST, *raw.pop("Quasar"), left=0.0, right=0.0)
        whole = {name: _continued(name, raw) for name in sorted(raw)}
        flux_TN = np.array([flux / np.median(flux[(REST > 4400) & (REST < 4600)]) for flux in whole.values()])
        continuum_TN = np.array([_continuum(flux) for flux in flux_TN])
        above_TN = flux_TN - continuum_TN
        lines_TN = np.where(above_TN > 0.12 * continuum_TN, above_TN, 0.0)
        return cls(tuple(whole), flux_TN - lines_TN, lines_TN, quasar)


def galaxy(templates: Templates, weights: Array, redshift: float, random: np.random.Generator) -> Array:
    """A mixture of templates with stronger or weaker lines, behind dust of its own."""
    boost = float(np.exp(random.normal(0.0, 0.6))) if random.uniform() < LINES_SHARE else 0.0
    flux = weights @ (templates.continuum_TN + boost * templates.lines_TN)
    flux = gaussian_filter1d(flux, random.uniform(0.1, 3.0))
    return observed(flux * dust(REST, random.exponential(0.3)), redshift)


def galaxy_weights(names: Sequence[str], allowed: Sequence[int], random: np.random.Generator) -> Array:
    """Mostly one or two templates: a Dirichlet draw, thin at its middle; some of them nearly all early type."""
    weights = np.zeros(len(names))
    weights[list(allowed)] = random.dirichlet(np.full(len(allowed), 0.35))
    if EARLY in names and names.index(EARLY) in allowed and random.uniform() < EARLY_SHARE:
        weights *= random.uniform(0.0, 0.3)
        weights[names.index(EARLY)] += 1.0 - weights.sum()
    return weights


def quasar(templates: Templates, redshift: float, random: np.random.Generator) -> Array:
    """A power law times the template's lines, with H alpha, host galaxy (nearby), dust and forest."""
    slope, strength = random.normal(-1.5, 0.45), 0.85 * np.exp(random.normal(0.0, 0.4))
    lines = templates.quasar_lines * np.exp(_wave(random, 0.35))
    lines = gaussian_filter1d(lines, random.uniform(0.5, 12.0)) + _h_alpha(random)
    flux = (REST / 3000.0) ** slope * np.maximum(1.0 + strength * lines, 0.05)
    if redshift < 0.6:
        host = galaxy_weights(templates.names, range(len(templates.names)), random) @ templates.continuum_TN
        flux = flux / np.interp(4500.0, REST, flux) + random.uniform(0.0, 0.4) * host
    flux = flux * dust(REST, random.exponential(0.12)) * forest(redshift, random)
    return observed(flux, redshift)


def observed(flux: Array, redshift: float) -> Array:
    """The rest-frame flux on the survey's wavelengths."""
    return np.asarray(np.interp(WAVELENGTH / (1.0 + redshift), REST, flux))


def dust(wavelength_angstrom: Array, visual_magnitudes: float) -> Array:
    """Transmission of dust whose extinction falls as a power of wavelength."""
    return np.asarray(10 ** (-0.4 * visual_magnitudes * (wavelength_angstrom / 5500.0) ** -1.3))


def forest(redshift: float, random: np.random.Generator) -> Array:
    """Transmission of the intergalactic gas: the mean of Lyman alpha, broken up into lines."""
    absorber = REST * (1.0 + redshift) / LYMAN_ALPHA_ANGSTROM
    depth = 0.0036 * absorber**3.45 * random.uniform(0.7, 1.3)
    lumps = gaussian_filter1d(random.lognormal(-0.5, 1.0, REST.size), 2.0)
    return np.where(REST < LYMAN_ALPHA_ANGSTROM, np.exp(-depth * lumps / lumps.mean()), 1.0)


def _h_alpha(random: np.random.Generator) -> Array:
    width = random.uniform(1500.0, 5000.0) / 2.3548 / 299792.458 * H_ALPHA_ANGSTROM
    broad = np.exp(-0.5 * ((REST - H_ALPHA_ANGSTROM) / width) ** 2)
    return np.asarray(random.uniform(100.0, 250.0) / (width * np.sqrt(2 * np.pi)) * broad)


def _wave(random: np.random.Generator, sigma: float) -> Array:
    """A slow random curve, so that ratios of lines differ."""
    nodes = np.linspace(np.log(REST[0]), np.log(REST[-1]), 12)
    return np.interp(np.log(REST), nodes, random.normal(0.0, sigma, nodes.size))


def _at_rest(group: Any) -> tuple[Array, Array]:
    """Wavelengths in vacuum at redshift 0, with the flux of the pixels that hold any."""
    wavelength, flux = group["wavelength"][:], group["flux"][:]
    if group.attrs["medium"] == "air":
        wavelength = air_to_vacuum(wavelength)
    known = np.flatnonzero(flux != 0)
    part = slice(known[0], known[-1] + 1)
    return wavelength[part] / (1.0 + float(group.attrs["redshift_of_template"])), flux[part]


def _continued(name: str, raw: dict[str, tuple[Array, Array]]) -> Array:
    wavelength, flux = raw[name]
    whole = np.interp(REST, wavelength, flux)
    if name not in CONTINUED_BY:
        return whole
    other = np.interp(REST, *raw[CONTINUED_BY[name]])
    for end, outside in ((wavelength[0], wavelength[0] > REST), (wavelength[-1], wavelength[-1] < REST)):
        seam = (np.abs(REST - end) < _SEAM_ANGSTROM) & (wavelength[0] <= REST) & (wavelength[-1] >= REST)
        whole[outside] = other[outside] * np.median(whole[seam]) / np.median(other[seam])
    return whole


def _continuum(flux: Array) -> Array:
    middle = median_filter(flux, _LINE_WINDOW_PIXELS, mode="nearest")
    return np.asarray(median_filter(np.minimum(flux, 1.05 * middle), 41, mode="nearest"))
