"""Air to vacuum and back, guarded: converting twice moves every line by 1.5 A and is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from stellarview.domain.errors import StellarViewError
from stellarview.domain.lines import air_to_vacuum, vacuum_to_air
from stellarview.domain.spectrum import Medium
from stellarview.domain.stack import Stack
from stellarview.recipes.step import Step


@dataclass(frozen=True)
class ToVacuum(Step):
    """Air wavelengths become vacuum ones; a spectrum that is in vacuum already is refused."""

    name: ClassVar[str] = "to_vacuum"

    def apply(self, stack: Stack) -> Stack:
        """The stack with vacuum wavelengths."""
        _refuse_if(stack, "vacuum")
        return _convert(stack, "vacuum")


@dataclass(frozen=True)
class ToAir(Step):
    """Vacuum wavelengths become air ones; a spectrum that is in air already is refused."""

    name: ClassVar[str] = "to_air"

    def apply(self, stack: Stack) -> Stack:
        """The stack with air wavelengths."""
        _refuse_if(stack, "air")
        return _convert(stack, "air")


@dataclass(frozen=True)
class InVacuum(Step):
    """Make sure of vacuum wavelengths, whatever the file brought: what recipes begin with."""

    name: ClassVar[str] = "in_vacuum"

    def apply(self, stack: Stack) -> Stack:
        """The stack with vacuum wavelengths, converted only where it was in air."""
        return stack if stack.medium == "vacuum" else _convert(stack, "vacuum")


def _refuse_if(stack: Stack, medium: Medium) -> None:
    if stack.medium == medium:
        raise StellarViewError(
            f"The wavelengths are in {medium} already.",
            "A second conversion would move every line by about 1.5 A (80 km/s).",
            "Leave this step out, or use in_vacuum, which converts only what is in air.",
        )


def _convert(stack: Stack, medium: Medium) -> Stack:
    if stack.frame == "rest":
        # n(lambda) belongs to the observed wavelength: at rest the conversion would err by up to 1e-3 A at 600 km/s.
        raise StellarViewError(
            "A spectrum at rest cannot be converted between air and vacuum.",
            "The refractive index belongs to the wavelength that the telescope saw.",
            "Convert first, then shift to the rest frame.",
        )
    change = air_to_vacuum if medium == "vacuum" else vacuum_to_air
    arms = [replace(arm, wavelength_BN=change(arm.wavelength_BN)) for arm in stack.arms]
    return replace(stack, arms=tuple(arms), medium=medium)
