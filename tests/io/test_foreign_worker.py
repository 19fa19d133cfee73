"""The child process that specutils lives in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from stellarview.io import foreign
from stellarview.io.file_bytes import FileBytes


def test_that_the_child_answers_a_failure_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "no.fits"
    path.write_bytes(b"nothing")
    command = [sys.executable, "-m", "stellarview.io.foreign_worker", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert len(run.stderr.strip().splitlines()) == 1


def test_that_a_child_does_not_answer_more_than_is_asked_for(monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    import numpy as np

    from stellarview.io import foreign_worker

    monkeypatch.setattr(foreign_worker, "_load", lambda path: {"flux": np.zeros(200)})
    monkeypatch.setattr(foreign_worker, "_limit_memory", lambda: None)
    monkeypatch.setattr(foreign_worker, "ANSWER_LIMIT_BYTES", 1000)
    assert foreign_worker.main("a.fits") == 1
    assert "takes" in capsys.readouterr().err


def test_that_a_child_that_hangs_is_given_up(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    import pytest

    from stellarview.io.fits_blocks import FitsDamage

    monkeypatch.setattr(foreign, "_LONGEST_WAIT_S", -1)  # whether or not the child was quicker
    with pytest.raises(FitsDamage, match="did not finish"):
        foreign._ask_specutils(FileBytes(tmp_path / "a.fits", b"SIMPLE  =", ""))
