"""Brings every spectrum onto a network's own wavelengths: linear as in the papers, or conserving flux."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray, MaskArray
from stellarview.domain.spectrum import MaskReason
from stellarview.domain.stack import ArmStack, Stack, join_arms
from stellarview.recipes.step import Step

_MOST_POINTS = 1_000_000


@dataclass(frozen=True)
class Window:
    """One output arm: `points` wavelengths from `start` (included) to `stop` (excluded), in Angstrom."""

    arm: str
    start_angstrom: float
    stop_angstrom: float
    points: int
    spacing: Literal["linear", "log"] = "linear"

    def __post_init__(self) -> None:
        if not (0 < self.start_angstrom < self.stop_angstrom < np.inf and 2 <= self.points <= _MOST_POINTS):
            raise ValueError(f"a window of {self.points} points from {self.start_angstrom} to {self.stop_angstrom} A")

    @cached_property
    def wavelength_angstrom(self) -> FloatArray:
        """The grid."""
        position = np.arange(self.points) / self.points
        if self.spacing == "linear":
            return np.asarray(self.start_angstrom + (self.stop_angstrom - self.start_angstrom) * position)
        ratio = self.stop_angstrom / self.start_angstrom
        return np.asarray(self.start_angstrom * ratio**position)


@dataclass(frozen=True)
class Resample(Step):
    """Resample onto windows. Bad pixels are bridged from their good neighbours and stay masked in the result.

    A window takes the arm that covers most of it; where no arm reaches, pixels are `OUTSIDE` and hold the edge's flux.
    """

    name: ClassVar[str] = "resample"
    windows: tuple[Window, ...]
    method: Literal["linear", "flux-conserving"] = "linear"

    def __post_init__(self) -> None:
        names = [window.arm for window in self.windows]
        if not names or len(set(names)) != len(names):
            raise ValueError("windows must be there and differ in name")

    def apply(self, stack: Stack) -> Stack:
        """The stack with one arm per window."""
        return stack.with_arms([self._fill(window, stack) for window in self.windows])

    def _fill(self, window: Window, stack: Stack) -> ArmStack:
        choice = np.argmax([_overlap_B(window, arm) for arm in stack.arms], axis=0)
        if (choice == choice[0]).all():
            return self._resampled(window, stack.arms[int(choice[0])])
        rows = [stack.arms[int(arm)].rows(row, row + 1) for row, arm in enumerate(choice)]
        return join_arms([self._resampled(window, row) for row in rows])

    def _resampled(self, window: Window, arm: ArmStack) -> ArmStack:
        grid = window.wavelength_angstrom
        work = _linear if self.method == "linear" else _conserving
        # Bridged before it is cropped: a run of bad pixels may reach beyond the window.
        flux, ivar, mask = work(_cropped(replace(arm, flux_BN=_bridge(arm)), grid), grid)
        counts = np.full(len(flux), grid.size)
        return ArmStack(window.arm, np.broadcast_to(grid, flux.shape), flux, ivar, mask, counts, arm.resolution_B)


Planes = tuple[FloatArray, FloatArray, MaskArray]
_MARGIN_PIXELS = 2


def _overlap_B(window: Window, arm: ArmStack) -> FloatArray:
    """How many Angstrom of the window each row's own pixels cover; negative where they do not reach it."""
    last = np.take_along_axis(arm.wavelength_BN, arm.n_pixels_B[:, None] - 1, axis=1)[:, 0]
    covered = np.minimum(last, window.stop_angstrom) - np.maximum(arm.wavelength_BN[:, 0], window.start_angstrom)
    return np.asarray(covered)


def _cropped(arm: ArmStack, grid: FloatArray) -> ArmStack:
    """The pixels that a grid can need, and a few beside them: LRS has 3900 pixels, RRNet's windows touch 300."""
    n = arm.wavelength_BN.shape[1]
    low, high = 2 * grid[0] - grid[1], 2 * grid[-1] - grid[-2]  # output pixels reach beyond their centres
    first = int((arm.wavelength_BN < low).sum(axis=1).min()) - _MARGIN_PIXELS
    first = max(min(first, int(arm.n_pixels_B.min()) - _MARGIN_PIXELS), 0)
    stop = min(n, max(int((arm.wavelength_BN <= high).sum(axis=1).max()) + _MARGIN_PIXELS, first + 2))
    part = np.s_[:, first:stop]
    return replace(
        arm,
        wavelength_BN=arm.wavelength_BN[part],
        flux_BN=arm.flux_BN[part],
        ivar_BN=arm.ivar_BN[part],
        mask_BN=arm.mask_BN[part],
        n_pixels_B=np.minimum(arm.n_pixels_B - first, stop - first),
        continuum_BN=None,
    )


def _bridge(arm: ArmStack) -> FloatArray:
    """Flux with a straight line across every run of bad pixels."""
    flux = np.array(arm.flux_BN)
    good = arm.good_BN
    for row in np.flatnonzero(~good.all(axis=1) & good.any(axis=1)):
        bad, wavelength = ~good[row], arm.wavelength_BN[row]
        flux[row, bad] = np.interp(wavelength[bad], wavelength[good[row]], flux[row, good[row]])
    flux[~good.any(axis=1)] = 0.0
    return flux


def _linear(arm: ArmStack, grid: FloatArray) -> Planes:
    """Linear interpolation; the variance of a weighted sum of two neighbours."""
    left, weight, outside = _brackets(arm, grid)
    weight = weight.astype(arm.flux_BN.dtype, copy=False)
    rest = 1 - weight
    at = left + arm.flux_BN.shape[1] * np.arange(len(left))[:, None]

    def pair(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        flat = values.ravel()
        return flat.take(at), flat[1:].take(at)

    known, variance = _variance(arm)
    (flux_left, flux_right), (var_left, var_right) = pair(arm.flux_BN), pair(variance)
    variance_out = var_left * rest * rest + var_right * weight * weight
    unknown = np.zeros(at.shape, dtype=bool)
    mask_out: MaskArray = np.zeros(at.shape, dtype=np.uint16)
    if arm.mask_BN.any() or not known.all():  # seldom in a window of a good spectrum
        (known_left, known_right), (mask_left, mask_right) = pair(known), pair(arm.mask_BN)
        unknown = (~known_left & (weight < 1)) | (~known_right & (weight > 0))
        mask_out = mask_right * (weight > 0) | mask_left * (weight < 1)
    return _finish(flux_left * rest + flux_right * weight, variance_out, unknown, mask_out, outside)


def _brackets(arm: ArmStack, grid: FloatArray) -> tuple[IntArray, FloatArray, BoolArray]:
    """Per row: the pixel to the left of each grid point, the weight of the right one, and who lies outside."""
    rows, n = arm.wavelength_BN.shape
    position = np.empty((rows, grid.size))
    index = np.arange(n, dtype=np.float64)
    for row in range(rows):
        k = arm.n_pixels_B[row]
        position[row] = np.interp(grid, arm.wavelength_BN[row, :k], index[:k])
    last = arm.n_pixels_B[:, None] - 1
    left = np.minimum(position.astype(np.int64), last - 1)
    first_wavelength, last_wavelength = arm.wavelength_BN[:, :1], np.take_along_axis(arm.wavelength_BN, last, axis=1)
    outside = (grid < first_wavelength) | (grid > last_wavelength)
    return left, position - left, outside


def _variance(arm: ArmStack) -> tuple[BoolArray, FloatArray]:
    """Which variances are known, and these; 0 where they are not."""
    known = arm.ivar_BN > 0
    return known, np.where(known, 1 / np.where(known, arm.ivar_BN, 1), 0)


def _conserving(arm: ArmStack, grid: FloatArray) -> Planes:
    """Mean flux over each output pixel; every input pixel counts by the part of it that lies inside."""
    edges_in, edges_out = _edges(arm.wavelength_BN), _edges(grid[None, :])[0]
    width_out, flux, n = np.diff(edges_out), arm.flux_BN, arm.flux_BN.shape[1]
    left = np.array([np.searchsorted(edges, edges_out, side="right") - 1 for edges in edges_in])
    outside = (left[:, :-1] < 0) | (edges_out[1:] > np.take_along_axis(edges_in, arm.n_pixels_B[:, None], axis=1))
    first, last = np.clip(left[:, :-1], 0, n - 1), np.clip(left[:, 1:], 0, n - 1)
    known, variance = _variance(arm)
    flux_out, variance_out = np.zeros(first.shape), np.zeros(first.shape)
    unknown, mask_out = np.zeros(first.shape, dtype=bool), np.zeros(first.shape, dtype=np.uint16)
    for offset in range(int((last - first).max()) + 1):
        pixel = np.minimum(first + offset, last)
        inside = np.minimum(_take(edges_in, pixel + 1), edges_out[1:]) - np.maximum(
            _take(edges_in, pixel), edges_out[:-1]
        )
        share = np.where(first + offset <= last, np.maximum(inside, 0.0), 0.0) / width_out
        flux_out += share * _take(flux, pixel)
        variance_out += _take(variance, pixel) * share**2
        unknown |= (share > 0) & ~_take(known, pixel)
        mask_out |= np.where(share > 0, _take(arm.mask_BN, pixel), np.uint16(0))
    last_flux = np.take_along_axis(flux, arm.n_pixels_B[:, None] - 1, axis=1)
    nearest = np.where(grid < arm.wavelength_BN[:, :1], flux[:, :1], last_flux)
    return _finish(np.where(outside, nearest, flux_out), variance_out, unknown, mask_out, outside)


def _finish(flux: FloatArray, variance: FloatArray, unknown: BoolArray, mask: MaskArray, outside: BoolArray) -> Planes:
    """Any share of a pixel that nothing is known of leaves the sum unknown."""
    mask[outside] |= np.uint16(MaskReason.OUTSIDE)
    known = ~(unknown | outside) & (variance > 0)
    return flux, np.where(known, 1 / np.where(known, variance, 1), 0), mask


def _edges(wavelength: FloatArray) -> FloatArray:
    """Pixel borders half-way between pixel centres."""
    middle = 0.5 * (wavelength[:, 1:] + wavelength[:, :-1])
    first = 2 * wavelength[:, :1] - middle[:, :1]
    last = 2 * wavelength[:, -1:] - middle[:, -1:]
    return np.concatenate([first, middle, last], axis=1)


def _take(values: NDArray[Any], index: IntArray) -> NDArray[Any]:
    return np.take_along_axis(values, index, axis=1)
