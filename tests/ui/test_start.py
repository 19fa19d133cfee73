"""The window starts without what is slow, and a picture of it ends with a code that tells how it went."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ui.closing import environment

ROOT = Path(__file__).resolve().parents[2]
SLOW = ("torch", "astropy", "matplotlib", "scipy", "specutils", "pandas", "pyvo", "h5py", "urllib.request", "contourpy")
# What its children alone need, or the user's first wish for it.
LATER = tuple(
    f"stellarview.{name}"
    for name in (
        *("workflow", "preparation", "inspection.star", "engine.work", "engine.models", "recipes", "io.models"),
        *("cli.predict", "domain.model_card", "session.as_code", "session.filter", "ui.export_dialog", "ui.training"),
        *("ui.model_card_viewer", "ui.results_dialog", "ui.samp_dialog"),
    )
)
# Each costs half a millisecond of the start. Whoever needs one more says here why the window cannot open without it.
MOST_MODULES = 178

UNTIL_IT_IS_SEEN = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMainWindow
show = QMainWindow.show
def tell(window):
    print(*sys.modules)
    window.close()
def show_and_tell(window):
    show(window)
    QTimer.singleShot(0, lambda: tell(window))
QMainWindow.show = show_and_tell
from stellarview.__main__ import main
main(["--theme", "light"])
"""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What is loaded when the window is seen, with its examples."""
    variables = environment(tmp_path_factory.mktemp("start"))
    command = [sys.executable, "-c", UNTIL_IT_IS_SEEN]
    run = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True)
    return set(run.stdout.split())


def test_that_the_window_imports_nothing_slow(modules: set[str]) -> None:
    assert "stellarview.ui.main_window" in modules
    assert modules & {*SLOW, *LATER} == set()


def test_that_the_window_opens_with_few_modules_of_our_own(modules: set[str]) -> None:
    assert len([name for name in modules if name.startswith("stellarview.")]) <= MOST_MODULES


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
