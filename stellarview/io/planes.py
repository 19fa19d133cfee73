"""From the planes of a survey file (flux, inverse variance, masks) to an Arm that tells why a pixel is bad."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import BoolArray, MaskArray
from stellarview.domain.spectrum import Arm, MaskReason
from stellarview.io.fits_blocks import FitsDamage, FitsHeader

# LAMOST writes -9999 where it knows nothing, older releases -999; no fact, label or velocity lies below.
ABSENT_BELOW = -998.0
# No unit makes a flux so large; beyond, its square overflows single precision.
LARGEST_FLUX = 1e30
_ABSENT_WORDS = {"", "-", ".", "NON", "NULL", "NONE", "NAN", "N/A", "UNKNOWN SUBCLASS"}


def make_arm(
    name: str,
    wavelength_angstrom: NDArray[Any],
    flux: NDArray[Any],
    ivar: NDArray[Any],
    masks: Sequence[NDArray[Any]] = (),
    *,
    snr: float | None = None,
    resolution: float | None = None,
) -> Arm:
    """An arm with named mask reasons, from planes and the survey's AND (or pixel) mask and OR mask.

    What is no number becomes zero flux, zero inverse variance and a reason.
    """
    arrays = (wavelength_angstrom, flux, ivar, *masks)
    shapes = {np.shape(plane) for plane in arrays}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        raise FitsDamage(f"the planes of arm {name} differ in shape: {sorted(shapes)}")
    if len(wavelength_angstrom) < 2:
        raise FitsDamage(f"arm {name} has {len(wavelength_angstrom)} pixels")
    if wavelength_angstrom[0] > wavelength_angstrom[-1]:  # red single exposures of MRS run from red to blue
        wavelength_angstrom, flux, ivar = wavelength_angstrom[::-1], flux[::-1], ivar[::-1]
        masks = [mask[::-1] for mask in masks]
    flux, ivar = np.array(flux, dtype=np.float32), np.array(ivar, dtype=np.float32)
    mask = mask_planes(flux, ivar, masks)
    arm = Arm(name, wavelength_angstrom, flux, ivar, mask, snr=snr, resolution=resolution)
    _check_content(arm)
    return arm


def mask_planes(flux: NDArray[Any], ivar: NDArray[Any], masks: Sequence[NDArray[Any]] = ()) -> MaskArray:
    """The reasons why pixels of a survey are bad; flux and inverse variance are cleaned in place.

    `masks` are the survey's AND (or pixel) mask and its OR mask, as far as there are any.
    """
    mask = np.zeros(flux.shape, dtype=np.uint16)
    mask[flux == 0] |= np.uint16(MaskReason.NO_DATA)
    is_number = ~clean_planes(flux, ivar, mask)
    mask[is_number & (ivar <= 0)] |= np.uint16(MaskReason.NO_IVAR)
    ivar[ivar < 0] = 0.0
    for plane, reason in zip(masks, (MaskReason.ANDMASK, MaskReason.ORMASK), strict=False):
        mask[np.asarray(plane) != 0] |= np.uint16(reason)
    return mask


def clean_planes(flux: NDArray[Any], ivar: NDArray[Any], mask: MaskArray) -> BoolArray:
    """What is no number becomes zero flux, zero inverse variance and a reason, in place; says where that was."""
    with np.errstate(invalid="ignore"):  # damaged numbers may be signalling NaN
        damaged: BoolArray = ~((np.abs(flux) <= LARGEST_FLUX) & np.isfinite(ivar))
    if damaged.any():
        mask[damaged] |= np.uint16(MaskReason.NON_FINITE)
        flux[damaged], ivar[damaged] = 0.0, 0.0
    return damaged


def _check_content(arm: Arm) -> None:
    if ((arm.mask & MaskReason.NON_FINITE) != 0).all():
        raise FitsDamage(f"arm {arm.name} holds no number at all (every flux is NaN or infinite)")
    if not (arm.ivar > 0).any():
        raise FitsDamage(f"arm {arm.name} holds no information (every inverse variance is zero)")
    told = arm.flux[arm.ivar > 0]
    if told.size > 1 and np.ptp(told) == 0.0:
        raise FitsDamage(f"arm {arm.name} holds no spectrum (every flux is the same)")


def log_linear_angstrom(header: FitsHeader, count: int) -> NDArray[np.float64] | None:
    """Wavelengths from COEFF0 + COEFF1 * i (log10 Angstrom), or None where the header has no such rule."""
    start, step = fact_float(header, "COEFF0"), fact_float(header, "COEFF1")
    if start is None or step is None:
        return None
    if not (3.0 < start < 5.0 and 1e-6 < step < 1e-2 and start + step * count < 5.0):
        raise FitsDamage(f"COEFF0 = {start:g} and COEFF1 = {step:g} give no wavelengths of an optical spectrum")
    return np.asarray(10.0 ** (start + step * np.arange(count)))


def fact_float(header: FitsHeader, *keywords: str) -> float | None:
    """The first of these keywords that is a number; NaN and -9999 are absent facts."""
    for keyword in keywords:
        value = header.get(keyword)
        if isinstance(value, str):
            value = _number_in_quotes(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value)
            if math.isfinite(number) and number > ABSENT_BELOW:
                return number
    return None


def fact_text(header: FitsHeader, *keywords: str) -> str | None:
    """The first of these keywords that says something; `Non`, `NULL`, `-` say nothing."""
    for keyword in keywords:
        value = header.get(keyword)
        if isinstance(value, str) and value.strip().upper() not in _ABSENT_WORDS:
            return value.strip()
    return None


def fact_int(header: FitsHeader, *keywords: str) -> int | None:
    """The first of these keywords that is a whole number, in quotes or not."""
    number = fact_float(header, *keywords)
    return int(number) if number is not None and number.is_integer() and number >= 0 else None


def _number_in_quotes(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
