"""Whether a fine-tuned model still says what its parent said of stars that the new labels are not about."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.judgement import CLASS, Drift, Evidence
from stellarview.domain.prediction import Novelty
from stellarview.inference.calibration import mixture_sigma
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.novelty import novelties

# In units of a label's scatter in the parent's training set: closer to a new label, an answer may well move.
_NEAR = 0.3
_FAR_SIGMAS = 2.0
_SURE = 0.6  # the parent's probability of its class


def drift_of(
    child: Ensemble, parent: Ensemble | None, reference_CL: FloatArray | None, learned_BK: FloatArray
) -> tuple[tuple[Drift, ...], Evidence]:
    """How far answers moved, output by output, and the points for the figure; nothing, where nothing compares."""
    nothing = _evidence((), np.zeros((0, 0)), np.zeros((0, 0)), np.zeros(0, dtype=bool))
    if parent is None or reference_CL is None or child.card.recipe != parent.card.recipe:
        return (), nothing
    features, _ = parent.answers(reference_CL)
    known = novelties(features, parent.tensors) or [Novelty(0.0, 0.0)] * len(reference_CL)
    reference_CL = reference_CL[np.array([not one.is_unlike for one in known])]
    if child.card.classes and child.card.classes == parent.card.classes and len(reference_CL):
        return _of_classes(child, parent, reference_CL)
    keys = tuple(key for key in child.card.outputs if key in parent.card.outputs)
    if child.card.classes or not keys or not len(reference_CL):
        return (), nothing
    return _of_labels(child, parent, reference_CL, learned_BK, keys)


def _of_labels(
    child: Ensemble, parent: Ensemble, reference_CL: FloatArray, learned_BK: FloatArray, keys: tuple[str, ...]
) -> tuple[tuple[Drift, ...], Evidence]:
    (after, _), (before, sigma) = child.gaussians(reference_CL), parent.gaussians(reference_CL)
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


def _of_classes(child: Ensemble, parent: Ensemble, reference_CL: FloatArray) -> tuple[tuple[Drift, ...], Evidence]:
    """Every class is everywhere in the new labels: nothing is near. Where the parent guesses, nothing can be lost."""
    after, before = (model.probabilities(reference_CL).mean(axis=0) for model in (child, parent))
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
