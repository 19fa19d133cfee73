"""A learning rate is found without moving what will learn with it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import torch
from training_sets import toy_config

from stellarview.training.rate_test import RATE_TEST_FILE, best_rate, find_rate
from stellarview.training.run import Run, prepare_run, train_run
from stellarview.training.trainer import Trainer


def prepared(toy_set: Path, folder: Path, **tables: dict[str, object]) -> Run:
    config = toy_config(toy_set, optimiser={"rate": 0.0, "warm_up_epochs": 1.0}, **tables)
    return prepare_run(config, folder, folder / "run", "cpu")


def test_that_the_test_moves_nothing_and_finds_the_same_twice(toy_set: Path, tmp_path: Path) -> None:
    run = prepared(toy_set, tmp_path)
    trainer = Trainer(run.task, run.state, lambda progress: False)
    before = {name: tensor.clone() for name, tensor in run.state.weights.items()}
    one, other = find_rate(trainer, tmp_path), find_rate(trainer, None)
    assert one == other
    assert 1e-5 <= one <= 3e-3
    assert all(torch.equal(tensor, before[name]) for name, tensor in run.state.weights.items())
    assert all(not tensor.any() for tensor in run.state.first.values())
    assert (run.state.step, run.state.group_steps, run.state.rate) == (0, [0], 0.0)
    with (tmp_path / RATE_TEST_FILE).open(encoding="utf-8") as file:
        rates = [float(row["rate"]) for row in csv.DictReader(file)]
    assert rates == sorted(rates)
    assert len(rates) > 20


def test_that_a_run_without_a_rate_learns_and_says_which_it_took(toy_set: Path, tmp_path: Path) -> None:
    run = prepared(toy_set, tmp_path, loop={"epochs": 3, "batch": 0})
    notes = []

    def watch(progress: object) -> bool:
        notes.append(getattr(progress, "note", ""))
        return False

    train_run(run, watch)
    losses = [row["validation_loss"] for row in run.state.history if row["member"] == 0]
    assert losses[-1] < losses[0]
    assert "Looking for a learning rate." in notes
    assert f"{run.state.rate:g}" in notes[-1]
    assert run.state.batch == 16


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([3, 2, 1, 2], 1e-3), ([1, 2, 3, 4], 1e-5), ([4, 3, 2, 1], 3e-3)],
    ids=["a valley", "only worse", "only better"],
)
def test_that_the_rate_is_a_tenth_of_the_best_within_bounds(losses: list[float], expected: float) -> None:
    points = [(rate, loss, loss) for rate, loss in zip((1e-4, 1e-3, 1e-2, 1e-1), losses, strict=True)]
    assert best_rate(points, 10.0) == pytest.approx(expected)
