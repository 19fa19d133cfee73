"""What rotation and the spectrograph do to lines: one kernel in velocity, which also resamples to any wavelengths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.emulator_card import ArmGrid
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S

_FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))
_LIMB_DARKENING = 0.6
_REACH_SIGMAS = 4.0
_STEP_KM_S = 0.5
FASTEST_ROTATION_KM_S = 150.0
HIGHEST_RESOLUTION = 15000.0


class LineSpread:
    """Blurs spectra from one resolution to another, rotates the star, and reads them off at new wavelengths.

    Sums over the source's own pixels weighted by the kernel: exact as long as the kernel is wider than a pixel, which
    `HIGHEST_RESOLUTION` sees to. Wavelengths that no arm covers give the continuum, 1, and `is_covered_M` False.
    """

    def __init__(
        self,
        arms: Sequence[ArmGrid],
        source_resolution: float,
        resolution: float,
        v_sini_km_s: float = 0.0,
        wavelength_angstrom_M: FloatArray | None = None,
    ) -> None:
        if not (0 < resolution <= HIGHEST_RESOLUTION and 0 <= v_sini_km_s <= FASTEST_ROTATION_KM_S):
            raise StellarViewError(
                f"A resolution of {resolution:g} with v sin i {v_sini_km_s:g} km/s cannot be made.",
                f"Synthetic lines can be blurred to at most R {HIGHEST_RESOLUTION:.0f}, and turned up to "
                f"{FASTEST_ROTATION_KM_S:.0f} km/s.",
                "Choose values within these limits.",
            )
        source = np.concatenate([arm.wavelength_angstrom for arm in arms])
        target = source if wavelength_angstrom_M is None else np.asarray(wavelength_angstrom_M, dtype=float)
        velocity, profile = _profile(source_resolution, resolution, v_sini_km_s)
        reach = velocity[-1] / SPEED_OF_LIGHT_KM_S
        self.first_M, last, offset = np.zeros(target.size, int), np.zeros(target.size, int), 0
        self.is_covered_M: BoolArray = np.zeros(target.size, dtype=bool)
        for arm in arms:
            grid = arm.wavelength_angstrom
            here = (target >= grid[0]) & (target <= grid[-1])
            self.first_M[here] = offset + np.searchsorted(grid, target[here] * (1.0 - reach))
            last[here] = offset + np.searchsorted(grid, target[here] * (1.0 + reach)) - 1
            self.is_covered_M |= here
            offset += arm.points
        taps = int((last - self.first_M).max()) + 1
        position = self.first_M[:, None] + np.arange(taps)
        inside = (position <= last[:, None]) & self.is_covered_M[:, None]
        shift = (source[np.minimum(position, source.size - 1)] / target[:, None] - 1.0) * SPEED_OF_LIGHT_KM_S
        weights = np.where(inside, np.interp(shift, velocity, profile, left=0.0, right=0.0), 0.0)
        total = weights.sum(axis=1, keepdims=True)
        self.weights_MT: FloatArray = weights / np.where(total > 0, total, 1.0)
        self._last_pixel = source.size - 1

    def apply(self, spectrum: FloatArray, outside: float = 1.0) -> FloatArray:
        """A spectrum (P) or several as columns (P x L) at the target's wavelengths."""
        columns = spectrum[:, None] if spectrum.ndim == 1 else spectrum
        result = np.zeros((self.first_M.size, columns.shape[1]))
        for tap, weight_M in enumerate(self.weights_MT.T):
            result += weight_M[:, None] * columns[np.minimum(self.first_M + tap, self._last_pixel)]
        result[~self.is_covered_M] = outside
        return result[:, 0] if spectrum.ndim == 1 else result


def _profile(source_resolution: float, resolution: float, v_sini_km_s: float) -> tuple[FloatArray, FloatArray]:
    """The kernel against velocity: a Gaussian for what resolution is lost, folded with Gray's rotation profile."""
    lost = np.sqrt(max(resolution**-2 - source_resolution**-2, 0.0))
    sigma = SPEED_OF_LIGHT_KM_S * lost / _FWHM
    half = int(np.ceil((_REACH_SIGMAS * sigma + v_sini_km_s) / _STEP_KM_S)) + 1
    velocity = _STEP_KM_S * np.arange(-half, half + 1)
    gauss = np.exp(-0.5 * (velocity / sigma) ** 2)
    if v_sini_km_s < _STEP_KM_S:
        return velocity, gauss
    depth = np.maximum(1.0 - (velocity / v_sini_km_s) ** 2, 0.0)
    rotation = 2.0 * (1.0 - _LIMB_DARKENING) * np.sqrt(depth) + 0.5 * np.pi * _LIMB_DARKENING * depth
    return velocity, np.convolve(gauss, rotation, mode="same")
