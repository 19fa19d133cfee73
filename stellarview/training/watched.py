"""A run that tells of itself in its folder and obeys the words that are left there, whoever started it."""

from __future__ import annotations

import os
import time
import traceback
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name
from stellarview.io.process_lock import ProcessLock
from stellarview.training.status import (
    LOCK_FILE,
    State,
    Status,
    error_facts,
    forget,
    heard,
    memory_mb,
    read_status,
    write_status,
)

if TYPE_CHECKING:  # the lock is taken before torch is loaded, which can take long
    from stellarview.training.progress import Progress, Watch
    from stellarview.training.run import Run

_SECONDS_BETWEEN_WORDS, _SECONDS_BETWEEN_LOOKS = 1.0, 0.1
_PATIENCE_S = 2.0


class Cancelled(Exception):
    """The run is not wanted any more; what its last checkpoint holds stays."""


class Watched:
    """Holds the lock of a run's folder and writes its status. Call it after every step: it is a `Watch`.

    `others` is asked too. Of several processes that train together only the first writes.
    """

    def __init__(self, folder: Path, others: Watch, *, is_first: bool = True) -> None:
        self._folder, self._others, self._is_first = folder, others, is_first
        self._status = Status(pid=os.getpid())
        self._lock: ProcessLock | None = None
        self._told = self._looked = 0.0
        self._began = time.monotonic()
        self._is_enough = False

    def __enter__(self) -> Self:
        if not self._is_first:
            return self
        make_run_folder(self._folder)
        self._lock = _lock_of(self._folder)
        before = read_status(self._folder)
        if heard(self._folder) == "pause":  # of a sitting that was killed while it paused
            forget(self._folder)
        if before is not None:
            self._status = replace(self._status, queued_at=before.queued_at)
        self._say("preparing", "Reading and preparing the spectra.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, Cancelled | KeyboardInterrupt):
                self._say("cancelled", "Cancelled. It can go on after the last epoch that was finished.")
            elif error is not None:
                facts = error_facts(error, "".join(traceback.format_exception(error)))
                self._status = replace(self._status, error=facts)
                what = facts.get("what") or f"A fault of the program: {type(error).__name__}."
                self._say("failed", what)
        finally:
            if self._is_first:
                forget(self._folder)
            if self._lock is not None:
                self._lock.release()

    def preparing(self, done: int, total: int) -> None:
        """A `Tell`: so many spectra are prepared."""
        self._obey()
        self._maybe(replace(self._status, message=f"Preparing spectra: {done:,} of {total:,}."))

    def begin(self, run: Run) -> None:
        """From here on there are steps."""
        device, loop = str(run.task.device), run.task.config.loop
        done = replace(self._status, epoch=run.state.epoch, device=device, epochs=loop.epochs, patience=loop.patience)
        self._status = done
        self._say("training", "")

    def __call__(self, progress: Progress) -> bool:
        """After every step: tell, wait where a pause is asked for; True where it is enough."""
        moved = replace(
            self._status,
            epoch=int(progress.done + 1e-9),
            step=progress.step,
            steps=progress.steps,
            seconds_left=round(progress.seconds_left, 1),
            batch=progress.batch,
            rate=progress.rate,
            best_epoch=progress.best_epoch,
            best_loss=progress.best_loss,
            waited=progress.waited,
            message=progress.note,
        )
        self._maybe(moved)
        self._obey()
        return self._others(progress) or self._is_enough

    def finishing(self) -> None:
        """The steps are over: calibration, metrics, the model."""
        self._say("finishing", "Calibrating, judging and writing the model.")

    def done(self, model_folder: Path) -> None:
        """The model stands."""
        self._status = replace(self._status, model=model_folder.name, seconds_left=0.0)
        self._say("done", f"The model {model_folder.name} is ready.")

    def _obey(self) -> None:
        now = time.monotonic()
        if now - self._looked < _SECONDS_BETWEEN_LOOKS:
            return
        self._looked = now
        word, before = heard(self._folder), self._status
        if word == "pause":
            self._say("paused", "Paused: nothing moves, and the memory stays in use.")
            while (word := heard(self._folder)) == "pause":
                time.sleep(_SECONDS_BETWEEN_LOOKS)
        if word is not None and self._is_first:
            forget(self._folder)
        if self._status.state == "paused":  # after forgetting: who sees it go on may leave the next word at once
            self._say(before.state, before.message)
        if word == "cancel":
            raise Cancelled
        self._is_enough = self._is_enough or word == "stop"

    def _maybe(self, status: Status) -> None:
        self._status = status
        if time.monotonic() - self._told >= _SECONDS_BETWEEN_WORDS:
            self._say(status.state, status.message)

    def _say(self, state: State, message: str) -> None:
        seconds = round(time.monotonic() - self._began, 1)
        self._status = replace(self._status, state=state, message=message, memory_mb=memory_mb(), seconds=seconds)
        if not self._status.is_alive:  # what has ended waits no more, nor does a later sitting that nobody queued
            self._status = replace(self._status, queued_at=0.0)
        if self._is_first:
            write_status(self._folder, self._status)
        self._told = time.monotonic()


def make_run_folder(folder: Path) -> None:
    """The folder, if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StellarViewError(
            f"Cannot make the folder {display_name(folder)}.",
            f"The system says: {error.strerror}.",
            "Choose another with --run.",
        ) from error


def _lock_of(folder: Path) -> ProcessLock:
    lock = ProcessLock.wait(folder / LOCK_FILE, _PATIENCE_S)
    if lock is not None:
        return lock
    raise StellarViewError(
        f"The run {display_name(folder)} goes on already.",
        "Another process works on it.",
        "Wait for its end, or stop it.",
    )
