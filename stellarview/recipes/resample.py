"""Brings every spectrum onto a network's own wavelengths: linear as in the papers, or conserving flux."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray, MaskArray
from stellarview.domain.spectrum import MaskReason
from stellarview.domain.stack import ArmStack, Stack
from stellarview.recipes.step import Step


@dataclass(frozen=True)
class Window:
    """One output arm: `points` wavelengths from `start` (included) to `stop` (excluded), in Angstrom."""

    arm: str
    start_angstrom: float
    stop_angstrom: float
    points: int
    spacing: Literal["linear", "log"] = "linear"

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
    windows: tuple[Window, ...] = ()
    method: Literal["linear", "flux-conserving"] = "linear"

    def apply(self, stack: Stack) -> Stack:
        """The stack with one arm per window."""
        return stack.with_arms([self._fill(window, stack) for window in self.windows])

    def _fill(self, window: Window, stack: Stack) -> ArmStack:
        grid, rows = window.wavelength_angstrom, len(stack)
        arm = max(stack.arms, key=lambda candidate: _overlap(window, candidate))
        if _overlap(window, arm) <= 0:
            flux: FloatArray = np.ones((rows, grid.size))
            ivar: FloatArray = np.zeros((rows, grid.size))
            mask: MaskArray = np.full((rows, grid.size), int(MaskReason.OUTSIDE), dtype=np.uint16)
        else:
            work = _linear if self.method == "linear" else _conserving
            needed = _cropped(arm, grid)
            flux, ivar, mask = work(needed, _bridge(needed), grid)
        wavelength = np.broadcast_to(grid, flux.shape)
        return ArmStack(window.arm, wavelength, flux, ivar, mask, np.full(rows, grid.size), resolution=arm.resolution)


# Variances of real fluxes, in any unit, lie far below.
_UNKNOWN_VARIANCE = 1e36
_MARGIN_PIXELS = 40

Planes = tuple[FloatArray, FloatArray, MaskArray]


def _overlap(window: Window, arm: ArmStack) -> float:
    low, high = float(np.median(arm.wavelength_BN[:, 0])), float(np.median(arm.wavelength_BN[:, -1]))
    return min(high, window.stop_angstrom) - max(low, window.start_angstrom)


def _cropped(arm: ArmStack, grid: FloatArray) -> ArmStack:
    """The pixels that a grid can need, and a few beside them: LRS has 3900 pixels, RRNet's windows touch 300."""
    low, high = arm.wavelength_BN < grid[0], arm.wavelength_BN > grid[-1]
    first = max(int(low.sum(axis=1).min()) - _MARGIN_PIXELS, 0)
    stop = min(arm.wavelength_BN.shape[1], int((~high).sum(axis=1).max()) + _MARGIN_PIXELS)
    if stop - first < 2 * _MARGIN_PIXELS or (first, stop) == (0, arm.wavelength_BN.shape[1]):
        return arm
    part = np.s_[:, first:stop]
    return replace(
        arm,
        wavelength_BN=arm.wavelength_BN[part],
        flux_BN=arm.flux_BN[part],
        ivar_BN=arm.ivar_BN[part],
        mask_BN=arm.mask_BN[part],
        n_pixels_B=np.clip(arm.n_pixels_B - first, 2, stop - first),
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


def _linear(arm: ArmStack, flux: FloatArray, grid: FloatArray) -> Planes:
    """Linear interpolation; the variance of a weighted sum of two neighbours."""
    left, weight, outside = _brackets(arm, grid)
    weight = weight.astype(flux.dtype, copy=False)
    rest = 1 - weight
    at = left + arm.flux_BN.shape[1] * np.arange(len(left))[:, None]

    def pair(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        flat = values.ravel()
        return flat.take(at), flat[1:].take(at)

    (flux_left, flux_right), (var_left, var_right) = pair(flux), pair(_variance(arm))
    ivar_out = 1 / (var_left * rest * rest + var_right * weight * weight)
    mask_out = np.zeros(at.shape, dtype=np.uint16)
    if arm.mask_BN.any():
        mask_left, mask_right = pair(arm.mask_BN)
        mask_out = mask_right * (weight > 0) | mask_left * (weight < 1)
    return _finish(flux_left * rest + flux_right * weight, ivar_out, mask_out, outside)


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


def _variance(arm: ArmStack) -> FloatArray:
    """Finite everywhere: a pixel that nothing is known of has a variance beyond any real one."""
    known = arm.ivar_BN > 1e-30
    unknown = arm.ivar_BN.dtype.type(_UNKNOWN_VARIANCE)
    return np.where(known, 1 / np.where(known, arm.ivar_BN, 1), unknown)


def _conserving(arm: ArmStack, flux: FloatArray, grid: FloatArray) -> Planes:
    """Mean flux over each output pixel; every input pixel counts by the part of it that lies inside."""
    edges_in, edges_out = _edges(arm.wavelength_BN), _edges(grid[None, :])[0]
    width_out = np.diff(edges_out)
    n = flux.shape[1]
    left = np.array([np.searchsorted(edges, edges_out, side="right") - 1 for edges in edges_in])
    outside = (left[:, :-1] < 0) | (edges_out[1:] > np.take_along_axis(edges_in, arm.n_pixels_B[:, None], axis=1))
    first, last = np.clip(left[:, :-1], 0, n - 1), np.clip(left[:, 1:], 0, n - 1)
    variance = _variance(arm)
    flux_out, variance_out = np.zeros(first.shape), np.zeros(first.shape)
    mask_out = np.zeros(first.shape, dtype=np.uint16)
    for offset in range(int((last - first).max()) + 1):
        pixel = np.minimum(first + offset, last)
        low, high = _take(edges_in, pixel), _take(edges_in, pixel + 1)
        inside = np.minimum(high, edges_out[1:]) - np.maximum(low, edges_out[:-1])
        share = np.where(first + offset <= last, np.maximum(inside, 0.0), 0.0) / width_out
        flux_out += share * _take(flux, pixel)
        variance_out += _take(variance, pixel) * share**2
        mask_out |= np.where(share > 0, _take(arm.mask_BN, pixel), np.uint16(0))
    with np.errstate(divide="ignore"):
        ivar_out = 1.0 / variance_out
    nearest = np.where(
        grid < arm.wavelength_BN[:, :1], flux[:, :1], np.take_along_axis(flux, arm.n_pixels_B[:, None] - 1, 1)
    )
    return _finish(np.where(outside, nearest, flux_out), ivar_out, mask_out, outside)


def _finish(flux: FloatArray, ivar: FloatArray, mask: MaskArray, outside: NDArray[Any]) -> Planes:
    mask[outside] |= np.uint16(MaskReason.OUTSIDE)
    # Any share of an unknown pixel leaves the sum unknown: shares are seldom below 1e-3, real variances below 1e30.
    ivar[outside | (ivar < 1e-30)] = 0
    return flux, ivar, mask


def _edges(wavelength: FloatArray) -> FloatArray:
    """Pixel borders half-way between pixel centres."""
    middle = 0.5 * (wavelength[:, 1:] + wavelength[:, :-1])
    first = 2 * wavelength[:, :1] - middle[:, :1]
    last = 2 * wavelength[:, -1:] - middle[:, -1:]
    return np.concatenate([first, middle, last], axis=1)


def _take(values: NDArray[Any], index: IntArray) -> NDArray[Any]:
    return np.take_along_axis(values, index, axis=1)
