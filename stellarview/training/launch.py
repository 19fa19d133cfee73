"""Starts training runs as processes of their own, finds them, and lets them wait for each other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name
from stellarview.io.process_lock import ProcessLock, is_held
from stellarview.training.run_folders import names_stay
from stellarview.training.status import STATUS_FILE, Status, forget, read_status, write_status

CONFIG_FILE, ERROR_LOG_FILE, QUEUE_LOCK_FILE = "config.toml", "run.err", "queue.lock"
_SECONDS_BETWEEN_LOOKS = 1.0
# A queue takes its lock as soon as it runs; on a busy machine that can take this long.
SECONDS_TO_WAKE = 30.0
# What was started here: a child that ended is only gone once it was asked.
_started: dict[int, subprocess.Popen[Any]] = {}


def n_cores() -> int:
    """Those that this process may use. `inference.cores` knows it too, but loads torch."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def command_line(run_folder: Path) -> list[str]:
    """What to type to get this run, or to go on with it."""
    return ["stellarview", "train", str(run_folder / CONFIG_FILE), "--run", str(run_folder)]


def start_run(run_folder: Path, *, threads: int | None = None, device: str = "auto", fresh: bool = False) -> int:
    """Start the run of this folder, or go on with it, in a process that outlives this one; its number.

    One core is left to the window, if nobody says how many threads: a thread that waits for a busy core holds up all.
    `fresh` forgets the checkpoint, which is needed where the configuration has changed.
    """
    threads = threads or max(1, n_cores() - 1)
    with names_stay(run_folder.parent):
        _refuse_running(run_folder)
        forget(run_folder)
        before = read_status(run_folder) or Status()
        write_status(run_folder, replace(before, state="starting", message="", error={}, pid=0))
    arguments = [*command_line(run_folder)[1:], "--device", device, "--quiet"]
    arguments += ["--threads", str(threads), *(["--fresh"] if fresh else [])]
    pid = _spawn(arguments, run_folder / ERROR_LOG_FILE, threads)
    newest = read_status(run_folder)
    if newest is not None and newest.state == "starting" and not newest.pid:  # else the run itself was quicker
        write_status(run_folder, replace(newest, pid=pid))
    return pid


def queue_run(run_folder: Path) -> None:
    """Let this run wait for its turn among those of its parent folder, which are run one at a time."""
    with names_stay(run_folder.parent):
        _refuse_running(run_folder)
        before = read_status(run_folder) or Status()
        write_status(run_folder, replace(before, state="queued", message="", error={}, pid=0, queued_at=time.time()))
    wake_queue(run_folder.parent)


def wake_queue(folder: Path) -> None:
    """Let somebody work through what waits in this folder, if nobody does."""
    if not is_held(folder / QUEUE_LOCK_FILE):
        _spawn_queue(folder)


def is_stalled(run_folder: Path, status: Status) -> bool:
    """True where it waits, and nobody works on the queue: that was killed, or the machine was switched off."""
    is_patient = time.time() - status.updated_at > SECONDS_TO_WAKE
    return status.state == "queued" and is_patient and not is_held(run_folder.parent / QUEUE_LOCK_FILE)


def unqueue_run(run_folder: Path) -> bool:
    """Take a waiting run out of the queue; False where it does not wait."""
    status = read_status(run_folder)
    if status is None or status.state != "queued":
        return False
    write_status(run_folder, replace(status, state="cancelled", message="taken out of the queue", queued_at=0.0))
    return True


def list_runs(folder: Path) -> list[tuple[Path, Status]]:
    """The runs below a folder, those that were heard of last first."""
    found = [path.parent for path in folder.glob(f"*/{STATUS_FILE}")]
    told = [(path, status) for path in found if (status := read_status(path)) is not None]
    return sorted(told, key=lambda one: -one[1].updated_at)


def work_through(folder: Path) -> int:
    """Run what waits in this folder, one after the other, until nothing waits; how many there were.

    Another process that does so already is left to it. What an earlier queue had begun, when both were killed or the
    machine was switched off, goes on after its last epoch.
    """
    done = 0
    while _next_of(folder) is not None:
        lock = ProcessLock.take(folder / QUEUE_LOCK_FILE)
        if lock is None:
            return done
        try:
            while (run_folder := _next_of(folder)) is not None:
                _wait_for_others(folder)
                done += _run_and_wait(run_folder)
        finally:
            lock.release()  # and look once more: something may have been queued since
    return done


def _run_and_wait(run_folder: Path) -> int:
    try:
        pid = start_run(run_folder)
    except StellarViewError as error:
        if run_folder.is_dir():  # else it was given another name meanwhile, and waits under that
            write_status(run_folder, Status(state="failed", error=error.as_dict()))
        return 0
    _started[pid].wait()
    status = read_status(run_folder)
    if status is not None and (status.state == "queued" or status.is_interrupted):
        # It died, and we did not: it would die again. Who wants it all the same starts it by hand.
        write_status(run_folder, replace(status, state="failed", message="ended without a word", queued_at=0.0))
    return 1


def _spawn_queue(folder: Path) -> None:
    _spawn(["train", "--queue", str(folder)], folder / "queue.err", 1)


def _next_of(folder: Path) -> Path | None:
    told = list_runs(folder)
    waiting = [(one.queued_at, path) for path, one in told if one.state == "queued" or one.is_interrupted]
    return min(waiting)[1] if waiting else None


def _wait_for_others(folder: Path) -> None:
    """A run that somebody started by hand, or that an earlier queue left behind."""
    while any(status.is_alive for _, status in list_runs(folder)):
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _refuse_running(run_folder: Path) -> None:
    if not (run_folder / CONFIG_FILE).is_file():
        raise StellarViewError(
            f"There is nothing to train in {display_name(run_folder)}.",
            f"It has no {CONFIG_FILE}.",
            "Choose the folder of a run.",
        )
    for child in _started.values():
        child.poll()
    status = read_status(run_folder)
    if status is not None and status.is_alive:
        raise StellarViewError(
            f"The run {display_name(run_folder)} goes on already.",
            f"Its process has the number {status.pid}.",
            "Wait for its end, or stop it.",
        )


def _spawn(arguments: Sequence[str], log: Path, threads: int) -> int:
    """A process in a group of its own: closing the window or Ctrl-C in its terminal does not reach it."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive"}
    detached: dict[str, Any] = {"creationflags": 0x00000208} if sys.platform == "win32" else {"start_new_session": True}
    # -c, not -m: the niceness is taken before anything heavy is loaded.
    start = (
        "import os, sys; getattr(os, 'nice', int)(10); from stellarview.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    try:
        with log.open("ab") as said:
            child = subprocess.Popen(
                [sys.executable, "-c", start, *arguments],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment, close_fds=True, **detached,
            )  # fmt: skip
    except OSError as error:
        raise StellarViewError(
            "The training could not be started.", f"The system says: {error.strerror}.", "Look at the folder's rights."
        ) from error
    _started[child.pid] = child
    return int(child.pid)
