"""The window's end of the bridge to other programs: starts it, talks to it, notices when it dies, never waits long."""

from __future__ import annotations

import contextlib
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from stellarview.domain.errors import StellarViewError
from stellarview.samp.messages import Connected, Lost, Order, Report, Stop, error_of, from_bytes, to_bytes

_LONGEST_START_S = 60.0
_LONGEST_LEAVE_S = 2.0
# Nothing survives being killed, but on a starved machine it may take its time to go.
_LONGEST_END_S = 30.0
_LOOK_EVERY_S = 0.2


class SampBridge:
    """One bridge at a time, for one worker thread. After a StellarViewError of any method it is closed: start anew."""

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def start(
        self, timeout_s: float = _LONGEST_START_S, is_wanted: Callable[[], bool] = lambda: True
    ) -> Connected | None:
        """Connect to the hub of this computer, or say that there is none; None once it is wanted no more."""
        self.close()
        try:
            self._spawn()
        except OSError as error:
            raise self._died(f"The system says: {error.strerror or error}") from error
        end = time.monotonic() + timeout_s
        while is_wanted():
            report = self.receive(_LOOK_EVERY_S)
            if isinstance(report, Connected):
                return report
            if report is not None or time.monotonic() > end:
                raise self._died(f"It did not connect within {timeout_s:g} s")
        self.close()
        return None

    def send(self, order: Order) -> None:
        """Hand over an order; what comes of it is received."""
        try:
            self._open_pipe().send_bytes(to_bytes(order))
        except OSError as error:
            while self.receive(0):  # its last report tells why
                pass
            raise self._died(f"{error.strerror or error}") from error

    def receive(self, timeout_s: float) -> Report | None:
        """The next report, or None if there is none in time. A hub that is gone raises StellarViewError."""
        pipe = self._open_pipe()
        try:
            if not pipe.poll(timeout_s):
                return None
            report = from_bytes(pipe.recv_bytes())
        except (EOFError, OSError, ValueError, LookupError, TypeError) as error:
            raise self._died("It ended without a word") from error
        if isinstance(report, Lost):
            self.close()
            raise error_of(report)
        if isinstance(report, Order):
            raise self._died("It speaks another language")
        return report

    def close(self) -> None:
        """Take leave. A bridge that does not end by itself is ended; files that it fetched are removed."""
        process, pipe, folder = self._process, self._pipe, self._folder
        self._process = self._pipe = self._folder = None
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.send_bytes(to_bytes(Stop()))
        if process is not None:
            process.join(_LONGEST_LEAVE_S)
            for end, patience_s in ((process.terminate, _LONGEST_LEAVE_S), (process.kill, _LONGEST_END_S)):
                if process.is_alive():
                    end()
                    process.join(patience_s)
        if pipe is not None:
            pipe.close()
        if folder is not None:
            folder.cleanup()

    def _spawn(self) -> None:
        from stellarview.samp.bridge import run_bridge  # loaded where somebody connects

        context = multiprocessing.get_context("spawn")
        self._folder = tempfile.TemporaryDirectory(prefix="stellarview-samp-", ignore_cleanup_errors=True)
        self._pipe, theirs = context.Pipe()
        with contextlib.closing(theirs):  # the bridge has its own: so its death ends the pipe
            process = context.Process(target=run_bridge, args=(theirs, self._folder.name), name="samp", daemon=True)
            process.start()
        self._process = process

    def _open_pipe(self) -> Connection:
        if self._pipe is None:
            raise StellarViewError("No connection to other programs.", "It was never made, or has ended.", "Connect.")
        return self._pipe

    def _died(self, why: str) -> StellarViewError:
        process = self._process
        self.close()
        code = f" (exit code {process.exitcode})" if process is not None else ""
        return StellarViewError(
            "The connection to other programs has ended.",
            f"The process that keeps it is gone. {why}{code}.",
            "Connect again.",
        )
