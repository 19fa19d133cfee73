"""An emulator's card: which labels it takes within which limits, what it returns on which wavelengths, how well."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.typed_json import dataclass_from

EMULATOR_CARD_VERSION = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MOST_PIXELS = 1_000_000


@dataclass(frozen=True)
class LabelRange:
    """One label that the emulator takes: its unit, and the range that it was trained on."""

    key: str
    unit: str
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"the range of label {self.key} is impossible")


@dataclass(frozen=True)
class ArmGrid:
    """The wavelengths of one arm: vacuum, at rest, evenly spaced."""

    name: str
    start_angstrom: float
    step_angstrom: float
    points: int

    def __post_init__(self) -> None:
        if not (self.start_angstrom > 0 and self.step_angstrom > 0 and 2 <= self.points <= _MOST_PIXELS):
            raise ValueError(f"the grid of arm {self.name} is impossible")

    @cached_property
    def wavelength_angstrom(self) -> FloatArray:
        """The grid."""
        return np.asarray(self.start_angstrom + self.step_angstrom * np.arange(self.points))


@dataclass(frozen=True)
class Masked:
    """A stretch of wavelengths where the synthesis is not to be believed, and why."""

    start_angstrom: float
    stop_angstrom: float
    reason: str


@dataclass(frozen=True)
class EmulatorCard:
    """What an emulator is and how far it can be trusted; its weights are read with it or not at all."""

    name: str
    about: str
    labels: tuple[LabelRange, ...]
    arms: tuple[ArmGrid, ...]
    resolution: float
    experts: tuple[str, ...]
    error_teff_edges: tuple[float, ...]
    masked: tuple[Masked, ...] = ()
    instrument: Literal["MRS"] = "MRS"
    trained_on: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    licence: str = "BSD-3-Clause"
    cite: tuple[str, ...] = ()
    weights_sha256: str = ""
    kind: Literal["emulator"] = "emulator"
    card_version: int = EMULATOR_CARD_VERSION

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name for a model: small letters, digits, '-', '.' and '_'")
        if self.card_version != EMULATOR_CARD_VERSION:
            raise ValueError(f"card version {self.card_version} is not {EMULATOR_CARD_VERSION}")
        if not (self.labels and self.arms and self.experts and self.resolution > 0 and self.error_teff_edges):
            raise ValueError("an emulator has labels, arms, experts, a resolution and an error map")

    @property
    def n_pixels(self) -> int:
        """Pixels of all arms."""
        return sum(arm.points for arm in self.arms)

    @cached_property
    def wavelength_angstrom_P(self) -> FloatArray:
        """The wavelengths of all arms end to end."""
        return np.concatenate([arm.wavelength_angstrom for arm in self.arms])

    def to_json(self) -> dict[str, Any]:
        """JSON-ready facts."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any], where: str) -> Self:
        """The card that a file describes; `where` names the file in the error."""
        try:
            return dataclass_from(cls, facts, "card")
        except (TypeError, ValueError) as error:
            raise StellarViewError(
                f"The emulator's card {where} cannot be used.",
                f"It is broken: {error}.",
                "Download the emulator again; a newer card needs a newer StellarView.",
            ) from error
