"""Jobs for child processes of tests: they lie in a module, so that a child can find them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.engine.pipe import Progress


def add(progress: Progress, one: int, other: int) -> int:
    return one + other


def own_pid(progress: Progress) -> int:
    return os.getpid()


def refuse(progress: Progress) -> None:
    raise StellarViewError("What happened.", "Why.", "What to do.")


def stumble(progress: Progress) -> None:
    raise ValueError("a bug of ours")


def die(progress: Progress) -> None:
    os._exit(1)


def count(progress: Progress, to: int) -> int:
    for done in range(to):
        progress.give(done)
        progress.tell(done + 1, to)
    return to


def dawdle(progress: Progress, marker: str, seconds: float = 600.0) -> None:
    """Looks for the word all the time; leaves a file once it begins."""
    Path(marker).touch()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        progress.check()
        time.sleep(0.01)


def judge_for_ever(progress: Progress, run_folder: str) -> None:
    """Asks about a few spectra of many, and then waits for the word."""
    progress.tell(64, 300)
    while True:
        progress.check()
        time.sleep(0.01)


def sleep_deaf(progress: Progress, marker: str, seconds: float = 600.0) -> None:
    """Never looks for the word."""
    Path(marker).touch()
    time.sleep(seconds)


def write(progress: Progress, path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")
