"""A recipe: steps in order, by name, to and from the JSON of a model card."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Self

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.stack import Stack, join, stack_spectra, unstack
from stellarview.domain.typed_json import dataclass_from
from stellarview.recipes.step import Step

_ROWS_AT_ONCE = 64


@dataclass(frozen=True)
class Recipe:
    """What is done to a spectrum before a network sees it. It belongs to the network that was trained with it."""

    name: str
    steps: tuple[Step, ...]

    def apply(self, stack: Stack) -> Stack:
        """The stack after all steps, a few rows at a time: what fits into the processor's cache goes twice as fast."""
        if not self.steps:
            return stack
        blocks = [stack.rows(start, start + _ROWS_AT_ONCE) for start in range(0, len(stack), _ROWS_AT_ONCE)]
        return join([reduce(lambda block, step: step.apply(block), self.steps, block) for block in blocks])

    def __call__(self, spectrum: Spectrum) -> Spectrum:
        return self.prepare([spectrum])[0]

    def prepare(self, spectra: Sequence[Spectrum]) -> list[Spectrum]:
        """Spectra of one kind after all steps."""
        return unstack(self.apply(stack_spectra(spectra)), spectra)

    @property
    def needs_velocity(self) -> bool:
        """True where a step shifts to the rest frame."""
        return any(step.name == "to_rest_frame" for step in self.steps)

    def with_step(self, step: Step) -> Self:
        """The recipe with one more step at its end."""
        return dataclasses.replace(self, steps=(*self.steps, step))

    def after(self, done: Recipe) -> Recipe | None:
        """What is left to do of this recipe on spectra prepared with another; None where that one went elsewhere."""
        count = len(done.steps)
        return dataclasses.replace(self, steps=self.steps[count:]) if self.steps[:count] == done.steps else None

    def to_json(self) -> dict[str, Any]:
        """JSON-ready facts: the name, and each step's name with its parameters."""
        return {"name": self.name, "steps": [{"step": s.name, **dataclasses.asdict(s)} for s in self.steps]}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any], steps: Mapping[str, type[Step]]) -> Self:
        """The recipe of a model card; `steps` is the table of the steps that exist."""
        try:
            return cls(str(facts["name"]), tuple(_step(entry, steps) for entry in facts["steps"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StellarViewError(
                "This recipe cannot be used.",
                f"Its description is broken: {error}.",
                "Use a model card that StellarView wrote; a newer card needs a newer StellarView.",
            ) from error


def network_input(stack: Stack) -> FloatArray:
    """Fluxes of all arms end to end, one row a spectrum: what a network is fed with."""
    return np.concatenate([arm.flux_BN for arm in stack.arms], axis=1).astype(np.float32)


def _step(entry: Mapping[str, Any], steps: Mapping[str, type[Step]]) -> Step:
    parameters = {key: value for key, value in entry.items() if key != "step"}
    return dataclass_from(steps[entry["step"]], parameters, f"step {entry['step']}")
