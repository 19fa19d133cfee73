"""What came of a training run, on stars that it never saw: in itself, against its parent, and against forgetting."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.typed_json import dataclass_from

Verdict = Literal["promote", "careful", "do not"]
CLASS = "class"  # the key of a judgement of classes
_VERSION = 1


@dataclass(frozen=True)
class Change:
    """The new model minus its parent, on the same stars, in the mean of one measure; negative is better.

    `error` is |told - true| in the label's unit (for classes: 1 where wrong), `score` is -ln(probability density of the
    truth), which sigma enters too. `low` to `high` holds for all outputs together with 95%, by drawing groups of stars.
    """

    measure: Literal["error", "score"]
    value: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        """True where chance does not explain that it became smaller."""
        return self.high < 0.0

    @property
    def is_worse(self) -> bool:
        """True where chance does not explain that it became larger."""
        return self.low > 0.0


@dataclass(frozen=True)
class OutputJudgement:
    """One label, or all classes together. `groups` is how many groups of stars the held-out spectra are of.

    `after`, `before` and `uncalibrated` are metrics as on cards: of the model, of its parent (empty where it does not
    tell this label), and of the model without its run's calibration. `pit_*` count truths by where they fall in what
    was told: equal counts are honest errors. `skill` is the share of the error that is gone against always telling the
    mean.
    """

    key: str
    groups: int
    after: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    uncalibrated: Mapping[str, Any] = field(default_factory=dict)
    pit_after: tuple[int, ...] = ()
    pit_before: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()
    skill: float = 0.0

    def change(self, measure: str = "error") -> Change | None:
        """In this measure; None where there is nothing to compare with."""
        return next((one for one in self.changes if one.measure == measure), None)


@dataclass(frozen=True)
class Drift:
    """How far answers moved from the parent's on the parent's own reference, where nothing new was taught.

    In units of the parent's sigma: the median and the 95th percentile of the size, the share beyond two sigma. For
    classes in probability, and the share whose class is another now. `shift` is the median with its sign, in the
    label's unit. `near` counts reference stars close to new labels, and those whose class the parent guessed: their
    answers may move.
    """

    key: str
    away: int
    near: int
    median: float = 0.0
    most: float = 0.0
    beyond: float = 0.0
    shift: float = 0.0
    near_median: float = 0.0


@dataclass(frozen=True)
class Judgement:
    """All that was found, and the verdict with its reasons in figures."""

    model: str
    weights_sha256: str
    part: str
    outputs: tuple[OutputJudgement, ...]
    verdict: Verdict
    reasons: tuple[str, ...]
    parent: str = ""
    parent_sha256: str = ""
    drift: tuple[Drift, ...] = ()
    notes: tuple[str, ...] = ()
    version: int = _VERSION

    def __post_init__(self) -> None:
        if self.version != _VERSION:
            raise ValueError(f"judgement version {self.version} is not {_VERSION}")

    def to_json(self) -> dict[str, Any]:
        """JSON-ready facts."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any], where: str) -> Self:
        """The judgement that a file describes; `where` names the file in the error."""
        try:
            return dataclass_from(cls, facts, "judgement")
        except (TypeError, ValueError) as error:
            raise StellarViewError(
                f"The judgement {where} cannot be used.", f"It is broken: {error}.", "Judge the run again."
            ) from error


@dataclass(frozen=True, eq=False)
class Evidence:
    """The points that a judgement rests on, for its figure: K labels of B held-out spectra and of C reference stars.

    NaN where nobody knows the truth or the parent does not tell the label. `reference_CK` is what the parent tells,
    `drift_CK` how far that moved in its sigma. For classes the one column holds the probability of the true class
    (moved: of all classes), and truth is NaN.
    """

    keys: tuple[str, ...]
    snr_B: FloatArray
    truth_BK: FloatArray
    after_BK: FloatArray
    before_BK: FloatArray
    drift_keys: tuple[str, ...]
    reference_CK: FloatArray
    drift_CK: FloatArray
    near_C: BoolArray


@dataclass(frozen=True, eq=False)
class Judged:
    """What was found, and the points that it rests on."""

    judgement: Judgement
    evidence: Evidence
