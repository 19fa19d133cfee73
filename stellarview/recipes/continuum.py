"""Divides by a pseudo-continuum: the papers' clipped polynomial, or a clipped spline for long, curved spectra."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.spectrum import MaskReason
from stellarview.domain.stack import ArmStack, Stack
from stellarview.recipes.step import Step

# A continuum below this share of the arm's mean flux is no continuum: dividing by it makes numbers, not spectra.
_LOWEST_SHARE = 0.02
_SPARSE = 0.7
# As far apart as LRS needs; in short arms nearer, but wider than lines' wings.
_KNOTS_ANGSTROM, _LEAST_KNOTS_ANGSTROM, _INTERVALS = 400.0, 80.0, 5


@dataclass(frozen=True)
class PolynomialContinuum(Step):
    """Divide each arm by a polynomial fitted to the pixels that stay within the clipping limits.

    RRNet (section 2.2) fits a 5th-order polynomial. Pixels whose 3-pixel median lies more than `upper_sigma` above or
    `lower_sigma` below the fit are left out of the next fit, until nothing changes. Bad pixels never enter.
    """

    name: ClassVar[str] = "polynomial_continuum"
    degree: int = 5
    upper_sigma: float = 3.0
    lower_sigma: float = 4.0
    most_iterations: int = 10

    def __post_init__(self) -> None:
        _check_clipping(self.lower_sigma, self.upper_sigma, self.most_iterations)
        if not 0 <= self.degree <= 20:
            raise ValueError("degree must be from 0 to 20")

    def apply(self, stack: Stack) -> Stack:
        """The normalised stack; the continuum is kept beside the flux."""
        return stack.with_arms([self._divide(arm) for arm in stack.arms])

    def _divide(self, arm: ArmStack) -> ArmStack:
        limits = (self.lower_sigma, self.upper_sigma)

        def fit(wavelength: FloatArray, flux: FloatArray, good: BoolArray) -> FloatArray:
            basis = np.polynomial.legendre.legvander(_scaled(wavelength), self.degree)
            return clipped_fit(flux, good, basis, limits, self.most_iterations)

        return divide_by(arm, _on_each_grid(arm, fit))


@dataclass(frozen=True)
class SplineContinuum(Step):
    """Divide each arm by a cubic spline with knots every so many Angstrom, clipped hard below so that it rides high."""

    name: ClassVar[str] = "spline_continuum"
    knot_spacing_angstrom: float = 400.0
    upper_sigma: float = 3.0
    lower_sigma: float = 1.5
    most_iterations: int = 15

    def __post_init__(self) -> None:
        _check_clipping(self.lower_sigma, self.upper_sigma, self.most_iterations)
        if not 10.0 <= self.knot_spacing_angstrom < np.inf:
            raise ValueError("knot_spacing_angstrom must be 10 or more")

    def apply(self, stack: Stack) -> Stack:
        """The normalised stack; the continuum is kept beside the flux."""
        return stack.with_arms([self._divide(arm) for arm in stack.arms])

    def _divide(self, arm: ArmStack) -> ArmStack:
        limits = (self.lower_sigma, self.upper_sigma)

        def fit(wavelength: FloatArray, flux: FloatArray, good: BoolArray) -> FloatArray:
            intervals = max(1, round(float(wavelength[-1] - wavelength[0]) / self.knot_spacing_angstrom))
            return clipped_fit(flux, good, _cubic_splines(_scaled(wavelength), intervals), limits, self.most_iterations)

        return divide_by(arm, _on_each_grid(arm, fit))


def spline_for(wavelength_angstrom: FloatArray) -> SplineContinuum:
    """A spline that follows an arm of this length, for the eye and for measurements; recipes state their own.

    The response bends five times over an arm of MRS too, where one cubic misses a real star's continuum by 15%.
    """
    length = float(wavelength_angstrom[-1] - wavelength_angstrom[0]) if len(wavelength_angstrom) else 0.0
    return SplineContinuum(min(_KNOTS_ANGSTROM, max(_LEAST_KNOTS_ANGSTROM, length / _INTERVALS)))


def _check_clipping(lower_sigma: float, upper_sigma: float, most_iterations: int) -> None:
    if not (lower_sigma > 0 and upper_sigma > 0 and 1 <= most_iterations <= 100):
        raise ValueError("clipping limits must be positive, most_iterations from 1 to 100")


def clipped_fit(
    flux_BN: FloatArray, good_BN: BoolArray, basis_NP: FloatArray, limits: tuple[float, float], most_iterations: int
) -> FloatArray:
    """Least squares on the good pixels, repeated without those outside (-lower, +upper) sigma, until it rests."""
    kept = good_BN.copy()
    # Single precision is plenty to decide which pixels stay, and twice as fast, but not where half of the pixels are
    # bad: the terms are then nearly dependent. The last fit is in double anyway.
    sparse = good_BN.mean(axis=1) < _SPARSE
    for rows, precision in ((np.flatnonzero(~sparse), np.float32), (np.flatnonzero(sparse), np.float64)):
        flux: FloatArray = flux_BN[rows].astype(precision)
        basis: FloatArray = basis_NP.astype(precision)
        kept[rows] = _clipped(flux, good_BN[rows], basis, limits, most_iterations)
    return _least_squares(flux_BN.astype(np.float64), kept, _terms(basis_NP))


def _clipped(
    flux: FloatArray, good: BoolArray, basis: FloatArray, limits: tuple[float, float], most_iterations: int
) -> BoolArray:
    """The pixels that stay."""
    all_kept, terms, smooth, kept = good.copy(), _terms(basis), _median_of_three(flux), good
    rows = np.arange(len(flux))  # of those whose choice of pixels still changes
    # Residuals below a few roundings of single precision are no outliers.
    least = 1e-6 * np.abs(smooth).mean(axis=1, keepdims=True)
    for _ in range(most_iterations - 1):
        residual = smooth - _least_squares(flux, kept, terms)
        variance = np.einsum("bn,bn,bn->b", residual, residual, kept) / np.maximum(kept.sum(axis=1), 1)
        sigma = np.maximum(np.sqrt(variance)[:, None], least)
        keep = good & (residual <= limits[1] * sigma) & (residual >= -limits[0] * sigma)
        # A fit needs more pixels than it has terms; a row that would lose them keeps those it has.
        going_on = (keep != kept).any(axis=1) & (keep.sum(axis=1) > 3 * basis.shape[1])
        if not going_on.any():
            break
        if not going_on.all():
            rows, flux, smooth, good, least, keep = (
                values[going_on] for values in (rows, flux, smooth, good, least, keep)
            )
        all_kept[rows] = kept = keep
    return all_kept


_Terms = tuple[FloatArray, FloatArray]


def _terms(basis_NP: FloatArray) -> _Terms:
    """The basis, and the products of its columns that the normal equations need."""
    first, second = np.triu_indices(basis_NP.shape[1])
    return basis_NP, basis_NP[:, first] * basis_NP[:, second]


def _least_squares(flux_BN: FloatArray, kept_BN: BoolArray, terms: _Terms) -> FloatArray:
    """The fit of every row; one product a row, for a product over many rows may round differently than over one."""
    basis, products = terms
    n_terms = basis.shape[1]
    first, second = np.triu_indices(n_terms)
    weights = kept_BN.astype(flux_BN.dtype)
    normal = np.empty((len(flux_BN), n_terms, n_terms))
    normal[:, first, second] = normal[:, second, first] = np.matmul(weights[:, None, :], products)[:, 0]
    # Enough to solve a row without good pixels (its continuum is then refused), far too little to bend a fit.
    normal += 1e-9 * len(basis) * np.eye(n_terms)
    right = np.matmul(np.where(kept_BN, flux_BN, 0)[:, None, :], basis)[:, 0]
    solution = np.linalg.solve(normal, right[..., None])[:, None, :, 0].astype(flux_BN.dtype)
    return np.asarray(np.matmul(solution, basis.T)[:, 0])


def divide_by(arm: ArmStack, continuum_BN: FloatArray) -> ArmStack:
    """Flux and errors in units of the continuum; where there is none, flux 1, no information, and a reason."""
    floor = _LOWEST_SHARE * _brightness(arm)
    usable = continuum_BN > np.maximum(floor, 1e-30)
    safe = np.where(usable, continuum_BN, 1.0)
    mask = arm.mask_BN.copy()
    mask[~usable] |= np.uint16(MaskReason.NO_CONTINUUM)
    return replace(
        arm,
        flux_BN=np.where(usable, arm.flux_BN / safe, 1.0),
        ivar_BN=np.where(usable, arm.ivar_BN * safe**2, 0.0),
        mask_BN=mask,
        continuum_BN=safe,
    )


def _on_each_grid(arm: ArmStack, fit: Callable[[FloatArray, FloatArray, BoolArray], FloatArray]) -> FloatArray:
    """All rows in one fit where they share their wavelengths, as they do after resampling; else row by row."""
    wavelength, good = arm.wavelength_BN, arm.good_BN
    if (arm.n_pixels_B == wavelength.shape[1]).all() and (wavelength == wavelength[0]).all():
        return fit(wavelength[0], arm.flux_BN, good)
    continuum = np.ones(arm.flux_BN.shape)
    for row, n in enumerate(arm.n_pixels_B):
        one = np.s_[row : row + 1, :n]
        continuum[one] = fit(wavelength[row, :n], arm.flux_BN[one], good[one])
    return continuum


def _scaled(wavelength: FloatArray) -> FloatArray:
    """Wavelengths mapped to [-1, 1], where polynomials behave."""
    return np.asarray(2.0 * (wavelength - wavelength[0]) / (wavelength[-1] - wavelength[0]) - 1.0)


def _median_of_three(flux: FloatArray) -> FloatArray:
    left, middle, right = flux[:, :-2], flux[:, 1:-1], flux[:, 2:]
    smooth = np.array(flux)
    smooth[:, 1:-1] = np.maximum(np.minimum(left, middle), np.minimum(np.maximum(left, middle), right))
    return smooth


def _brightness(arm: ArmStack) -> FloatArray:
    """Mean absolute flux of each row's good pixels; zero where there is none."""
    good = arm.good_BN
    total = np.abs(arm.flux_BN).sum(axis=1, where=good, keepdims=True)
    return np.asarray(total / np.maximum(good.sum(axis=1, keepdims=True), 1))


@lru_cache(maxsize=16)
def _knots(intervals: int) -> tuple[float, ...]:
    inner = np.linspace(-1.0, 1.0, intervals + 1)
    return (*[-1.0] * 3, *inner.tolist(), *[1.0] * 3)


def _cubic_splines(x: FloatArray, intervals: int) -> FloatArray:
    """Cubic B-splines by Cox and de Boor's recursion, one column a spline."""
    knots = np.array(_knots(intervals))
    x = np.clip(x, -1.0, np.nextafter(1.0, 0.0))[:, None]
    splines = ((knots[:-1] <= x) & (x < knots[1:])).astype(np.float64)
    for order in (1, 2, 3):
        with np.errstate(divide="ignore", invalid="ignore"):
            rising = np.nan_to_num(
                (x - knots[: -order - 1]) / (knots[order:-1] - knots[: -order - 1]), posinf=0, neginf=0
            )
            falling = np.nan_to_num(
                (knots[order + 1 :] - x) / (knots[order + 1 :] - knots[1:-order]), posinf=0, neginf=0
            )
        splines = rising * splines[:, :-1] + falling * splines[:, 1:]
    return np.asarray(splines)
