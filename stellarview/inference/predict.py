"""From prepared spectra to predictions: mixtures in physical units, classes, novelty, and flags in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.model_card import ModelCard
from stellarview.domain.prediction import ClassPrediction, Mixture, Novelty, Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.novelty import novelties


def predict_prepared(
    ensemble: Ensemble, prepared: Sequence[Spectrum], observed: Sequence[Spectrum]
) -> list[Prediction]:
    """One prediction a spectrum; `observed` are the same spectra before their recipe."""
    if not prepared:
        return []
    inputs = np.array([np.concatenate([arm.flux for arm in one.arms]) for one in prepared], dtype=np.float32)
    unlike = novelties(ensemble.features(inputs), ensemble.tensors)
    labels, classes = _labels(ensemble, inputs), _classes(ensemble, inputs)
    predictions = []
    for row, (ready, seen) in enumerate(zip(prepared, observed, strict=True)):
        novelty = None if unlike is None else unlike[row]
        flags = (
            *_quality_flags(ensemble.card, ready, seen),
            *_range_flags(ensemble.card, labels[row]),
            *_novelty_flags(novelty),
        )
        predictions.append(Prediction(ensemble.card.name, labels[row], classes[row], novelty, flags))
    return predictions


def _labels(ensemble: Ensemble, inputs: FloatArray) -> list[dict[str, Mixture]]:
    if ensemble.card.classes:
        return [{} for _ in inputs]
    mean_MBK, sigma_MBK = ensemble.gaussians(inputs)
    keys = ensemble.card.outputs
    return [
        {key: Mixture(mean_MBK[:, row, k], sigma_MBK[:, row, k]) for k, key in enumerate(keys)}
        for row in range(len(inputs))
    ]


def _classes(ensemble: Ensemble, inputs: FloatArray) -> list[tuple[ClassPrediction, ...]]:
    if not ensemble.card.classes:
        return [() for _ in inputs]
    members_MBK = ensemble.probabilities(inputs)
    mean, scatter = members_MBK.mean(axis=0), members_MBK.std(axis=0)
    return [
        tuple(
            ClassPrediction(name, float(mean[row, k]), float(scatter[row, k]))
            for k, name in enumerate(ensemble.card.classes)
        )
        for row in range(len(inputs))
    ]


def _quality_flags(card: ModelCard, prepared: Spectrum, observed: Spectrum) -> list[str]:
    """What was wrong with the spectrum before a network saw it."""
    flags = []
    instrument = "MRS" if {arm.name for arm in observed.arms} & {"B", "R"} else "LRS"
    if observed.is_foreign or instrument != card.instrument:
        flags.append(f"wrong instrument: trained on LAMOST {card.instrument}")
    snr = max(observed.header.snr.known().values(), default=None)
    if snr is not None and snr < card.least_snr:
        flags.append(f"low S/N: {snr:.0f}, trained on {card.least_snr:.0f} and more")
    good = sum(int(arm.is_good.sum()) for arm in prepared.arms) / sum(len(arm) for arm in prepared.arms)
    if 1.0 - good > card.most_bad_share:
        flags.append(f"too many bad pixels: {1.0 - good:.0%}")
    if observed.velocity is not None and not observed.velocity.is_reliable:
        flags.append("radial velocity unreliable")
    return flags


def _range_flags(card: ModelCard, labels: dict[str, Mixture]) -> list[str]:
    """A network asked beyond what it has learned answers all the same."""
    return [
        f"{scale.key} outside the training range {scale.low:g} to {scale.high:g}"
        for scale in card.labels
        if scale.key in labels and not scale.low <= labels[scale.key].mean <= scale.high
    ]


def _novelty_flags(novelty: Novelty | None) -> list[str]:
    return ["unlike the training set"] if novelty is not None and novelty.is_unlike else []
