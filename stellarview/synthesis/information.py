"""What a spectrum can tell at all: the Cramer-Rao bound of every label, from the emulator's derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.synthesis.broadening import LineSpread
from stellarview.synthesis.emulator import Emulator, labels_array
from stellarview.synthesis.labels import EMULATOR_LABELS, UNITS
from stellarview.synthesis.spreads import POPULATION_SIGMA

# RRNet's grid: 0.1 A, rest frame, vacuum.
RRNET_WAVELENGTH_ANGSTROM = np.concatenate([4968.0 + 0.1 * np.arange(3600), 6339.0 + 0.1 * np.arange(3600)])
_CONTINUUM_DEGREE = 5
_UNFELT = 1e3  # times the population's spread


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """d(flux)/d(label) as an observer would see it, flux in units of the continuum; labels in the emulator's order."""

    wavelength_angstrom_M: FloatArray
    flux_M: FloatArray
    derivative_ML: FloatArray
    is_known_M: BoolArray

    def of(self, key: str) -> FloatArray:
        """The derivative by one label."""
        return np.asarray(self.derivative_ML[:, EMULATOR_LABELS.index(key)])


@dataclass(frozen=True)
class Bound:
    """The smallest possible sigma of one label: all else known, and nothing else known; and what to think of it."""

    key: str
    unit: str
    single: float
    marginal: float
    population: float

    @property
    def is_prior_dominated(self) -> bool:
        """True where even a perfect method would tell the population rather than the star."""
        return not self.marginal < self.population

    @property
    def verdict(self) -> str:
        """The same in words."""
        return "prior-dominated" if self.is_prior_dominated else "measurable"


@dataclass(frozen=True, eq=False)
class Information:
    """The smallest sigma of each label with all else known, and the covariance with nothing else known.

    `slopes_ML` are what of the derivatives no continuum can imitate, times `root_M`, the square root of the weights.
    """

    single_L: FloatArray
    covariance_LL: FloatArray
    slopes_ML: FloatArray
    root_M: FloatArray

    def sigma(self, *keys: str) -> float:
        """The smallest possible sigma of a sum of labels, nothing else known: `sigma("feh", "mg_fe")` is [Mg/H]'s."""
        places = _places(keys)
        return float(np.sqrt(self.covariance_LL[np.ix_(places, places)].sum()))

    def own_reading(self, derivative_M: FloatArray) -> FloatArray:
        """The same of a label with this derivative where all others, and the continuum, are known: N d / (d' N d)."""
        weighted_M = self.root_M**2 * derivative_M
        return np.asarray(weighted_M / (float(weighted_M @ derivative_M) or 1.0))

    def reading(self, *keys: str) -> FloatArray:
        """How the best unbiased estimate of such a sum answers to each pixel's flux; 0 where there is no estimate."""
        places, felt = _places(keys), np.isfinite(np.diag(self.covariance_LL))
        if not felt[places].all():
            return np.zeros(self.root_M.size)
        row_L = self.covariance_LL[places][:, felt].sum(axis=0)
        return np.asarray(self.root_M * (self.slopes_ML[:, felt] @ row_L))


def sensitivity(
    emulator: Emulator,
    labels: Mapping[str, float] | FloatArray,
    resolution: float = 7500.0,
    v_sini_km_s: float = 0.0,
    wavelength_angstrom_M: FloatArray = RRNET_WAVELENGTH_ANGSTROM,
) -> Sensitivity:
    """Flux and derivatives at these wavelengths (vacuum, at rest), blurred as the spectrograph does."""
    card = emulator.card
    spread = LineSpread(card.arms, card.resolution, resolution, v_sini_km_s, wavelength_angstrom_M)
    flux_P, derivative_PL = emulator.flux_and_derivatives(labels)
    believed = spread.apply(emulator.is_believed_P.astype(float), outside=0.0) > 0.99
    return Sensitivity(
        wavelength_angstrom_M,
        spread.apply(flux_P),
        spread.apply(derivative_PL, outside=0.0),
        believed & spread.is_covered_M,
    )


def bounds(
    emulator: Emulator,
    labels: Mapping[str, float] | FloatArray,
    *,
    snr: ArrayLike | None = None,
    ivar_M: FloatArray | None = None,
    is_good_M: BoolArray | None = None,
    resolution: float = 7500.0,
    v_sini_km_s: float = 0.0,
    wavelength_angstrom_M: FloatArray = RRNET_WAVELENGTH_ANGSTROM,
) -> tuple[Bound, ...]:
    """The bounds of all labels, a 5th-order continuum per arm being unknown too.

    Noise: `snr` per pixel against the continuum, or `ivar_M` of the flux over its continuum. Pixels that the emulator
    does not know, or that `is_good_M` denies, tell nothing.
    """
    if (snr is None) == (ivar_M is None):
        raise StellarViewError("The noise is not clear.", "Either S/N or inverse variances are needed.", "Give one.")
    if snr is not None and not (np.asarray(snr, dtype=float) > 0).all():
        raise StellarViewError("There is no signal.", f"S/N is {snr}.", "Give a ratio above 0.")
    seen = sensitivity(emulator, labels_array(labels), resolution, v_sini_km_s, wavelength_angstrom_M)
    ivar = np.broadcast_to(np.asarray(snr, dtype=float) ** 2, seen.flux_M.shape) if ivar_M is None else ivar_M
    told = information(seen, np.where(True if is_good_M is None else is_good_M, ivar, 0.0))
    marginal_L = np.sqrt(np.diag(told.covariance_LL))
    return tuple(
        Bound(key, UNITS.get(key, "dex"), float(one), float(all_), POPULATION_SIGMA[key])
        for key, one, all_ in zip(EMULATOR_LABELS, told.single_L, marginal_L, strict=True)
    )


def information(seen: Sensitivity, ivar_M: FloatArray) -> Information:
    """What pixels of this inverse variance (flux over continuum) tell; those that the emulator does not know, nothing.

    A 5th-order continuum per arm is unknown too.
    """
    root = np.sqrt(np.where(seen.is_known_M, ivar_M, 0.0))[:, None]
    slopes = root * seen.derivative_ML
    continuum = root * seen.flux_M[:, None] * _polynomials(seen.wavelength_angstrom_M)
    single = _inverse_root(np.diag(slopes.T @ slopes))
    size = np.array([POPULATION_SIGMA[key] for key in EMULATOR_LABELS])
    base, _ = np.linalg.qr(continuum)
    scaled = slopes * size
    scaled = scaled - base @ (base.T @ scaled)
    # A label without any line (potassium) tells nothing; taken out, it leaves the inverse of the others in peace.
    felt = single < _UNFELT * size
    values, vectors = np.linalg.eigh(scaled[:, felt].T @ scaled[:, felt])
    covariance = np.diag(np.where(felt, 0.0, np.inf))
    covariance[np.ix_(felt, felt)] = (vectors / np.maximum(values, 1e-9)) @ vectors.T * np.outer(size[felt], size[felt])
    return Information(single, covariance, scaled / size, root[:, 0])


def _places(keys: Sequence[str]) -> list[int]:
    return [EMULATOR_LABELS.index(key) for key in keys]


def _inverse_root(information: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / np.sqrt(information))


def _polynomials(wavelength_angstrom_M: FloatArray) -> FloatArray:
    """Legendre polynomials on each stretch without a wide gap: an arm each."""
    breaks = np.flatnonzero(np.diff(wavelength_angstrom_M) > 100.0) + 1
    columns = []
    for part in np.split(np.arange(wavelength_angstrom_M.size), breaks):
        own = np.zeros((wavelength_angstrom_M.size, _CONTINUUM_DEGREE + 1))
        own[part] = np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, part.size), _CONTINUUM_DEGREE)
        columns.append(own)
    return np.concatenate(columns, axis=1)
