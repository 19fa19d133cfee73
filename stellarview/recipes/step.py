"""What a recipe step is: parameters as fields, the work on a stack, and the same work on one spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stellarview.domain.spectrum import Spectrum
from stellarview.domain.stack import Stack, stack_spectra, unstack


@dataclass(frozen=True)
class Step:
    """One step. Every row of a stack is worked on alone, so one spectrum and a batch give the same numbers."""

    name: ClassVar[str]

    def apply(self, stack: Stack) -> Stack:
        """The stack after this step."""
        raise NotImplementedError

    def __call__(self, spectrum: Spectrum) -> Spectrum:
        return unstack(self.apply(stack_spectra([spectrum])), [spectrum])[0]
