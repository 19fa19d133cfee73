"""Whether a fine-tuned model still says what its parent said of stars that the new labels are not about."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.judgement import CLASS, Drift, Evidence
from stellarview.domain.prediction import Novelty
from stellarview.inference.calibration import mixture_sigma
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.novelty import novelties
from stellarview.training.evaluate import Asked, ask_by_parts, count_nothing

# In units of a label's scatter in the parent's training set: closer to a new label, an answer may well move.
_NEAR = 0.3
_FAR_SIGMAS = 2.0
_SURE = 0.6  # the parent's probability of its class


def are_comparable(child: Ensemble, parent: Ensemble) -> bool:
    """A reference is inputs: it asks those alone that are fed in the same way."""
    return child.card.recipe == parent.card.recipe


def drift_of(
    child: Ensemble,
    parent: Ensemble | None,
    reference_CL: FloatArray | None,
    learned_BK: FloatArray,
    asked: Asked = count_nothing,
) -> tuple[tuple[Drift, ...], Evidence]:
    """How far answers moved, output by output, and the points for the figure; nothing, where nothing compares."""
    nothing = _evidence((), np.zeros((0, 0)), np.zeros((0, 0)), np.zeros(0, dtype=bool))
    if parent is None or reference_CL is None or not are_comparable(child, parent):
        return (), nothing
    features, told = ask_by_parts(parent, reference_CL, asked)
    known = novelties(features, parent.tensors) or [Novelty(0.0, 0.0)] * len(reference_CL)
    is_known_C = np.array([not one.is_unlike for one in known])
    keys = tuple(key for key in child.card.outputs if key in parent.card.outputs)
    are_classes = bool(child.card.classes)
    if not is_known_C.any() or (child.card.classes != parent.card.classes if are_classes else not keys):
        return (), nothing
    before, after = told[:, is_known_C], ask_by_parts(child, reference_CL[is_known_C], asked).outputs
    if are_classes:
        return _of_classes(child.as_probabilities(after), parent.as_probabilities(before))
    return _of_labels(child, parent, (child.as_gaussians(after), parent.as_gaussians(before)), learned_BK, keys)


def _of_labels(
    child: Ensemble,
    parent: Ensemble,
    told: tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
    learned_BK: FloatArray,
    keys: tuple[str, ...],
) -> tuple[tuple[Drift, ...], Evidence]:
    (after, _), (before, sigma) = told
    own, old = ([card.outputs.index(key) for key in keys] for card in (child.card, parent.card))
    shift_CK = after.mean(axis=0)[:, own] - before.mean(axis=0)[:, old]
    drift_CK = shift_CK / np.stack([mixture_sigma(before[..., k], sigma[..., k]) for k in old], axis=1)
    told_CK = before.mean(axis=0)[:, old]
    scatter_K = np.array([parent.card.labels[k].std for k in old])
    near_C = _are_near(told_CK, learned_BK[:, own], scatter_K)
    found = tuple(_drift(key, drift_CK[:, k], near_C, shift_CK[:, k]) for k, key in enumerate(keys))
    return found, _evidence(keys, told_CK, drift_CK, near_C)


def _drift(key: str, drift_C: FloatArray, near_C: BoolArray, shift_C: FloatArray) -> Drift:
    away_C, size_C = ~near_C, np.abs(drift_C)
    near_median = float(np.median(size_C[near_C])) if near_C.any() else 0.0
    if not away_C.any():
        return Drift(key, 0, int(near_C.sum()), near_median=near_median)
    return Drift(
        key,
        int(away_C.sum()),
        int(near_C.sum()),
        float(np.median(size_C[away_C])),
        float(np.quantile(size_C[away_C], 0.95)),
        float((size_C[away_C] > _FAR_SIGMAS).mean()),
        float(np.median(shift_C[away_C])),
        near_median,
    )


def _of_classes(child_MCK: FloatArray, parent_MCK: FloatArray) -> tuple[tuple[Drift, ...], Evidence]:
    """Every class is everywhere in the new labels: nothing is near. Where the parent guesses, nothing can be lost."""
    after, before = child_MCK.mean(axis=0), parent_MCK.mean(axis=0)
    moved_C, is_sure_C = 0.5 * np.abs(after - before).sum(axis=1), before.max(axis=1) > _SURE
    evidence = _evidence((CLASS,), before.max(axis=1)[:, None], moved_C[:, None], ~is_sure_C)
    if not is_sure_C.any():
        return (Drift(CLASS, 0, len(moved_C)),), evidence
    changed_C = after.argmax(axis=1) != before.argmax(axis=1)
    sure_C = moved_C[is_sure_C]
    most, share = float(np.quantile(sure_C, 0.95)), float(changed_C[is_sure_C].mean())
    near = int((~is_sure_C).sum())
    return (Drift(CLASS, int(is_sure_C.sum()), near, float(np.median(sure_C)), most, share),), evidence


def _are_near(told_CK: FloatArray, learned_BK: FloatArray, scatter_K: FloatArray) -> BoolArray:
    """True where some new star has all its known labels (one at least) this close."""
    near_C = np.zeros(len(told_CK), dtype=bool)
    for place, one_K in enumerate(told_CK):
        apart_BK = np.abs(learned_BK - one_K) / scatter_K
        known_BK = np.isfinite(apart_BK)
        near_C[place] = bool(((apart_BK < _NEAR) | ~known_BK).all(axis=1)[known_BK.any(axis=1)].any())
    return near_C


def _evidence(keys: tuple[str, ...], told_CK: FloatArray, drift_CK: FloatArray, near_C: BoolArray) -> Evidence:
    none = np.zeros((0, len(keys)))
    return Evidence(keys, np.zeros(0), none, none, none, keys, told_CK, drift_CK, near_C)
