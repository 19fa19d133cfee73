"""From prepared spectra to predictions: mixtures in physical units, classes, novelty, and flags in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.labels import label_named
from stellarview.domain.model_card import ModelCard
from stellarview.domain.prediction import ClassPrediction, Mixture, Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.type_range import contradicted, file_class_beyond, no_mk_type, no_star
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.extrapolation import are_beyond
from stellarview.inference.novelty import novelties

UNLIKE = "unlike the training set"
EXTRAPOLATION = "extrapolation"
CONTRADICTED = "contradicted"
WRONG_INSTRUMENT = "wrong instrument"

# Ends of a training range that are larger than this need no decimals.
_LARGE = 100.0


def predict_prepared(
    ensemble: Ensemble, prepared: Sequence[Spectrum], observed: Sequence[Spectrum]
) -> list[Prediction]:
    """One prediction a spectrum; `observed` are the same spectra before their recipe."""
    if not prepared:
        return []
    inputs = np.array([np.concatenate([arm.flux for arm in one.arms]) for one in prepared], dtype=np.float32)
    features, outputs = ensemble.answers(inputs)
    unlike = novelties(features, ensemble.tensors)
    labels, classes = _labels(ensemble, outputs, observed), _classes(ensemble, outputs)
    beyond = _beyond(ensemble, labels)
    predictions = []
    for row, (ready, seen) in enumerate(zip(prepared, observed, strict=True)):
        novelty = None if unlike is None else unlike[row]
        flags = (
            *_quality_flags(ensemble.card, ready, seen),
            *_range_flags(ensemble.card, labels[row]),
            *_type_flags(ensemble.card, labels[row], seen),
            *([f"{EXTRAPOLATION}: no training star is near this combination of labels"] if beyond[row] else []),
            *([UNLIKE] if novelty is not None and novelty.is_unlike else []),
        )
        predictions.append(Prediction(ensemble.card.name, labels[row], classes[row], novelty, flags))
    return predictions


def _labels(ensemble: Ensemble, outputs: FloatArray, observed: Sequence[Spectrum]) -> list[dict[str, Mixture]]:
    if ensemble.card.classes:
        return [{} for _ in outputs[0]]
    mean_MBK, sigma_MBK = ensemble.as_gaussians(outputs, np.array([_best_snr(one) for one in observed]))
    scales = ensemble.card.labels
    sigma_MBK = np.hypot(sigma_MBK, [scale.misfit for scale in scales])
    return [
        {one.key: Mixture(mean_MBK[:, row, k], sigma_MBK[:, row, k], one.misfit) for k, one in enumerate(scales)}
        for row in range(mean_MBK.shape[1])
    ]


def _beyond(ensemble: Ensemble, labels: list[dict[str, Mixture]]) -> Sequence[bool]:
    if not ensemble.card.labels:
        return [False] * len(labels)
    found = are_beyond(np.array([[mixture.mean for mixture in row.values()] for row in labels]), ensemble.tensors)
    return [False] * len(labels) if found is None else found.tolist()


def _classes(ensemble: Ensemble, outputs: FloatArray) -> list[tuple[ClassPrediction, ...]]:
    if not ensemble.card.classes:
        return [() for _ in outputs[0]]
    members_MBK = ensemble.as_probabilities(outputs)
    mean, scatter = members_MBK.mean(axis=0), members_MBK.std(axis=0)
    return [
        tuple(
            ClassPrediction(name, float(mean[row, k]), float(scatter[row, k]))
            for k, name in enumerate(ensemble.card.classes)
        )
        for row in range(len(mean))
    ]


def _quality_flags(card: ModelCard, prepared: Spectrum, observed: Spectrum) -> list[str]:
    """What was wrong with the spectrum before a network saw it."""
    flags = []
    if observed.is_foreign or observed.instrument != card.instrument:
        flags.append(f"{WRONG_INSTRUMENT}: trained on LAMOST {card.instrument}")
    snr = _best_snr(observed)
    if snr < card.least_snr:
        flags.append(f"low S/N: {snr:.0f}, trained on {card.least_snr:.0f} and more")
    good = sum(int(arm.is_good.sum()) for arm in prepared.arms) / sum(len(arm) for arm in prepared.arms)
    if 1.0 - good > card.most_bad_share:
        flags.append(f"too many bad pixels: {1.0 - good:.0%}")
    if observed.velocity is not None and not observed.velocity.is_reliable:
        flags.append("radial velocity unreliable")
    return flags


def _best_snr(spectrum: Spectrum) -> float:
    """That of the best band, by which training spectra are judged too; NaN where none is known."""
    return max(spectrum.header.snr.known().values(), default=np.nan)


def _type_flags(card: ModelCard, labels: dict[str, Mixture], observed: Spectrum) -> list[str]:
    """The survey's class may know what a network cannot, which calls an M dwarf a noisy solar star."""
    subclass = observed.header.subclass or ""
    beyond = [no_star(observed.header.object_class or "")] if card.labels else []
    beyond += [file_class_beyond(subclass, (one.low, one.high)) for one in card.labels if one.key == "teff"]
    flags = []
    if "subtype" in labels:
        beyond.append(no_mk_type(subclass))
        off = contradicted(subclass, labels["subtype"])
        flags = [f"{CONTRADICTED}: {label_named('subtype').text} is {off}"] if off else []
    return [*(f"{EXTRAPOLATION}: {one}" for one in beyond if one), *flags]


def _range_flags(card: ModelCard, labels: dict[str, Mixture]) -> list[str]:
    """A network asked beyond what it has learned answers all the same; within one sigma of the edge it may be there."""
    flags = []
    for scale in card.labels:
        label, mixture = label_named(scale.key), labels[scale.key]
        if mixture.mean - mixture.sigma < scale.low or mixture.mean + mixture.sigma > scale.high:
            digits = 0 if max(abs(scale.low), abs(scale.high)) > _LARGE else 2
            limits = f"{scale.low:.{digits}f} to {scale.high:.{digits}f} {label.unit}".rstrip()
            flags.append(f"{EXTRAPOLATION}: {label.text} reaches beyond the training range {limits}")
    return flags
