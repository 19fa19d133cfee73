"""Where a spectrum's wavelengths stand at rest, and whether they can."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.lines import air_to_vacuum, vacuum_to_air
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Spectrum


def rest_factor(spectrum: Spectrum) -> float:
    """What observed wavelengths are divided by to stand at rest; 1 where they do or no velocity can be relied on."""
    if spectrum.frame == "rest" or spectrum.velocity is None or not is_at_rest(spectrum):
        return 1.0
    return 1.0 + spectrum.velocity.value_km_s / SPEED_OF_LIGHT_KM_S


def is_at_rest(spectrum: Spectrum) -> bool:
    """True where wavelengths over `rest_factor` are rest wavelengths: at rest, or with a velocity to rely on."""
    return spectrum.frame == "rest" or (spectrum.velocity is not None and spectrum.velocity.is_reliable)


def rest_wavelengths(spectrum: Spectrum, wavelength_angstrom: FloatArray) -> FloatArray:
    """Rest wavelengths in vacuum of the spectrum's own; as they stand where there is no velocity to rely on."""
    vacuum = air_to_vacuum(wavelength_angstrom) if spectrum.medium == "air" else wavelength_angstrom
    return np.asarray(vacuum / rest_factor(spectrum))


def own_wavelengths(spectrum: Spectrum, start_angstrom: float, stop_angstrom: float) -> tuple[float, float]:
    """Where a stretch of rest wavelength in vacuum lies in the spectrum's own frame and medium."""
    ends = np.array([start_angstrom, stop_angstrom]) * rest_factor(spectrum)
    low, high = vacuum_to_air(ends) if spectrum.medium == "air" else ends
    return float(low), float(high)
