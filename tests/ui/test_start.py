"""The window starts without what is slow, and a picture of it ends with a code that tells how it went."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ui.closing import environment

ROOT = Path(__file__).resolve().parents[2]
SLOW = ("torch", "astropy", "matplotlib", "scipy", "specutils", "pandas", "pyvo", "h5py", "urllib.request")
# What its children alone need.
THEIRS = tuple(
    f"stellarview.{name}" for name in ("workflow", "preparation", "inspection.star", "engine.work", "recipes")
)


def test_that_the_window_imports_nothing_slow() -> None:
    code = f"import sys, stellarview.app; print([name for name in {SLOW + THEIRS} if name in sys.modules])"
    command = [sys.executable, "-c", code]
    run = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"


def picture(folder: Path, out: Path) -> subprocess.CompletedProcess[str]:
    example = ROOT / "resources" / "examples" / "spec-synthetic-G2V.fits.gz"
    command = [sys.executable, "-m", "stellarview", str(example), "--screenshot", str(out), "--size", "900x600"]
    return subprocess.run(
        command, env=environment(folder), cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )


def test_that_a_picture_is_saved_and_nothing_else_is_said(tmp_path: Path) -> None:
    run = picture(tmp_path, tmp_path / "out.png")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_that_a_picture_that_cannot_be_saved_is_refused_at_once(tmp_path: Path) -> None:
    run = picture(tmp_path, tmp_path / "absent" / "out.png")
    assert run.returncode == 1
    assert "There is no folder" in run.stderr
    assert "Make the folder first" in run.stderr
