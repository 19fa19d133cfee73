"""Results never cost the user what was there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stellarview.cli import main


def test_that_prepare_does_not_write_over_its_input(
    capsys: pytest.CaptureFixture[str], example_mrs: Path, tmp_path: Path
) -> None:
    path = tmp_path / "star.fits.gz"
    shutil.copy(example_mrs, path)
    assert main(["prepare", str(path), "--recipe", "rrnet", "--out", str(path)]) == 1
    assert "would be written over" in capsys.readouterr().err
    assert path.read_bytes() == example_mrs.read_bytes()


def test_that_inspect_does_not_write_over_its_input(
    capsys: pytest.CaptureFixture[str], example_mrs: Path, tmp_path: Path
) -> None:
    path = tmp_path / "star.png"
    shutil.copy(example_mrs, path)
    assert main(["inspect", str(path), "--figure", str(path)]) == 1
    assert "would be written over" in capsys.readouterr().err
    assert path.read_bytes() == example_mrs.read_bytes()


def test_that_a_run_in_which_every_file_fails_tells_why_and_leaves_an_older_set(
    capsys: pytest.CaptureFixture[str], example_mrs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "set.h5"
    assert main(["prepare", str(example_mrs), "--recipe", "rrnet", "--out", str(out)]) == 0
    before = out.read_bytes()
    assert main(["prepare", str(tmp_path / "missing.fits"), "--recipe", "rrnet", "--out", str(out)]) == 1
    captured = capsys.readouterr()
    assert "There is no such file." in captured.err
    assert "no set written: 0 spectra prepared, 1 files failed" in captured.out
    assert out.read_bytes() == before


def test_that_a_spectrum_of_which_nothing_is_left_is_a_failure(
    capsys: pytest.CaptureFixture[str], example_mrs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "set.h5"
    command = ["prepare", str(example_mrs), "--recipe", "rrnet", "--rv", "900000", "--out", str(out)]
    assert main(command) == 1
    assert "Not one good pixel is left" in capsys.readouterr().err
    assert not out.exists()


def test_that_a_spectrum_of_which_little_is_left_is_warned_of(
    capsys: pytest.CaptureFixture[str], example_mrs: Path, tmp_path: Path
) -> None:
    command = ["prepare", str(example_mrs), "--recipe", "resnet-subtype", "--out", str(tmp_path / "set.h5")]
    assert main(command) == 0
    assert "of the recipe's pixels are good" in capsys.readouterr().err


@pytest.mark.parametrize("velocity", ["nan", "inf", "-299792.458", "1e12"])
def test_that_an_impossible_velocity_is_refused(
    capsys: pytest.CaptureFixture[str], example_mrs: Path, velocity: str
) -> None:
    assert main(["inspect", str(example_mrs), f"--rv={velocity}"]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 3
