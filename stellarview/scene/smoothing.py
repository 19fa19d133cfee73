"""Smooths a spectrum for the eye alone: a running mean that trusts each pixel as much as its noise allows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.spectrum import BAD_PIXEL, Arm, MaskReason


def boxcar(arm: Arm, pixels: int) -> Arm:
    """Means over so many good pixels, weighted by inverse variance, with the errors of such means; bad pixels are gaps.

    An even number has half of a pixel at both ends, so that nothing is shifted.
    """
    is_good = _is_usable(arm)
    kernel = np.ones(pixels + (pixels + 1) % 2)
    if pixels % 2 == 0:
        kernel[[0, -1]] = 0.5
    has_noise = bool((arm.ivar > 0).any())
    weight = np.where(is_good, arm.ivar if has_noise else 1.0, 0.0).astype(np.float64)
    flux = np.where(is_good, arm.flux, 0.0).astype(np.float64)
    total, squared = _running(weight, kernel), _running(weight, kernel**2)
    is_known = is_good & (total > 0)
    safe = np.where(is_known, total, 1.0)
    ivar = np.where(is_known, safe**2 / np.where(is_known, squared, 1.0), 0.0) if has_noise else arm.ivar
    return replace(arm, flux=np.where(is_known, _running(weight * flux, kernel) / safe, np.nan), ivar=ivar)


def _is_usable(arm: Arm) -> BoolArray:
    """Of a spectrum without any noise every recorded pixel counts alike."""
    if (arm.ivar > 0).any():
        return np.asarray(arm.is_good & (arm.ivar > 0) & np.isfinite(arm.flux))
    return np.asarray(((arm.mask & (BAD_PIXEL & ~MaskReason.NO_IVAR)) == 0) & np.isfinite(arm.flux))


def _running(row: FloatArray, kernel: FloatArray) -> FloatArray:
    half = kernel.size // 2
    return np.convolve(row, kernel)[half : half + row.size]
