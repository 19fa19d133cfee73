"""What an overlay is given: one arm of a spectrum, the axis it is drawn on, and the lines that may be named."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.lines import Line
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Arm, Medium, Spectrum


@dataclass(frozen=True, eq=False)
class ArmContext:
    """One arm as it is drawn: at rest where the velocity is known, between two limits of the x axis."""

    spectrum: Spectrum
    arm: Arm
    lines: tuple[Line, ...]
    x_limits: tuple[float, float]

    @property
    def medium(self) -> Medium:
        """The medium that the wavelengths on the axis are in."""
        return self.spectrum.medium

    @cached_property
    def x(self) -> FloatArray:
        """Wavelengths on the axis, Angstrom."""
        return self.arm.wavelength_angstrom / rest_factor(self.spectrum)

    @cached_property
    def is_shown(self) -> BoolArray:
        """Pixels within the limits."""
        return np.asarray((self.x >= self.x_limits[0]) & (self.x <= self.x_limits[1]))

    @cached_property
    def balmer(self) -> tuple[float, ...]:
        """Vacuum wavelengths of the hydrogen lines in the list."""
        return tuple(line.wavelength_vacuum_angstrom for line in self.lines if line.species == "H I")

    @property
    def is_hot(self) -> bool:
        """True for O, B and A stars, white dwarfs and subdwarf O and B stars."""
        return self._kind.startswith(("O", "B", "A", "D", "WD", "sdO", "sdB"))

    @property
    def is_very_cool(self) -> bool:
        """True where titanium oxide shows: M stars and the latest K stars."""
        return self._kind.lstrip("dgs").startswith(("M", "K7", "K5")) or "4000 K" in self._kind

    @property
    def _kind(self) -> str:
        """The survey's subclass, or the name of the template that the velocity was found with."""
        velocity = self.spectrum.velocity
        return self.spectrum.header.subclass or (velocity.template if velocity else None) or ""


def rest_factor(spectrum: Spectrum) -> float:
    """What observed wavelengths are divided by to stand at rest; 1 where they do or no velocity can be relied on."""
    if spectrum.frame == "rest" or spectrum.velocity is None or not is_at_rest(spectrum):
        return 1.0
    return 1.0 + spectrum.velocity.value_km_s / SPEED_OF_LIGHT_KM_S


def is_at_rest(spectrum: Spectrum) -> bool:
    """True where wavelengths over `rest_factor` are rest wavelengths: at rest, or with a velocity to rely on."""
    return spectrum.frame == "rest" or (spectrum.velocity is not None and spectrum.velocity.is_reliable)


def axis_label(spectrum: Spectrum) -> str:
    """What the wavelength axis of its plots says."""
    return f"{'Rest' if is_at_rest(spectrum) else 'Observed'} wavelength in {spectrum.medium} (Å)"
