"""A spectrum with edits: lines masked, scaled against their local continuum, or moved, as if the star were so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.rest_frame import own_wavelengths
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Arm, MaskReason, Spectrum
from stellarview.measurement.continuum import Continuum, local_continuum, usable_pixels

# A band of the local continuum is a quarter as wide as the stretch, and never narrower than this.
_BAND_SHARE = 0.25
_LEAST_BAND_PIXELS = 6


def with_edits(spectrum: Spectrum, edits: Sequence[Edit]) -> Spectrum:
    """The spectrum after all edits, one after the other.

    Edits are at rest in vacuum; they are put where the spectrum's velocity has such wavelengths, or where they stand if
    it has none to rely on. The velocity stays as it is.
    """
    return reduce(_edited, edits, spectrum)


def _edited(spectrum: Spectrum, edit: Edit) -> Spectrum:
    low, high = own_wavelengths(spectrum, edit.start_angstrom, edit.stop_angstrom)
    return replace(spectrum, arms=tuple(_edited_arm(arm, edit, low, high) for arm in spectrum.arms))


def _edited_arm(arm: Arm, edit: Edit, low: float, high: float) -> Arm:
    inside = (arm.wavelength_angstrom >= low) & (arm.wavelength_angstrom <= high)
    if edit.kind == "mask":
        return replace(arm, mask=arm.mask | np.where(inside, np.uint16(MaskReason.USER), np.uint16(0)))
    inside &= usable_pixels(arm)  # what is bad stays as it is
    if not inside.any():
        return arm
    continuum = _continuum(arm, edit, low, high)
    work = _scaled if edit.kind == "scale" else _shifted
    flux, variance = work(arm, inside, continuum, edit.amount)
    return replace(arm, flux=_with(arm.flux, inside, flux), ivar=_with(arm.ivar, inside, 1.0 / variance))


def _continuum(arm: Arm, edit: Edit, low: float, high: float) -> Continuum:
    """Through the pixels beside the stretch; where the arm ends there, through those within it."""
    pixel = (arm.wavelength_angstrom[-1] - arm.wavelength_angstrom[0]) / (len(arm) - 1)
    first, last = max(low, arm.wavelength_angstrom[0]), min(high, arm.wavelength_angstrom[-1])
    band = max(_BAND_SHARE * (last - first), _LEAST_BAND_PIXELS * pixel)
    within = min(band, 0.5 * (last - first))
    for blue in ((low - band, low), (first, first + within)):
        for red in ((high, high + band), (last - within, last)):
            found = local_continuum(arm, blue, red)
            if found is not None:
                return found
    raise StellarViewError(
        f"This edit cannot be made: {edit.words}.",
        f"Arm {arm.name} has too few good pixels there to tell a local continuum.",
        "Choose a wider stretch, or mask it instead.",
    )


_Changed = tuple[FloatArray, FloatArray]


def _scaled(arm: Arm, inside: BoolArray, continuum: Continuum, factor: float) -> _Changed:
    """Flux and variance inside, with the depth times the factor."""
    flux, ivar = arm.flux[inside].astype(np.float64), arm.ivar[inside]
    level = continuum.flux_N[inside]
    variance = factor**2 / ivar + (1.0 - factor) ** 2 * continuum.variance_N[inside]
    return level + factor * (flux - level), variance


def _shifted(arm: Arm, inside: BoolArray, continuum: Continuum, velocity_km_s: float) -> _Changed:
    """Flux and variance inside, with what was there moved, and faded into the continuum near the ends."""
    x, ivar = arm.wavelength_angstrom[inside], arm.ivar[inside].astype(np.float64)
    level, level_variance = continuum.flux_N[inside], continuum.variance_N[inside]
    depth = level - arm.flux[inside]
    source = x / (1.0 + velocity_km_s / SPEED_OF_LIGHT_KM_S)
    left = np.clip(np.searchsorted(x, source, side="right") - 1, 0, max(x.size - 2, 0))
    right = np.minimum(left + 1, x.size - 1)
    weight = np.clip((source - x[left]) / np.where(right > left, x[right] - x[left], 1.0), 0.0, 1.0)
    moved = (1.0 - weight) * depth[left] + weight * depth[right]
    variance = (1.0 - weight) ** 2 / ivar[left] + weight**2 / ivar[right]
    fade = _fade(np.minimum(x, source) - x[0], x[-1] - np.maximum(x, source), np.abs(x - source))
    return level - fade * moved, fade**2 * variance + (1.0 - fade) ** 2 * level_variance


def _fade(from_start: FloatArray, to_end: FloatArray, shift: FloatArray) -> FloatArray:
    """1 in the middle, 0 where the moved features would come from outside, smooth between; 1 without a shift."""
    nearest = np.minimum(from_start, to_end)
    share = np.clip(nearest / np.where(shift > 0, shift, 1.0), 0.0, 1.0)
    return np.where(shift > 0, share**2 * (3.0 - 2.0 * share), 1.0)


def _with(values: FloatArray, inside: BoolArray, new: FloatArray) -> FloatArray:
    changed = np.array(values)
    changed[inside] = new
    return changed
