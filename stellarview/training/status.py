"""What a run says of itself, in its folder: how far it is, what is wrong, and the words that it listens to.

The folder is the only channel between a run and whoever watches it, so that either may end and come back
(docs/decisions/0027).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from stellarview.domain.errors import StellarViewError
from stellarview.domain.typed_json import dataclass_from
from stellarview.io.atomic import write_atomically
from stellarview.io.process_lock import is_held

STATUS_FILE, CONTROL_FILE, LOCK_FILE = "status.json", "control", "run.lock"

State = Literal["queued", "starting", "preparing", "training", "paused", "finishing", "done", "failed", "cancelled"]
Word = Literal["go", "pause", "stop", "cancel"]
LIVING: tuple[State, ...] = ("starting", "preparing", "training", "paused", "finishing")
# A process takes its lock as soon as it runs; on a busy machine that can take this long.
_SECONDS_TO_START = 60.0
_WITHOUT_A_WORD = "ended without a word"
_JUST_LOOK = getattr(os, "WEXITED", 0) | getattr(os, "WNOHANG", 0) | getattr(os, "WNOWAIT", 0)


@dataclass(frozen=True)
class Status:
    """How far a run is. Lists have a value for each member.

    `error` has the keys what, why, what_to_do, or the key traceback.
    """

    state: State = "queued"
    message: str = ""
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    seconds_left: float = 0.0
    seconds: float = 0.0
    best_epoch: tuple[int, ...] = ()
    best_loss: tuple[float, ...] = ()
    waited: tuple[int, ...] = ()
    patience: int = 0
    rate: float = 0.0
    batch: int = 0
    device: str = ""
    memory_mb: int = 0
    pid: int = 0
    updated_at: float = 0.0
    queued_at: float = 0.0
    model: str = ""
    error: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_alive(self) -> bool:
        """True while a process works on it."""
        return self.state in LIVING

    @property
    def is_interrupted(self) -> bool:
        """True where it died together with the queue that it had its place in: the next one takes it up."""
        return self.state == "failed" and self.message == _WITHOUT_A_WORD and self.queued_at > 0

    @property
    def done_share(self) -> float:
        """From 0 to 1."""
        return min(1.0, (self.epoch + self.step / max(self.steps, 1)) / max(self.epochs, 1))


def write_status(folder: Path, status: Status) -> None:
    """Whole, or not at all."""
    facts = {key: _storable(value) for key, value in asdict(replace(status, updated_at=time.time())).items()}
    write_atomically(folder / STATUS_FILE, f"{json.dumps(facts)}\n".encode())


def read_status(folder: Path) -> Status | None:
    """The newest word of a run; None where none ever ran here. A run that died says that it failed."""
    status = _told(folder)
    if status is None or not status.is_alive or is_held(folder / LOCK_FILE) or _may_still_start(status):
        return status
    if _told(folder) != status:  # its last word came between our two looks
        return read_status(folder)
    return _ended(status, "Its process is gone: it was killed, the machine was switched off, or memory ran out.")


def _told(folder: Path) -> Status | None:
    try:
        facts = json.loads((folder / STATUS_FILE).read_bytes())
        if isinstance(facts, dict) and isinstance(losses := facts.get("best_loss"), list):
            facts["best_loss"] = [float("inf") if loss is None else loss for loss in losses]
        return dataclass_from(Status, facts, "status")
    except OSError:
        return None
    except (ValueError, TypeError) as error:
        return _ended(Status(), f"Its {STATUS_FILE} is damaged: {error}.")


def send(folder: Path, word: Word) -> bool:
    """Leave a word for the run; False where nobody is there to read it."""
    status = read_status(folder)
    if status is None or not status.is_alive:
        return False
    write_atomically(folder / CONTROL_FILE, word.encode())
    return True


def heard(folder: Path) -> Word | None:
    """The word that was left, if it is one."""
    try:
        text = (folder / CONTROL_FILE).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    words: tuple[Word, ...] = ("go", "pause", "stop", "cancel")
    return next((word for word in words if word == text), None)


def forget(folder: Path) -> None:
    """Take the word away, so that the next run does not obey it."""
    with contextlib.suppress(OSError):
        (folder / CONTROL_FILE).unlink()


def error_facts(error: BaseException, trace: str) -> dict[str, str]:
    """An error as JSON: three sentences for what users can mend, else the trace."""
    return error.as_dict() if isinstance(error, StellarViewError) else {"traceback": trace}


def memory_mb() -> int:
    """What this process has used at most."""
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most // (1 << 20 if sys.platform == "darwin" else 1 << 10))


def _ended(status: Status, why: str) -> Status:
    advice = "Start it again: it goes on after the last epoch that was finished. Its last words are in run.err."
    error = {"what": "The training ended without a word.", "why": why, "what_to_do": advice}
    return replace(status, state="failed", message=_WITHOUT_A_WORD, error=error)


def _may_still_start(status: Status) -> bool:
    if status.state != "starting" or time.time() - status.updated_at > _SECONDS_TO_START:
        return False
    if sys.platform == "win32" or not status.pid:  # asking after a process would end it there
        return True
    try:
        os.kill(status.pid, 0)
        # A child of ours that ended still has its number until somebody asks; this looks and leaves it so.
        return not hasattr(os, "waitid") or os.waitid(os.P_PID, status.pid, _JUST_LOOK) is None
    except ProcessLookupError:
        return False
    except (PermissionError, ChildProcessError):
        return True


def _storable(value: Any) -> Any:
    """JSON knows no infinity."""
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value
