"""What the networks say of validation spectra beside their labels, written each epoch: a scatter plot that lives."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stellarview.io.atomic import write_atomically

if TYPE_CHECKING:
    from stellarview.training.trainer import Trainer

# More points than this are a blot, and the file would take longer than the epoch.
_MOST_ROWS = 400


def write_told(path: Path, trainer: Trainer) -> None:
    """One row a spectrum: name, S/N, and for each label its value, what is told and sigma; or class and class told.

    Means over the members that learn; sigma is not calibrated yet.
    """
    if trainer.told_MB is None:
        return
    dataset = trainer.validation_rows.dataset
    rows = np.linspace(0, len(dataset) - 1, min(_MOST_ROWS, len(dataset))).astype(int)
    told = trainer.told_MB[:, rows].float().cpu().numpy().astype(np.float64)
    columns: dict[str, list[str]] = {
        "name": [str(name) for name in dataset.name_B[rows]],
        "snr": _texts(dataset.snr_B[rows], 4),
    }
    classes = trainer.task.config.data.classes
    if classes:
        columns["class"] = [classes[int(k)] for k in dataset.label_BK[rows, 0]]
        columns["class_told"] = [classes[k] for k in told.mean(axis=0).argmax(axis=-1)]
    for k, scale in enumerate(trainer.task.scales):
        mean_MB = told[:, :, k, 0] if told.ndim == 4 else told[:, :, k]
        variance_MB = told[:, :, k, 1] if told.ndim == 4 else np.zeros_like(mean_MB)
        sigma_B = np.sqrt(variance_MB.mean(axis=0) + mean_MB.var(axis=0))
        columns[scale.key] = _texts(dataset.label_BK[rows, k], 7)
        columns[f"{scale.key}_told"] = _texts(scale.mean + scale.std * mean_MB.mean(axis=0), 7)
        columns[f"{scale.key}_sigma"] = _texts(scale.std * sigma_B, 4)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([list(columns), *zip(*columns.values(), strict=True)])
    write_atomically(path, text.getvalue().encode())


def _texts(values: np.ndarray, digits: int) -> list[str]:
    """An empty cell where a value is unknown."""
    return [f"{value:.{digits}g}" if np.isfinite(value) else "" for value in values.tolist()]
