"""The batch fits the set, and is halved where memory runs out, down to a floor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from training_sets import toy_config

from stellarview.domain.errors import StellarViewError
from stellarview.training.members import Learner
from stellarview.training.memory import good_batch, is_out_of_memory
from stellarview.training.run import prepare_run, train_run


@pytest.mark.parametrize(("count", "batch"), [(1, 16), (300, 16), (1000, 32), (4000, 128), (10**6, 256)])
def test_that_a_batch_gives_some_thirty_steps(count: int, batch: int) -> None:
    assert good_batch(count) == batch


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA"),
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
    ],
)
def test_that_every_way_to_run_out_of_memory_is_known(error: Exception) -> None:
    assert is_out_of_memory(error)
    assert not is_out_of_memory(RuntimeError("shape mismatch"))


def run_with_room_for(most: int, toy_set: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine whose memory holds so many spectra in a step."""
    whole = Learner.gradients

    def gradients(self: Learner, weights: Any, lessons: Any) -> Any:
        if len(lessons[0].input_BL) > most:
            raise torch.OutOfMemoryError("too many")
        return whole(self, weights, lessons)

    monkeypatch.setattr(Learner, "gradients", gradients)
    return prepare_run(toy_config(toy_set, loop={"epochs": 1, "batch": 64}), folder, folder / "run", "cpu")


def test_that_half_the_batch_is_taken_and_said(toy_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_with_room_for(20, toy_set, tmp_path, monkeypatch)
    notes = []
    train_run(run, lambda progress: bool(notes.append(progress.note)))
    assert run.state.batch == 16
    assert notes[-1] == "Memory ran out: going on with 16 spectra in a step."
    assert run.state.step == 336 // 16


def test_that_too_little_for_the_smallest_batch_is_an_error(
    toy_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StellarViewError, match="Even 4 spectra"):
        train_run(run_with_room_for(3, toy_set, tmp_path, monkeypatch), lambda progress: False)
