"""Equivalent widths: how much continuum a line takes away, with the errors of the noise and of the continuum."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.spectrum import Arm
from stellarview.measurement.continuum import Continuum


class EquivalentWidth(NamedTuple):
    """In Angstrom; absorption is positive."""

    value: float
    sigma_noise: float
    sigma_continuum: float


def equivalent_width(
    arm: Arm, continuum: Continuum, usable: BoolArray, start_angstrom: float, stop_angstrom: float
) -> EquivalentWidth:
    """The integral of 1 - flux / continuum from start to stop, pixels at the ends counted by the part inside.

    Pixels that cannot be used are bridged from their usable neighbours. The noise of pixels is independent; each level
    of the continuum moves all pixels at once, which is what Cayrel's (1988) formula leaves out.
    """
    width_N = _bridged(arm.wavelength_angstrom, _inside(arm.wavelength_angstrom, start_angstrom, stop_angstrom), usable)
    counted = width_N > 0
    width, level = width_N[counted], continuum.flux_N[counted]
    flux, ivar = arm.flux[counted].astype(np.float64), arm.ivar[counted].astype(np.float64)
    by_level_K = (continuum.basis_KN[:, counted] * (width * flux / level**2)).sum(axis=1)
    return EquivalentWidth(
        float((width * (1.0 - flux / level)).sum()),
        float(np.sqrt(((width / level) ** 2 / ivar).sum())),
        float(np.sqrt(((by_level_K * continuum.sigma_K) ** 2).sum())),
    )


def _inside(x_N: FloatArray, start: float, stop: float) -> FloatArray:
    """How many Angstrom of each pixel lie between start and stop."""
    middle = 0.5 * (x_N[1:] + x_N[:-1])
    edges = np.concatenate([[2 * x_N[0] - middle[0]], middle, [2 * x_N[-1] - middle[-1]]])
    return np.asarray(np.maximum(np.minimum(edges[1:], stop) - np.maximum(edges[:-1], start), 0.0))


def _bridged(x_N: FloatArray, width_N: FloatArray, usable: BoolArray) -> FloatArray:
    """The widths of pixels that cannot be used handed to their usable neighbours: the same as linear interpolation."""
    known = np.flatnonzero(usable)
    lost = np.flatnonzero(~usable & (width_N > 0))
    result = np.where(usable, width_N, 0.0)
    right = np.clip(np.searchsorted(known, lost), 0, known.size - 1)
    left = np.maximum(right - (known[right] > lost), 0)
    left_x, right_x = x_N[known[left]], x_N[known[right]]
    share = np.clip((x_N[lost] - left_x) / np.where(right_x > left_x, right_x - left_x, 1.0), 0.0, 1.0)
    np.add.at(result, known[left], (1.0 - share) * width_N[lost])
    np.add.at(result, known[right], share * width_N[lost])
    return result
