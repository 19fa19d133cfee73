"""A model's card: everything that inference needs to know of it, and everything that a referee would ask."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

from stellarview.domain.errors import StellarViewError
from stellarview.domain.faithfulness import Faithfulness
from stellarview.domain.spectrum import Instrument
from stellarview.domain.typed_json import dataclass_from

CARD_VERSION = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_model_name(text: str) -> bool:
    """True for small letters, digits, '-', '.' and '_': what is a good folder everywhere."""
    return _NAME.fullmatch(text) is not None


@dataclass(frozen=True)
class LabelScale:
    """One label: how its values were scaled for training, the range that was trained on, how sigma is calibrated.

    `mean`, `std`, `low`, `high` and `misfit` are in the label's own unit. A stated sigma is multiplied by
    `sigma_factor`; where the card has pairs of S/N and factor and the S/N is known, by what lies between them. `misfit`
    is a sigma of its own: how far synthetic spectra, where the network learned from them, are off the sky.
    """

    key: str
    mean: float
    std: float
    low: float
    high: float
    sigma_factor: float = 1.0
    sigma_factor_by_snr: tuple[tuple[float, float], ...] = ()
    misfit: float = 0.0

    def __post_init__(self) -> None:
        nodes = self.sigma_factor_by_snr
        are_pairs = all(len(node) == 2 and min(node) > 0 for node in nodes)
        if not are_pairs or any(one[0] >= other[0] for one, other in pairwise(nodes)):
            raise ValueError(f"sigma_factor_by_snr of label {self.key} is not pairs of rising S/N and positive factors")
        if not (self.std > 0 and self.low < self.high and self.sigma_factor > 0 and 0 <= self.misfit < math.inf):
            raise ValueError(f"the scale of label {self.key} is impossible")


@dataclass(frozen=True)
class ModelCard:
    """A network is useless without its recipe, its scaling and its range: they travel together, here."""

    name: str
    about: str
    architecture: str
    config: Mapping[str, Any]
    recipe: Mapping[str, Any]
    instrument: Instrument
    members: int
    labels: tuple[LabelScale, ...] = ()
    classes: tuple[str, ...] = ()
    explained_layer: str = ""
    least_snr: float = 0.0
    most_bad_share: float = 0.3
    trained_on: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    faithfulness: tuple[Faithfulness, ...] = ()
    parent: str = ""
    licence: str = "BSD-3-Clause"
    cite: tuple[str, ...] = ()
    weights_sha256: str = ""
    card_version: int = CARD_VERSION

    def __post_init__(self) -> None:
        if not is_model_name(self.name):
            raise ValueError(f"{self.name!r} is no name for a model: small letters, digits, '-', '.' and '_'")
        if self.card_version != CARD_VERSION:
            raise ValueError(f"card version {self.card_version} is not {CARD_VERSION}: it needs another StellarView")
        if not 1 <= self.members <= 1000 or bool(self.labels) == bool(self.classes):
            raise ValueError("a model has 1 to 1000 members, and either labels or classes")
        if self.weights_sha256 and not _SHA256.fullmatch(self.weights_sha256):
            raise ValueError("weights_sha256 is no checksum")

    def faithfulness_of(self, method: str, output: str) -> Faithfulness | None:
        """What was measured of this way of explaining this output."""
        return next((one for one in self.faithfulness if (one.method, one.label) == (method, output)), None)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Keys of the labels, or names of the classes."""
        return self.classes or tuple(label.key for label in self.labels)

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
                f"The model card {where} cannot be used.",
                f"It is broken: {error}.",
                "Download the model again; a newer card needs a newer StellarView.",
            ) from error
