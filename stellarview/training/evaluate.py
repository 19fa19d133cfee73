"""Asks a model about spectra whose labels are known, and judges its answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.inference import engines
from stellarview.inference.ensemble import Ensemble
from stellarview.recipes import recipe_from_json
from stellarview.recipes.scaling import Standardise
from stellarview.training.config import Data, TrainingConfig
from stellarview.training.config_file import config_from
from stellarview.training.dataset import Dataset, read_dataset
from stellarview.training.metrics import class_metrics, label_metrics
from stellarview.training.prepared import checksum
from stellarview.training.split import split_rows
from stellarview.training.task import without_standardise

# So many spectra of a slow network take a second or two: who waits sees that it goes on, and is heard.
_ASKED_AT_ONCE = 64
# Told after so many more spectra were asked about; it may raise.
Asked = Callable[[int], None]


def count_nothing(count: int) -> None:
    """For callers that show no progress."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What all members say of spectra, beside the truth. For classes `told_MBK` are probabilities and sigma is 0."""

    told_MBK: FloatArray
    sigma_MBK: FloatArray
    truth_BK: FloatArray
    snr_B: FloatArray
    name_B: NDArray[Any]

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Answers of several models, one a fold, as those of one."""
        members = {"told_MBK", "sigma_MBK"}
        names = ("told_MBK", "sigma_MBK", "truth_BK", "snr_B", "name_B")
        return cls(*(np.concatenate([getattr(p, n) for p in parts], axis=int(n in members)) for n in names))


def answers(model: Ensemble, dataset: Dataset, standardise: Standardise | None) -> Answers:
    """Ask the model about prepared spectra."""
    return as_answers(model, ask_by_parts(model, dataset.inputs(standardise)).outputs, dataset)


def ask_by_parts(model: Ensemble, inputs_BL: FloatArray, asked: Asked = count_nothing) -> engines.Answers:
    """What the model makes of these inputs, and word after every few of them."""
    parts = []
    for start in range(0, len(inputs_BL), _ASKED_AT_ONCE):
        parts.append(model.answers(inputs_BL[start : start + _ASKED_AT_ONCE]))
        asked(min(_ASKED_AT_ONCE, len(inputs_BL) - start))
    return engines.Answers(*(np.concatenate(part, axis=1) for part in zip(*parts, strict=True)))


def as_answers(model: Ensemble, outputs: FloatArray, dataset: Dataset) -> Answers:
    """The heads' outputs in physical units, beside the truth."""
    if model.card.classes:
        told = model.as_probabilities(outputs)
        return Answers(told, np.zeros_like(told), dataset.label_BK, dataset.snr_B, dataset.name_B)
    mean, sigma = model.as_gaussians(outputs, dataset.snr_B)
    return Answers(mean, sigma, dataset.label_BK, dataset.snr_B, dataset.name_B)


def judge(card: ModelCard, given: Answers) -> dict[str, Any]:
    """The metrics of these answers."""
    if card.classes:
        truth_B = given.truth_BK[:, 0].astype(np.int64)
        return class_metrics(card.classes, given.told_MBK.mean(axis=0), truth_B, given.snr_B)
    parts = (
        (scale, given.told_MBK[..., k], given.sigma_MBK[..., k], given.truth_BK[:, k])
        for k, scale in enumerate(card.labels)
    )
    return {"n": len(given.truth_BK), "labels": {part[0].key: label_metrics(*part, given.snr_B) for part in parts}}


def ask(
    model: Ensemble, sets: Sequence[Path], part: Literal["test", "all"] = "test", label_table: Path | None = None
) -> Answers:
    """The model's answers for the test split that it was judged by, or for all spectra of other sets."""
    config = _config_of(model.card)
    base, standardise = without_standardise(recipe_from_json(model.card.recipe))
    table = str(label_table.resolve()) if label_table else config.data.label_table
    if part == "all":
        names = tuple(str(path.resolve()) for path in sets)
        data = Data(names, config.data.labels, config.data.classes, config.data.class_column, table)
        return answers(model, read_dataset(data, "", base, Path()), standardise)
    paths = tuple(str(path) for path in _in_order(model.card, sets))
    data = replace(config.data, sets=paths, label_table=table)
    dataset = read_dataset(data, config.split.group, base, Path(paths[0]).parent)
    return answers(model, dataset.rows(split_rows(dataset.group_B, config.split).test), standardise)


def _config_of(card: ModelCard) -> TrainingConfig:
    try:
        return config_from(card.training["config"])
    except (KeyError, TypeError, ValueError) as error:
        raise StellarViewError(
            f"The model {card.name} cannot be evaluated.",
            f"Its card does not tell how it was trained: {error}.",
            "Choose a model that `stellarview train` wrote.",
        ) from error


def _in_order(card: ModelCard, sets: Sequence[Path]) -> list[Path]:
    """The sets in the order in which the model saw them, by their checksums: file names prove nothing."""
    found = {checksum(path): path.resolve() for path in sets}
    wanted = [entry["sha256"] for entry in card.training.get("data", [])]
    if set(found) != set(wanted):
        names = ", ".join(str(entry["file"]) for entry in card.training.get("data", []))
        raise StellarViewError(
            "The test split of these sets is not known.",
            f"{card.name} was trained on {names}, and these files are others or have changed.",
            "Give those sets, or --split all.",
        )
    return [found[sha256] for sha256 in wanted]
