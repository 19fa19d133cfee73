"""The wavelength axis of the spectrum view: its unit, medium and frame, and the way there and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stellarview.domain.arrays import FloatArray
from stellarview.domain.lines import air_to_vacuum, vacuum_to_air
from stellarview.domain.rest_frame import is_at_rest
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Frame, Medium, Spectrum

XUnit = Literal["angstrom", "nm"]
_PER_ANGSTROM = {"angstrom": 1.0, "nm": 0.1}
_UNIT_WORDS = {"angstrom": "Å", "nm": "nm"}


@dataclass(frozen=True)
class WavelengthAxis:
    """Where wavelengths stand; `star_factor` is observed over rest wavelength in vacuum."""

    unit: XUnit
    medium: Medium
    frame: Frame
    star_factor: float

    @property
    def per_angstrom(self) -> float:
        """What an Angstrom is on the axis."""
        return _PER_ANGSTROM[self.unit]

    @property
    def unit_words(self) -> str:
        """`Å` or `nm`."""
        return _UNIT_WORDS[self.unit]

    @property
    def label(self) -> str:
        """What stands at the axis."""
        return f"{self.frame.capitalize()} wavelength in {self.medium} ({self.unit_words})"

    def place(self, wavelength_angstrom: FloatArray, medium: Medium, frame: Frame) -> FloatArray:
        """Where wavelengths of this medium and frame stand on the axis."""
        factor = self._factor(frame, self.frame)
        return _converted(wavelength_angstrom, (medium, self.medium), factor) * self.per_angstrom

    def wavelength_angstrom(self, x: FloatArray, medium: Medium, frame: Frame) -> FloatArray:
        """The wavelengths of places on the axis: the way back."""
        factor = self._factor(self.frame, frame)
        return _converted(x / self.per_angstrom, (self.medium, medium), factor)

    def _factor(self, source: Frame, target: Frame) -> float:
        if source == target:
            return 1.0
        return self.star_factor if target == "observed" else 1.0 / self.star_factor


def axis_of(spectrum: Spectrum, unit: XUnit, medium: Medium, frame: Frame) -> WavelengthAxis:
    """The axis that was asked for, or the nearest: without a velocity to rely on a spectrum stays where it is."""
    velocity = spectrum.velocity
    if velocity is None or not is_at_rest(spectrum):
        return WavelengthAxis(unit, medium, spectrum.frame, 1.0)
    return WavelengthAxis(unit, medium, frame, 1.0 + velocity.value_km_s / SPEED_OF_LIGHT_KM_S)


def _converted(wavelength: FloatArray, media: tuple[Medium, Medium], factor: float) -> FloatArray:
    """Stars shift light in vacuum: from air and to air the way leads through it."""
    source, target = media
    if source == target and (source == "vacuum" or factor == 1.0):
        return wavelength * factor
    vacuum = (wavelength if source == "vacuum" else air_to_vacuum(wavelength)) * factor
    return vacuum if target == "vacuum" else vacuum_to_air(vacuum)
