"""From trained weights to a model: calibrated, with its novelty reference and its metrics, in a folder of its own."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from stellarview import __version__
from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.inference.calibration import sigma_factor, sigma_factors_by_snr
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.extrapolation import fit_extrapolation
from stellarview.inference.novelty import fit_novelty
from stellarview.inference.reference import fit_reference
from stellarview.io.models import StoredModel, Tensors, write_model
from stellarview.io.references import write_reference
from stellarview.training.config_file import config_facts
from stellarview.training.dataset import Dataset
from stellarview.training.evaluate import answers, judge
from stellarview.training.state import TrainState
from stellarview.training.task import Task
from stellarview.training.trust import trust

# More would hardly move the reference, and features of a million spectra do not fit into memory.
_MOST_FOR_NOVELTY = 20_000
_FEWEST_FOR_LABELS = 50
_LARGEST_HALF = 6e4


def finish(task: Task, state: TrainState, folder: Path, command: str) -> Ensemble:
    """The best weights of each member as a model on the disk."""
    if not np.isfinite(state.best_loss).all():
        raise StellarViewError(
            "Training gave no model.",
            f"The validation losses are {', '.join(f'{loss:g}' for loss in state.best_loss)}.",
            "Lower optimiser.rate, or set optimiser.clip_norm.",
        )
    full = {f"members.{name}": tensor.cpu().numpy() for name, tensor in state.best.items()}
    kept = halved(full) if task.config.model.store == "float16" else full
    model = _ensemble(task, _card(task, state, command), kept)
    storage = {} if kept is full else {"float16": _cost(task, model, _ensemble(task, model.card, full))}
    model = _ensemble(task, replace(model.card, labels=_calibrated(task, model)), kept)
    rows, features = _seen(task, model)
    kept = kept | dict(fit_novelty(features)) | _extrapolation(task)
    part = "test" if len(task.split.test) else "validation"
    metrics = judge(model.card, answers(model, task.dataset.rows(getattr(task.split, part)), task.standardise))
    training = {**model.card.training, "storage": storage}
    judged = replace(model.card, metrics={part: metrics}, training=training)
    judged = replace(judged, faithfulness=trust(task, model, getattr(task.split, part)))
    card = write_model(folder, judged, kept)
    reference = fit_reference(features[0], rows)
    if reference is not None:
        write_reference(folder, card.weights_sha256, reference)
    return _ensemble(task, card, kept)


def halved(tensors: Tensors) -> Tensors:
    """Weights in half precision; what does not fit, and whole numbers, as they are."""
    return {
        name: array.astype(np.float16) if array.dtype == np.float32 and np.abs(array).max() < _LARGEST_HALF else array
        for name, array in tensors.items()
    }


def _ensemble(task: Task, card: ModelCard, tensors: Tensors) -> Ensemble:
    return Ensemble(StoredModel(Path(), card, tensors), task.device)


def _card(task: Task, state: TrainState, command: str) -> ModelCard:
    facts, data = task.config.model, task.config.data
    return ModelCard(
        name=facts.name,
        about=facts.about,
        architecture=task.architecture.name,
        config=asdict(task.network_config),
        recipe=task.recipe.to_json(),
        instrument=facts.instrument,
        members=task.config.network.members,
        labels=tuple(replace(scale, misfit=facts.misfit.get(scale.key, 0.0)) for scale in task.scales),
        classes=data.classes,
        explained_layer=task.architecture.explained_layer,
        least_snr=data.least_snr,
        trained_on=facts.trained_on,
        training=_training(task, state, command),
        parent="" if task.parent is None else task.parent.card.name,
        licence=facts.licence,
        cite=facts.cite,
    )


def _training(task: Task, state: TrainState, command: str) -> dict[str, Any]:
    """How it came about, so that somebody else can do it again."""
    sets = zip(task.config.data.sets, task.dataset.checksums, strict=True)
    parts = ("train", "validation", "test")
    return {
        "command": command,
        "config": config_facts(task.config),
        "data": [{"file": Path(name).name, "sha256": sha256} for name, sha256 in sets],
        "labels_sha256": labels_sha256(task.dataset),
        **({} if task.parent is None else {"parent_sha256": task.parent.card.weights_sha256}),
        "spectra": {part: len(getattr(task.split, part)) for part in parts},
        "epochs": state.epoch,
        "rate": state.rate,
        "batch": state.batch,
        "best_epochs": list(state.best_epoch),
        "validation_losses": list(state.best_loss),
        "seconds": round(state.seconds, 1),
        "device": str(task.device),
        "versions": {"stellarview": __version__, "torch": torch.__version__, "numpy": np.__version__},
    }


def labels_sha256(dataset: Dataset) -> str:
    """One number for what was learned: spectra by name with their labels, wherever they came from."""
    names = "\n".join(map(str, dataset.name_B)).encode()
    return hashlib.sha256(names + np.ascontiguousarray(dataset.label_BK, dtype="<f8").tobytes()).hexdigest()


def _calibrated(task: Task, model: Ensemble) -> tuple[Any, ...]:
    """One factor a label, and its course with S/N, from the validation split."""
    if model.card.classes:
        return ()
    given = answers(model, task.dataset.rows(task.split.validation), task.standardise)
    scales = []
    for k, scale in enumerate(model.card.labels):
        told = given.told_MBK[..., k], given.sigma_MBK[..., k], given.truth_BK[:, k]
        factor = sigma_factor(*told) if np.isfinite(told[2]).any() else 1.0
        by_snr = sigma_factors_by_snr(*told, given.snr_B)
        scales.append(replace(scale, sigma_factor=factor, sigma_factor_by_snr=by_snr))
    return tuple(scales)


def _seen(task: Task, model: Ensemble) -> tuple[FloatArray, FloatArray]:
    """Inputs of the training set, and what the heads of all members see of them."""
    rows = task.split.train[:: -(-len(task.split.train) // _MOST_FOR_NOVELTY)]
    inputs = task.dataset.rows(rows).inputs(task.standardise)
    return inputs, model.features(inputs)


def _extrapolation(task: Task) -> Tensors:
    """Which combinations of labels there were; classes and single labels have none, and a few stars tell nothing."""
    labels_BK = task.dataset.rows(task.split.train).label_BK
    if len(task.config.data.labels) < 2 or np.isfinite(labels_BK).all(axis=1).sum() < _FEWEST_FOR_LABELS:
        return {}
    return dict(fit_extrapolation(labels_BK))


def _cost(task: Task, halves: Ensemble, full: Ensemble) -> dict[str, Any]:
    """What half precision moves, at most and in the median, over the validation spectra."""
    rows = task.dataset.rows(task.split.validation)
    one, other = (answers(model, rows, task.standardise).told_MBK.mean(axis=0) for model in (halves, full))
    moved_BK = np.abs(one - other)
    return {
        key: {"largest": float(moved_BK[:, k].max()), "median": float(np.median(moved_BK[:, k]))}
        for k, key in enumerate(full.card.outputs)
    }
