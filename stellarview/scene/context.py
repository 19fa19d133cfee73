"""What an overlay is given: one arm of a spectrum, the axis it is drawn on, and the lines that may be named."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.lines import Line, vacuum_to_air
from stellarview.domain.plausible_lines import HOT_TEFF_K, hydrogen_angstrom, rough_teff_k
from stellarview.domain.rest_frame import is_at_rest, rest_factor
from stellarview.domain.spectrum import Arm, Medium, Spectrum


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
    def line_x(self) -> FloatArray:
        """Where the lines of the list stand on the axis, in its order."""
        vacuum_K = np.array([line.wavelength_vacuum_angstrom for line in self.lines])
        return vacuum_K if self.medium == "vacuum" else vacuum_to_air(vacuum_K)

    @property
    def x_per_angstrom(self) -> float:
        """What an Angstrom is on the axis."""
        return 1.0

    @cached_property
    def is_shown(self) -> BoolArray:
        """Pixels within the limits."""
        return np.asarray((self.x >= self.x_limits[0]) & (self.x <= self.x_limits[1]))

    @cached_property
    def balmer(self) -> tuple[float, ...]:
        """Vacuum wavelengths of the hydrogen lines in the list."""
        return hydrogen_angstrom(self.lines)

    @property
    def teff_k(self) -> float | None:
        """What the survey's subclass tells of the temperature, or the template that the velocity was found with."""
        return stated_teff_k(self.spectrum)

    @property
    def is_hot(self) -> bool:
        """True for O, B and A stars, white dwarfs and subdwarf O and B stars."""
        return self.teff_k is not None and self.teff_k >= HOT_TEFF_K


def stated_teff_k(spectrum: Spectrum) -> float | None:
    """The temperature of the survey's subclass, else of the template that the velocity was found with, roughly."""
    velocity = spectrum.velocity
    return rough_teff_k(spectrum.header.subclass or (velocity.template if velocity else None) or "")


def axis_label(spectrum: Spectrum) -> str:
    """What the wavelength axis of its plots says."""
    return f"{'Rest' if is_at_rest(spectrum) else 'Observed'} wavelength in {spectrum.medium} (Å)"
