"""Where a spectrum's wavelengths stand at rest, and whether they can."""

from __future__ import annotations

from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Spectrum


def rest_factor(spectrum: Spectrum) -> float:
    """What observed wavelengths are divided by to stand at rest; 1 where they do or no velocity can be relied on."""
    if spectrum.frame == "rest" or spectrum.velocity is None or not is_at_rest(spectrum):
        return 1.0
    return 1.0 + spectrum.velocity.value_km_s / SPEED_OF_LIGHT_KM_S


def is_at_rest(spectrum: Spectrum) -> bool:
    """True where wavelengths over `rest_factor` are rest wavelengths: at rest, or with a velocity to rely on."""
    return spectrum.frame == "rest" or (spectrum.velocity is not None and spectrum.velocity.is_reliable)
