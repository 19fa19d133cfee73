"""Which stars to label next: those that the members disagree on, and not twenty of one kind."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.labels import label_named
from stellarview.domain.prediction import Prediction
from stellarview.domain.rounding import decimals_of

# What a label cannot mend.
_HOPELESS = ("wrong instrument", "too many bad pixels", "radial velocity unreliable")
_POOL = 10  # of so many times the asked number the most uncertain are looked at
_ALIKE = 0.5  # closer than this, in units of all stars' scatter, are stars alike; farther is not more different


@dataclass(frozen=True)
class Candidate:
    """A star to label, and why. `uncertainty` is the members' disagreement over what noise explains, of one label."""

    star: str
    key: str
    uncertainty: float
    reason: str


def rank_to_label(
    predictions: Mapping[str, Prediction],
    count: int = 20,
    *,
    labelled: Collection[str] = (),
    features: Mapping[str, FloatArray] | None = None,
) -> list[Candidate]:
    """The stars that would teach most, best first; a star like an earlier one, or like a labelled one, comes later.

    Alike is told by the features of the network where they are given, else by the labels (or the classes) themselves.
    """
    usable = {star: one for star, one in predictions.items() if (one.labels or one.classes) and not _hopeless(one)}
    doubt = {star: _doubt(one) for star, one in usable.items() if star not in labelled}
    ranked = sorted(doubt, key=lambda star: (-doubt[star][1], star))
    pool = ranked[: _POOL * max(count, 1)]
    if not pool or count < 1:
        return []
    known = [star for star in usable if star in labelled]
    place = {star: row for row, star in enumerate([*pool, *known])}
    points = _points([usable[star] for star in place], None if features is None else [features[star] for star in place])
    chosen = _spread(points, np.array([doubt[star][1] for star in pool]), len(known), min(count, len(pool)))
    return [_candidate(pool[row], usable[pool[row]], *doubt[pool[row]], is_new) for row, is_new in chosen]


def _spread(points_SF: FloatArray, doubt_P: FloatArray, n_known: int, count: int) -> list[tuple[int, bool]]:
    """Rows, the most doubtful that is not like one before; True where nothing like it was chosen or labelled before."""
    distance_PS = np.array([np.linalg.norm(points_SF - point_F, axis=1) for point_F in points_SF[: len(doubt_P)]])
    nearest_P = distance_PS[:, len(doubt_P) :].min(axis=1) if n_known else np.full(len(doubt_P), np.inf)
    chosen: list[tuple[int, bool]] = []
    free_P = np.ones(len(doubt_P), dtype=bool)
    while len(chosen) < count:
        worth_P = np.where(free_P, doubt_P * np.minimum(nearest_P / _ALIKE, 1.0), -1.0)
        row = int(worth_P.argmax())
        chosen.append((row, bool(nearest_P[row] >= _ALIKE)))
        free_P[row] = False
        nearest_P = np.minimum(nearest_P, distance_PS[:, row])
    return chosen


def _doubt(prediction: Prediction) -> tuple[str, float]:
    """The label that the members disagree most about, in units of what noise does; of classes the scatter itself."""
    if not prediction.labels:
        worst = max(prediction.classes, key=lambda one: one.scatter)
        return worst.name, worst.scatter
    ratios = {key: one.epistemic / one.aleatoric for key, one in prediction.labels.items()}
    key = max(ratios, key=lambda name: ratios[name])
    return key, ratios[key]


def _points(predictions: list[Prediction], features: list[FloatArray] | None) -> FloatArray:
    """Where stars lie, in units of their scatter along each axis."""
    if features is not None:
        rows = [np.ravel(one) for one in features]
    elif predictions[0].labels:
        rows = [np.array([mixture.mean for mixture in one.labels.values()]) for one in predictions]
    else:
        rows = [np.array([entry.probability for entry in one.classes]) for one in predictions]
    points_SF = np.array(rows, dtype=np.float64)
    scatter_F = points_SF.std(axis=0)
    return np.asarray(points_SF / np.where(scatter_F > 0, scatter_F, 1.0) / math.sqrt(points_SF.shape[1]))


def _candidate(star: str, prediction: Prediction, key: str, uncertainty: float, is_new: bool) -> Candidate:
    if prediction.labels:
        mixture, label = prediction.labels[key], label_named(key)
        size = f"{mixture.epistemic:.{decimals_of(mixture.epistemic)}f} {label.unit}".rstrip()
        reason = f"The members disagree by {size} in {label.text}, {uncertainty:.1f} times what noise explains"
    else:
        reason = f"The members disagree by {uncertainty:.0%} in the probability of {key}"
    unlike = prediction.novelty is not None and prediction.novelty.is_unlike
    others = "; it is unlike the training set" if unlike else ""
    return Candidate(star, key, uncertainty, f"{reason}{others}{'' if is_new else '; one like it comes before'}.")


def _hopeless(prediction: Prediction) -> bool:
    return any(flag.startswith(_HOPELESS) for flag in prediction.flags)
