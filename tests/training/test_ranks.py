"""Members spread over processes learn as if one process had them all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from training_sets import toy_config, write_toy_set

from stellarview.cli import main
from stellarview.domain.errors import StellarViewError
from stellarview.io.models import read_model
from stellarview.training.config_file import write_config
from stellarview.training.ranks import ALONE, Ranks, joined


@pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch cannot talk to other processes")
def test_that_two_processes_give_the_model_of_one(tmp_path: Path) -> None:
    write_toy_set(tmp_path / "toy.h5", 120)
    config = toy_config(
        Path("toy.h5"),
        network={"members": 3},
        loop={"epochs": 3, "batch": 16, "patience": 1, "average": 0.9},
        optimiser={"rate": 0.0, "schedule": "plateau", "plateau_patience": 1},
        augment=[{"step": "noise_at_snr"}],
    )
    write_config(tmp_path / "toy.toml", config)
    command = ["train", str(tmp_path / "toy.toml"), "--device", "cpu", "--threads", "1", "--quiet", "--run"]
    threads = torch.get_num_threads()
    assert main([*command, str(tmp_path / "one")]) == 0
    torch.set_num_threads(threads)
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "--", "stellarview"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    run = [sys.executable, *torchrun, *command, str(tmp_path / "two")]
    child = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    one, two = (read_model(tmp_path / name / "toy") for name in ("one", "two"))
    for name, array in one.tensors.items():
        assert (array == two.tensors[name]).all(), name
    assert log(tmp_path / "one") == log(tmp_path / "two")
    status = json.loads((tmp_path / "two" / "status.json").read_bytes())
    assert (status["state"], len(status["best_loss"])) == ("done", 3)


def log(run: Path) -> list[str]:
    """All but the seconds."""
    lines = (run / "log.csv").read_text(encoding="utf-8").splitlines()
    return [",".join(cell for place, cell in enumerate(line.split(",")) if place != 5) for line in lines]


def test_that_each_member_has_one_owner() -> None:
    ranks = [Ranks(rank, 3) for rank in range(3)]
    assert all(sum(one.owns(member) for one in ranks) == 1 for member in range(7))
    assert all(ALONE.owns(member) for member in range(7))
    assert ALONE.any_says(True) and not ALONE.any_says(False)


def test_that_more_processes_than_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    with pytest.raises(StellarViewError, match="4 processes cannot share 3 members"), joined(3):
        pass
