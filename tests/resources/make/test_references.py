"""The script gives an older model the very reference that a run of today leaves."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from training_sets import toy_config, write_toy_set

from resources.make import references
from stellarview.io.references import REFERENCE_FILE
from stellarview.training.run import finish_run, prepare_run, train_run


def test_that_a_model_gets_the_reference_of_its_training_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = write_toy_set(tmp_path / "toy.h5", 160)
    run = prepare_run(toy_config(toy), tmp_path, tmp_path / "run", "cpu")
    train_run(run, lambda progress: False)
    finish_run(run, "")
    left = (run.model_folder / REFERENCE_FILE).read_bytes()
    (run.model_folder / REFERENCE_FILE).unlink()
    monkeypatch.setattr(references.torch, "set_num_threads", lambda count: None)
    monkeypatch.setattr(sys, "argv", ["references", str(run.model_folder), str(toy)])
    references.main()
    assert (run.model_folder / REFERENCE_FILE).read_bytes() == left
