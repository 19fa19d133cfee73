"""Starts the real program as a process of its own, lets it close, and looks at what is left of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CYCLE = Path(__file__).with_name("closing_cycle.py")
_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 600
_NOTHING: dict[str, Any] = {"children": [], "stars": [], "is_taken_down": False}


@dataclass(frozen=True)
class Left:
    """What a closed program left: its exit code, what it said, its children that still are, its session on the side.

    Its window is taken down before Python ends, or Qt's parts of it are deleted in an order that is luck.
    """

    code: int
    said: str
    orphans: tuple[int, ...]
    is_taken_down: bool
    stars: tuple[str, ...]
    kept: tuple[str, ...]


def environment(folder: Path) -> dict[str, str]:
    """Nothing of this user is read or written, and no window of his takes the files."""
    runtime = tempfile.mkdtemp(prefix="sv-")
    return os.environ | {
        "PYTHONPATH": str(_ROOT),
        "STELLARVIEW_STATE": str(folder / "state"),
        "STELLARVIEW_CONFIG": str(folder / "config"),
        "XDG_RUNTIME_DIR": runtime,
        "SAVE_TO": str(folder / "saved.stellarview"),
        "QT_QPA_PLATFORM": "offscreen",
    }


def close_at(stage: str, folder: Path, files: Sequence[Path]) -> Left:
    """Run the program until it closed itself at this stage."""
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / "out.json"
    command = [sys.executable, str(CYCLE), stage, str(out), *map(str, files)]
    run = subprocess.run(
        command, env=environment(folder), capture_output=True, text=True, timeout=_PATIENCE_S, check=False
    )
    facts = json.loads(out.read_text(encoding="utf-8")) if out.exists() else _NOTHING
    orphans = tuple(pid for pid in facts["children"] if not is_gone(pid))
    said, stars = run.stdout + run.stderr, tuple(facts["stars"])
    return Left(run.returncode, said, orphans, facts["is_taken_down"], stars, kept_aside(folder))


def is_gone(pid: int, patience_s: float = 120.0) -> bool:
    """True once no process of this number runs."""
    end = time.monotonic() + patience_s
    while _is_running(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def kept_aside(folder: Path) -> tuple[str, ...]:
    """The files of the stars in the sessions that were saved on the side."""
    paths: list[str] = []
    for path in sorted((folder / "state").glob("autosave-*.stellarview")):
        session = json.loads(path.read_text(encoding="ascii"))["session"]
        paths += [star["path"] for star in session["stars"]]
    return tuple(paths)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    try:
        return "State:\tZ" not in status.read_text(encoding="utf-8") if status.parent.parent.exists() else True
    except OSError:
        return False
