"""The window closes cleanly in the middle of anything, and what a kill takes comes back at the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from ui.closing import CYCLE, close_at, environment, is_gone, kept_aside

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "resources" / "examples").glob("*.fits.gz"))
PATIENCE_S = 300


@pytest.mark.parametrize("stage", ["loading", "what-if", "dialog", "SIGINT", "SIGTERM"])
def test_that_a_closing_leaves_no_process_and_loses_nothing(tmp_path: Path, stage: str) -> None:
    left = close_at(stage, tmp_path, EXAMPLES)
    assert (left.code, left.said, left.orphans, left.is_taken_down) == (0, "", (), True)
    assert left.stars == left.kept == tuple(map(str, EXAMPLES))


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def running(folder: Path, *files: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program, until it is killed."""
    command = [sys.executable, str(CYCLE), "stay", str(folder / "out.json"), *map(str, files)]
    program = subprocess.Popen(command, env=environment(folder), stderr=subprocess.DEVNULL)
    yield program
    program.kill()
    program.wait()


def children_of(pid: int) -> list[int]:
    """Of all its threads, which come and go."""
    children: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            children += map(int, (thread / "children").read_text(encoding="ascii").split())
    return children


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
def test_that_a_killed_window_leaves_no_process_and_the_next_start_brings_all_back(tmp_path: Path) -> None:
    expected = tuple(map(str, EXAMPLES))
    with running(tmp_path, *EXAMPLES) as program:
        until(lambda: kept_aside(tmp_path) == expected and len(children_of(program.pid)) >= 2)
        children = children_of(program.pid)
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
    assert len(children) >= 2
    assert all(is_gone(child, PATIENCE_S) for child in children)
    (left,) = (tmp_path / "state").glob("autosave-*.stellarview")
    with running(tmp_path):  # without files it begins with the examples, and must give them up for what was lost
        until(lambda: not left.exists() and kept_aside(tmp_path) == expected)
