"""What a training set is like before anything is trained on it: counts, ranges, likeness to the parent, verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.labels import label_named
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.typed_json import dataclass_from
from stellarview.io.models import find_model, read_card
from stellarview.io.sets import open_spectrum_set
from stellarview.training.config import SplitPlan
from stellarview.training.dataset import column_of, names_of, snr_of
from stellarview.training.label_set import STAR_COLUMN, LabelSet
from stellarview.training.prepared import Tell, say_nothing
from stellarview.training.split import split_rows
from stellarview.training.verdicts import Finding, Verdict, verdicts_on
from stellarview.workflow import load_model, predict

# Enough to tell a share to a few percent; more would take longer than the first epoch.
_SAMPLE, _AT_ONCE = 200, 20
_BINS = 24
_USUAL_LEAST_SNR = 10.0
_MOST_NAMES = 50

# What the parent says of a sample, by the row over all sets; or why it says nothing.
Answers = Mapping[int, Prediction | StellarViewError]


@dataclass(frozen=True)
class LabelCheck:
    """One label of the set beside the parent's training range (None: the parent does not know it).

    `counts` are stars in the bins between `edges`. `offset` and `scatter` are those of the parent's answers less the
    labels, over a sample; None where it gives none.
    """

    key: str
    text: str
    unit: str
    n_known: int
    n_bad: int
    low: float | None = None
    high: float | None = None
    parent_low: float | None = None
    parent_high: float | None = None
    n_outside: int = 0
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    offset: float | None = None
    scatter: float | None = None
    outside: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """True for a label that the parent does not tell."""
        return self.parent_low is None

    @property
    def is_constant(self) -> bool:
        """True where all stars have one value, or none has any: nothing can be learned."""
        return self.low is None or self.low == self.high


@dataclass(frozen=True)
class PartCount:
    """One part of the split."""

    spectra: int
    stars: int


@dataclass(frozen=True)
class Preflight:
    """All that was found, and what it means. JSON by `to_json`, back by `from_json`."""

    parent: str
    n_spectra: int
    n_stars: int
    n_plates: int
    labels: tuple[LabelCheck, ...] = ()
    n_low_snr: int = 0
    least_snr: float = 0.0
    median_snr: float | None = None
    n_sampled: int = 0
    n_unlike: int = 0
    n_wrong_instrument: int = 0
    n_unusable: int = 0
    n_poor: int = 0
    unlike: tuple[str, ...] = ()
    split: Mapping[str, Any] = field(default_factory=dict)
    split_group: str = STAR_COLUMN
    verdicts: tuple[Verdict, ...] = ()

    @property
    def can_start(self) -> bool:
        """False where training would be in vain."""
        return all(verdict.severity != "stop" for verdict in self.verdicts)

    @property
    def usable_labels(self) -> tuple[str, ...]:
        """Labels that can be learned."""
        return tuple(one.key for one in self.labels if not one.is_constant)

    def part(self, name: str) -> PartCount:
        """How many spectra and stars `train`, `validation` or `test` will have."""
        return PartCount(**self.split[name])

    def to_json(self) -> dict[str, Any]:
        """JSON-ready facts."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """The way back; ValueError or TypeError where these are others."""
        labels = tuple(LabelCheck(**_tuples(one)) for one in facts["labels"])
        verdicts = tuple(dataclass_from(Verdict, one, "verdict") for one in facts["verdicts"])
        return cls(**_tuples(dict(facts) | {"labels": labels, "verdicts": verdicts}))


def preflight(
    folder: Path, label_set: LabelSet, parent: str, plan: SplitPlan | None = None, tell: Tell = say_nothing
) -> Preflight:  # fmt: skip
    """Look at the set that was built in this folder, and ask the parent about a sample of it.

    Without a plan the spectra are split by star, 70, 10 and 20 percent.
    """
    card = read_card(find_model(parent))
    plan = plan or SplitPlan(group=STAR_COLUMN)
    facts = _Facts.of(folder, label_set, plan.group)
    answers = _asked(folder, label_set, facts, parent, tell)
    found = Preflight(
        parent=card.name,
        n_spectra=len(facts.snr_B),
        n_stars=len(np.unique(facts.star_B)),
        n_plates=len(np.unique(facts.plate_B[facts.plate_B != ""])),
        labels=tuple(_label_check(key, facts, label_set, card, answers) for key in label_set.labels),
        least_snr=card.least_snr or _USUAL_LEAST_SNR,
        n_low_snr=int((facts.snr_B < (card.least_snr or _USUAL_LEAST_SNR)).sum()),
        median_snr=_median(facts.snr_B),
        split=_split(facts, plan),
        split_group=plan.group,
        **_likeness(answers, facts),
    )
    return replace(found, verdicts=verdicts_on(Finding(found, label_set, card)))


@dataclass(frozen=True, eq=False)
class _Facts:
    """What the sets tell of their spectra without their fluxes."""

    label: Mapping[str, FloatArray]
    snr_B: FloatArray
    star_B: FloatArray
    group_B: NDArray[Any]
    plate_B: NDArray[Any]
    name_B: NDArray[Any]

    @classmethod
    def of(cls, folder: Path, label_set: LabelSet, group: str) -> Self:
        parts = []
        for name in label_set.sets:
            with open_spectrum_set(folder / name) as spectra:
                known, unknown = spectra.labels, np.full(len(spectra), np.nan)
                parts.append((
                    {key: known.get(key, unknown) for key in label_set.labels},
                    *(snr_of(spectra), known[STAR_COLUMN], column_of(spectra, group).astype(str)),
                    *(column_of(spectra, "plan_id").astype(str), names_of(spectra)),
                ))  # fmt: skip
        labels = {key: np.concatenate([part[0][key] for part in parts]) for key in label_set.labels}
        return cls(labels, *(np.concatenate([part[place] for part in parts]) for place in range(1, 6)))


def _asked(folder: Path, label_set: LabelSet, facts: _Facts, parent: str, tell: Tell) -> Answers:
    """Every so many spectra are asked about."""
    count = len(facts.snr_B)
    rows = np.unique(np.linspace(0, count - 1, min(_SAMPLE, count)).astype(int)).tolist()
    model = load_model(parent, "cpu")
    told: dict[int, Prediction | StellarViewError] = {}
    for some in _pieces(folder, label_set, rows):
        answers = predict([spectrum for _, spectrum in some], model, has_bounds=False)
        told |= {row: answer for (row, _), answer in zip(some, answers, strict=True)}
        tell(len(told), len(rows))
    return told


def _pieces(folder: Path, label_set: LabelSet, rows: Sequence[int]) -> Iterator[list[tuple[int, Spectrum]]]:
    first = 0
    for name in label_set.sets:
        with open_spectrum_set(folder / name) as spectra:
            own = [row for row in rows if first <= row < first + len(spectra)]
            for start in range(0, len(own), _AT_ONCE):
                yield [(row, spectra[row - first]) for row in own[start : start + _AT_ONCE]]
            first += len(spectra)


def _label_check(key: str, facts: _Facts, label_set: LabelSet, card: ModelCard, told: Answers) -> LabelCheck:
    label, value_B = label_named(key), facts.label[key]
    known = value_B[np.isfinite(value_B)]
    scale = next((one for one in card.labels if one.key == key), None)
    check = LabelCheck(key, label.text, label.unit, len(known), int(label_set.n_bad.get(key, 0)))
    if not len(known):
        return check
    low, high = float(known.min()), float(known.max())
    check = replace(check, low=low, high=high)
    if scale is not None:
        outside_B = (value_B < scale.low) | (value_B > scale.high)
        names = tuple(str(name) for name in facts.name_B[outside_B][:_MOST_NAMES])
        check = replace(check, parent_low=scale.low, parent_high=scale.high, n_outside=int(outside_B.sum()))
        check = replace(check, outside=names, **_offset(key, value_B, told))
    edges = _edges(low, high, scale)
    counts = np.histogram(known, edges)[0]
    return replace(check, edges=tuple(edges.tolist()), counts=tuple(counts.tolist()))


def _edges(low: float, high: float, scale: LabelScale | None) -> FloatArray:
    """From the least to the largest of set and parent together, so that both fit into one picture."""
    ends = (low, high) if scale is None else (min(low, scale.low), max(high, scale.high))
    return np.linspace(ends[0], ends[1] if ends[1] > ends[0] else ends[0] + 1.0, _BINS + 1)


def _offset(key: str, value_B: FloatArray, told: Answers) -> dict[str, Any]:
    residuals = [
        answer.labels[key].mean - value_B[row]
        for row, answer in told.items()
        if isinstance(answer, Prediction) and key in answer.labels and np.isfinite(value_B[row])
    ]
    if not residuals:
        return {}
    middle = float(np.median(residuals))
    return {"offset": middle, "scatter": float(1.4826 * np.median(np.abs(np.array(residuals) - middle)))}


def _likeness(told: Answers, facts: _Facts) -> dict[str, Any]:
    able = {row: answer for row, answer in told.items() if isinstance(answer, Prediction)}
    unlike = [row for row, answer in able.items() if answer.novelty is not None and answer.novelty.is_unlike]

    def flagged(words: str) -> int:
        return sum(any(flag.startswith(words) for flag in answer.flags) for answer in able.values())

    return {
        "n_sampled": len(told),
        "n_unlike": len(unlike),
        "n_wrong_instrument": flagged("wrong instrument"),
        "n_poor": flagged("too many bad pixels"),
        "n_unusable": len(told) - len(able),
        "unlike": tuple(str(facts.name_B[row]) for row in unlike[:_MOST_NAMES]),
    }


def _split(facts: _Facts, plan: SplitPlan) -> dict[str, dict[str, int]]:
    split = split_rows(facts.group_B, plan)
    parts = {name: getattr(split, name) for name in ("train", "validation", "test")}
    return {name: {"spectra": len(rows), "stars": len(np.unique(facts.star_B[rows]))} for name, rows in parts.items()}


def _median(values: FloatArray) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else None


def _tuples(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()}
