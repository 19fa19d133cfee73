"""Networks learn, each member for itself; a run that was killed goes on as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from training_sets import longer, toy_config

from stellarview.domain.errors import StellarViewError
from stellarview.nets import ARCHITECTURES
from stellarview.training.config import TrainingConfig
from stellarview.training.progress import Progress
from stellarview.training.run import Run, prepare_run, train_run
from stellarview.training.state import TrainState
from stellarview.training.task import make_task
from stellarview.training.trainer import LOG_FILE, Trainer

CPU = torch.device("cpu")


def never(progress: Progress) -> bool:
    return False


def trained(config: TrainingConfig, folder: Path) -> Run:
    run = prepare_run(config, folder, folder / "run", "cpu")
    train_run(run, never)
    return run


def assert_same(one: TrainState, other: TrainState) -> None:
    for kind in ("weights", "best", "first", "second", "average"):
        for name, tensor in getattr(one, kind).items():
            assert torch.equal(tensor, getattr(other, kind)[name]), f"{kind} {name}"
    assert without_seconds(one) == without_seconds(other)


def without_seconds(state: TrainState) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != "seconds"} for row in state.history]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_that_every_network_learns_in_one_epoch(name: str, toy_set: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set, name, optimiser={"rate": 3e-3, "schedule": "constant"})
    task = make_task(config, tmp_path, tmp_path, CPU)
    weights = task.start()
    state = TrainState.start(weights, task.learner(weights).trained, with_average=False)
    trainer = Trainer(task, state, never)
    trainer.judge(None, 0.0)
    before = [row["validation_loss"] for row in state.history]
    assert trainer.epoch() is not None
    trainer.judge(None, 0.0)
    after = [row["validation_loss"] for row in state.history[2:]]
    assert np.isfinite(before).all()
    assert all(b < a for a, b in zip(before, after, strict=True)), f"{before} {after}"


def test_that_the_same_run_twice_gives_the_same_weights(toy_set: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set, augment=[{"step": "noise_at_snr"}])
    one, other = (trained(config, tmp_path / name) for name in "ab")
    assert_same(one.state, other.state)


def test_that_members_differ_and_do_not_depend_on_how_many_there_are(toy_set: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set, augment=[{"step": "noise_at_snr"}])
    two = trained(config, tmp_path / "a").state
    three = trained(replace(config, network=replace(config.network, members=3)), tmp_path / "b").state
    for name, tensor in two.weights.items():
        assert torch.equal(tensor, three.weights[name][:2]), name
        assert not torch.equal(tensor[0], tensor[1]), name


CHILD = """
import os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from stellarview.training.config_file import read_config
from stellarview.training.run import prepare_run, train_run

def watch(progress):
    if progress.done > 2.5:
        os.kill(os.getpid(), signal.SIGKILL)
    return False

folder = Path(sys.argv[1])
train_run(prepare_run(read_config(folder / "config.toml"), folder, folder / "run", "cpu"), watch)
"""


def test_that_a_killed_run_goes_on_as_if_nothing_had_happened(toy_set: Path, tmp_path: Path) -> None:
    from stellarview.training.config_file import write_config

    config = toy_config(
        toy_set,
        loop={"epochs": 4, "batch": 16, "average": 0.9, "patience": 3},
        optimiser={"schedule": "plateau", "plateau_patience": 1},
        augment=[{"step": "noise_at_snr"}, {"step": "velocity_jitter"}],
    )
    for name in ("killed", "whole"):
        (tmp_path / name).mkdir()
    write_config(tmp_path / "killed" / "config.toml", config)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.run([sys.executable, "-c", CHILD, str(tmp_path / "killed")], env=environment, check=False)
    assert child.returncode == -signal.SIGKILL
    resumed = prepare_run(config, tmp_path, tmp_path / "killed" / "run", "cpu")
    assert resumed.state.epoch == 2
    train_run(resumed, never)
    assert_same(trained(config, tmp_path / "whole").state, resumed.state)


def test_that_a_run_with_another_configuration_or_other_data_is_not_continued(toy_set: Path, tmp_path: Path) -> None:
    from training_sets import write_toy_set

    config = toy_config(toy_set)
    trained(config, tmp_path)
    with pytest.raises(StellarViewError, match=r"these changed: config\.loop\.epochs"):
        prepare_run(longer(config, 2), tmp_path, tmp_path / "run", "cpu")
    other = write_toy_set(tmp_path / "other.h5", seed=1)
    changed = replace(config, data=replace(config.data, sets=(str(other),)))
    with pytest.raises(StellarViewError, match=r"data\.checksums"):
        prepare_run(changed, tmp_path, tmp_path / "run", "cpu")
    assert prepare_run(longer(config, 2), tmp_path, tmp_path / "run", "cpu", fresh=True).state.epoch == 0
    assert not (tmp_path / "run" / "checkpoint.safetensors").exists()


def test_that_a_checkpoint_from_before_parents_were_noted_goes_on(
    toy_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stellarview.training.task import Task

    config, whole = toy_config(toy_set), Task.identity.fget
    assert whole is not None
    with monkeypatch.context() as before:
        older = property(lambda task: {key: value for key, value in whole(task).items() if key != "parent"})
        before.setattr(Task, "identity", older)
        trained(config, tmp_path)
    assert prepare_run(config, tmp_path, tmp_path / "run", "cpu").state.epoch == 1


def test_that_a_damaged_checkpoint_is_refused(toy_set: Path, tmp_path: Path) -> None:
    run = trained(toy_config(toy_set), tmp_path)
    path = run.folder / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(StellarViewError, match="It is damaged"):
        prepare_run(toy_config(toy_set), tmp_path, tmp_path / "run", "cpu")


def test_that_each_member_stops_for_itself_and_keeps_its_best(toy_set: Path, tmp_path: Path) -> None:
    rate = {"rate": 0.03, "schedule": "constant"}  # so large that losses go up and down
    config = toy_config(toy_set, loop={"epochs": 12, "batch": 16, "patience": 1}, optimiser=rate)
    state = trained(config, tmp_path).state
    for member in range(2):
        losses = [row["validation_loss"] for row in state.history if row["member"] == member]
        assert state.best_loss[member] == min(losses)
        assert state.best_epoch[member] == losses.index(min(losses)) + 1
        if state.stopped[member]:
            assert len(losses) == state.best_epoch[member] + 1
    assert any(state.stopped)


def test_that_stopping_keeps_the_best_so_far(toy_set: Path, tmp_path: Path) -> None:
    run = prepare_run(toy_config(toy_set, loop={"epochs": 50, "batch": 16}), tmp_path, tmp_path / "run", "cpu")
    train_run(run, lambda progress: progress.done > 1.2)
    assert run.state.epoch == 1
    assert np.isfinite(run.state.best_loss).all()


def test_that_stopping_in_the_first_epoch_judges_what_there_is(toy_set: Path, tmp_path: Path) -> None:
    run = prepare_run(toy_config(toy_set), tmp_path, tmp_path / "run", "cpu")
    train_run(run, lambda progress: True)
    assert np.isfinite(run.state.best_loss).all()
    assert not (run.folder / "checkpoint.safetensors").exists()


def test_that_a_loss_that_is_no_number_names_the_spectra(toy_set: Path, tmp_path: Path) -> None:
    task = make_task(toy_config(toy_set), tmp_path, tmp_path, CPU)
    task.dataset.flux_BL[task.split.train[0]] = np.nan
    weights = task.start()
    state = TrainState.start(weights, task.learner(weights).trained, with_average=False)
    name = task.dataset.name_B[task.split.train[0]]
    with pytest.raises(StellarViewError, match=rf"These of its spectra are to blame: {name}\."):
        Trainer(task, state, never).epoch()
    state.weights["head.mean.weight"][:] = np.nan
    with pytest.raises(StellarViewError, match=r"Every spectrum of its batch gave no number: .* and 4 more\."):
        Trainer(task, state, never).epoch()


def test_that_frozen_layers_stay_and_unknown_ones_are_named(toy_set: Path, tmp_path: Path) -> None:
    run = trained(toy_config(toy_set, network={"freeze": ["convolutions"]}), tmp_path)
    start = run.task.start()
    for name, tensor in run.state.weights.items():
        assert torch.equal(tensor, start[name]) == name.startswith("convolutions"), name
    with pytest.raises(StellarViewError, match="No layer begins with 'convs'"):
        prepare_run(toy_config(toy_set, network={"freeze": ["convs"]}), tmp_path, tmp_path / "other", "cpu")


def test_that_the_log_has_a_row_an_epoch_and_member(toy_set: Path, tmp_path: Path) -> None:
    run = trained(toy_config(toy_set, loop={"epochs": 2, "batch": 16}), tmp_path)
    lines = (run.folder / LOG_FILE).read_text(encoding="utf-8").splitlines()
    assert lines[0].split(",")[:4] == ["epoch", "member", "train_loss", "validation_loss"]
    assert lines[0].endswith("mae_teff,mae_logg,mae_feh")
    assert [line.split(",")[:2] for line in lines[1:]] == [["1", "0"], ["1", "1"], ["2", "0"], ["2", "1"]]
