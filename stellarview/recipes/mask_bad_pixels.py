"""Marks the pixels that no network should believe, and counts them as RRNet's quality rules do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray
from stellarview.domain.spectrum import MaskReason
from stellarview.domain.stack import ArmStack, Stack
from stellarview.recipes.step import Step

_BLOCK_PIXELS = 128


@dataclass(frozen=True)
class MaskBadPixels(Step):
    """Mask cosmic rays, and pixels without information; ORMASK (bad in some exposure) only when asked.

    A cosmic ray is sharper than any line can be: it stands above both neighbours, half a line width away, by more
    than `cosmic_ray_sigma` and by more than half of its height over the lowest point nearby. A real emission line,
    blurred by the instrument, never does. `cosmic_ray_sigma = 0` looks for none.
    """

    name: ClassVar[str] = "mask_bad_pixels"
    cosmic_ray_sigma: float = 6.0
    use_ormask: bool = False

    def apply(self, stack: Stack) -> Stack:
        """The stack with more reasons in its masks; nothing is unmasked."""
        return stack.with_arms([self._mask_arm(arm) for arm in stack.arms])

    def __post_init__(self) -> None:
        if not 0 <= self.cosmic_ray_sigma < np.inf:
            raise ValueError("cosmic_ray_sigma must be 0 or more")

    def _mask_arm(self, arm: ArmStack) -> ArmStack:
        arm = _without_nan(arm)
        mask = arm.mask_BN.copy()
        mask[arm.ivar_BN <= 0] |= np.uint16(MaskReason.NO_IVAR)
        if self.use_ormask:
            mask[(mask & MaskReason.ORMASK) != 0] |= np.uint16(MaskReason.REJECTED)
        if self.cosmic_ray_sigma > 0:
            lags = _half_line_width_pixels_B(arm)
            for lag in np.unique(lags):
                rows = np.flatnonzero(lags == lag)
                hit = _sharp_spikes(arm, rows, int(lag), self.cosmic_ray_sigma)
                mask[rows] |= np.where(hit & arm.good_BN[rows], np.uint16(MaskReason.COSMIC_RAY), np.uint16(0))
        return replace(arm, mask_BN=mask)


@dataclass(frozen=True)
class PixelQuality:
    """How many pixels of each spectrum are bad, how many of them in a row, and what RRNet's rules say of it."""

    n_bad_B: IntArray
    longest_run_B: IntArray

    # Li et al. (RRNet), section 2.1: a spectrum beyond either limit is no reference.
    MOST_BAD = 100
    LONGEST_RUN = 30

    @property
    def is_acceptable_B(self) -> BoolArray:
        """True where a spectrum would have entered RRNet's reference set."""
        return np.asarray((self.n_bad_B <= self.MOST_BAD) & (self.longest_run_B <= self.LONGEST_RUN))


def pixel_quality(stack: Stack) -> PixelQuality:
    """Count bad pixels over all arms; padding beyond a row's own pixels does not count."""
    n_bad = np.zeros(len(stack), dtype=int)
    longest = np.zeros(len(stack), dtype=int)
    for arm in stack.arms:
        own = np.arange(arm.mask_BN.shape[1]) < arm.n_pixels_B[:, None]
        bad = ~arm.good_BN & own
        n_bad += bad.sum(axis=1)
        longest = np.maximum(longest, _longest_run(bad))
    return PixelQuality(n_bad, longest)


def _longest_run(bad_BN: BoolArray) -> IntArray:
    positions = np.arange(1, bad_BN.shape[1] + 1)
    last_good = np.maximum.accumulate(np.where(bad_BN, 0, positions), axis=1)
    return np.asarray((positions - last_good).max(axis=1))


def _without_nan(arm: ArmStack) -> ArmStack:
    """What is no number becomes zero flux, zero information and a reason, so that it can poison no sum."""
    finite = np.isfinite(arm.flux_BN) & np.isfinite(arm.ivar_BN)
    if finite.all():
        return arm
    mask = arm.mask_BN | np.where(finite, np.uint16(0), np.uint16(MaskReason.NON_FINITE))
    flux, ivar = np.where(finite, arm.flux_BN, 0), np.where(finite, arm.ivar_BN, 0)
    return replace(arm, flux_BN=flux, ivar_BN=ivar, mask_BN=mask)


def _sharp_spikes(arm: ArmStack, rows: IntArray, lag: int, sigmas: float) -> BoolArray:
    flux = np.where(arm.good_BN[rows], arm.flux_BN[rows], np.nan)
    right, left = _shift(flux, lag), _shift(flux, -lag)
    floor = np.fmin(flux, np.fmin(left, right))
    for pixels in (2 * lag, -2 * lag, 3 * lag, -3 * lag, 4 * lag, -4 * lag):
        floor = np.fmin(floor, _shift(flux, pixels))
    rise = flux - np.fmax(left, right)
    with np.errstate(invalid="ignore"):
        hit: BoolArray = (rise > sigmas * _noise(arm.ivar_BN[rows], flux)) & (rise > 0.5 * (flux - floor))
    return hit


def _half_line_width_pixels_B(arm: ArmStack) -> IntArray:
    """How far from its peak an unresolved line has fallen to 0.7: 1 pixel in LRS, 2 in MRS."""
    rows, middle = np.arange(len(arm.n_pixels_B)), arm.n_pixels_B // 2
    wavelength = arm.wavelength_BN[rows, middle]
    pixel = wavelength - arm.wavelength_BN[rows, middle - 1]
    fwhm_pixels = np.nan_to_num(wavelength / arm.resolution_B / pixel)
    return np.maximum(1, np.rint(fwhm_pixels / 2.8)).astype(np.int64)


def _noise(ivar: FloatArray, flux: FloatArray) -> FloatArray:
    """The larger of the survey's sigma and the scatter of neighbours in blocks: the survey's is at times too small."""
    stated = np.where(ivar > 0, 1.0 / np.sqrt(np.where(ivar > 0, ivar, 1)), 0.0)
    rough = np.abs(flux - 0.5 * (_shift(flux, 1) + _shift(flux, -1)))
    n = rough.shape[1]
    blocks = -(-n // _BLOCK_PIXELS)
    padded = np.full((rough.shape[0], blocks * _BLOCK_PIXELS), np.nan)
    padded[:, :n] = rough
    scatter = 1.4826 / np.sqrt(1.5) * _median_of_rows(padded.reshape(-1, _BLOCK_PIXELS)).reshape(-1, blocks)
    return np.asarray(np.maximum(stated, np.repeat(scatter, _BLOCK_PIXELS, axis=1)[:, :n]))


def _median_of_rows(values: FloatArray) -> FloatArray:
    """Median of the finite values of each row, 0 where there is none; much faster than nanmedian."""
    ordered = np.sort(values, axis=1)  # NaN last
    count = np.isfinite(values).sum(axis=1)
    middle = ordered[np.arange(len(ordered)), np.maximum(count - 1, 0) // 2]
    return np.where(count > 0, middle, 0.0)


def _shift(values: FloatArray, pixels: int) -> FloatArray:
    """The value so many pixels to the right; NaN beyond the ends."""
    shifted = np.full_like(values, np.nan)
    if pixels > 0:
        shifted[:, :-pixels] = values[:, pixels:]
    else:
        shifted[:, -pixels:] = values[:, :pixels]
    return shifted
