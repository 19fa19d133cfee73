"""The window's side of a child process: started when first needed, started again when it died."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.engine.child import serve
from stellarview.engine.pipe import CANCEL, Cancelled, Job, Said

# A job looks for the word between batches; one that does not within this time is ended with its process.
_PATIENCE_S = 5.0
_LOOK_EVERY_S = 0.02
# Nothing survives being killed, but on a starved machine it may take its time to go.
_LONGEST_END_S = 30.0


class Bug(Exception):
    """Something in a child process that no user could have caused; the text is its traceback."""


class Engine:
    """One child process that takes one job at a time. To be used by one thread at a time; `stop` by any."""

    def __init__(self, name: str, threads: int = 1) -> None:
        self.name = name
        self._threads = threads
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._is_stopped = False

    @property
    def pid(self) -> int | None:
        """The process' number, while there is one."""
        return self._process.pid if self._process is not None else None

    def ask(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        progress: Callable[[int, int], None] = lambda done, total: None,
        each: Callable[[Any], None] = lambda part: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Any:
        """The function's answer, computed in the child; raises what it refused with, or `Cancelled`."""
        if is_cancelled():
            raise Cancelled
        pipe = self._connected()
        try:
            pipe.send(Job(function, arguments))
            return self._wait(pipe, progress, each, is_cancelled)
        except (EOFError, OSError) as error:
            self._forget()
            if self._is_stopped:
                raise Cancelled from error
            raise StellarViewError(
                f"The process for {self.name} ended in the middle of its work.",
                "Its memory may not have sufficed, or it was ended from outside.",
                "It starts again by itself: try once more, with fewer spectra if memory is short.",
            ) from error

    def stop(self) -> None:
        """End the process at once: nothing that matters is only in there."""
        self._is_stopped = True
        if self._process is not None:
            _end(self._process)

    def _connected(self) -> Connection:
        if self._is_stopped:
            raise Cancelled
        if self._process is not None and self._pipe is not None and self._process.is_alive():
            return self._pipe
        self._forget()
        context = multiprocessing.get_context("spawn")  # torch does not survive a fork
        self._pipe, theirs = context.Pipe()
        process = context.Process(
            target=serve, args=(theirs, self._threads), name=f"stellarview {self.name}", daemon=True
        )
        process.start()
        self._process = process  # not before: `stop` cannot end what has not begun
        theirs.close()  # or the end of the child would not be seen
        if self._is_stopped:  # while it was starting
            self.stop()
        return self._pipe

    def _wait(
        self,
        pipe: Connection,
        progress: Callable[[int, int], None],
        each: Callable[[Any], None],
        is_cancelled: Callable[[], bool],
    ) -> Any:
        asked_to_stop_at: float | None = None
        while True:
            if not pipe.poll(_LOOK_EVERY_S):
                if asked_to_stop_at is None and is_cancelled():
                    pipe.send(CANCEL)
                    asked_to_stop_at = time.monotonic()
                elif asked_to_stop_at is not None and time.monotonic() - asked_to_stop_at > _PATIENCE_S:
                    self._forget()
                    raise Cancelled
                continue
            said: Said = pipe.recv()
            if said.kind == "progress":
                progress(*said.what)
            elif said.kind == "part":
                each(said.what)
            elif asked_to_stop_at is not None or said.kind == "cancelled":
                raise Cancelled
            elif said.kind == "answer":
                return said.what
            else:
                raise said.what if said.kind == "refusal" else Bug(said.what)

    def _forget(self) -> None:
        with contextlib.suppress(OSError):
            if self._pipe is not None:
                self._pipe.close()
        if self._process is not None:
            _end(self._process)
        self._pipe = self._process = None


def _end(process: multiprocessing.process.BaseProcess) -> None:
    """At once, and with it what it started: a reader of foreign files may be at work for it."""
    if process.pid is not None and process.is_alive():
        with contextlib.suppress(OSError, AttributeError):  # no group of its own yet, or a system without groups
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join(_LONGEST_END_S)
