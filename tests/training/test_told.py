"""What the networks say of the validation spectra stands beside the truth after every epoch."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from training_sets import CLASSES, LABELS, toy_config

from stellarview.training.run import Run, prepare_run, train_run
from stellarview.training.trainer import TOLD_FILE


def told(run: Run) -> list[dict[str, str]]:
    train_run(run, lambda progress: False)
    with (run.folder / TOLD_FILE).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_that_labels_are_told_in_their_units(toy_set: Path, tmp_path: Path) -> None:
    run = prepare_run(toy_config(toy_set), tmp_path, tmp_path / "run", "cpu")
    rows = told(run)
    validation = run.task.dataset.rows(run.task.split.validation)
    assert [row["name"] for row in rows] == [str(name) for name in validation.name_B]
    for k, key in enumerate(LABELS):
        truth = [float(row[key]) if row[key] else np.nan for row in rows]
        np.testing.assert_allclose(truth, validation.label_BK[:, k], rtol=1e-5)
        error = np.array([float(row[f"{key}_told"]) for row in rows]) - truth
        logged = np.mean([row[f"mae_{key}"] for row in run.state.history])
        assert np.nanmean(np.abs(error)) <= logged * 1.0001  # a mean of members is no worse than members
        assert all(float(row[f"{key}_sigma"]) > 0 for row in rows)


@pytest.mark.parametrize("architecture", ["SubtypeResNet", "DenseNetSE"])
def test_that_every_kind_of_head_is_told(architecture: str, toy_set: Path, tmp_path: Path) -> None:
    rows = told(prepare_run(toy_config(toy_set, architecture), tmp_path, tmp_path / "run", "cpu"))
    if architecture == "DenseNetSE":
        assert {row["class_told"] for row in rows} <= set(CLASSES)
    else:
        assert all(np.isfinite(float(row["teff_told"])) for row in rows)
