"""The child process: takes one job after the other until the pipe closes."""

from __future__ import annotations

import contextlib
import os
import signal
import traceback
from multiprocessing.connection import Connection

from stellarview.domain.errors import StellarViewError
from stellarview.engine.pipe import CANCEL, Cancelled, Job, Progress, Said

# The window must always find a core: what works for it steps back.
_NICENESS = 5


def serve(pipe: Connection, threads: int) -> None:
    """Work until the window closes the pipe, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the window, which then closes the pipe
    with contextlib.suppress(OSError, AttributeError):
        os.setpgid(0, 0)  # so that what it starts can be ended with it
    # More threads than cores make small arrays slower, and threads that spin while they wait starve the window.
    os.environ.update(OMP_NUM_THREADS=str(threads), OMP_WAIT_POLICY="passive", GOMP_SPINCOUNT="0")
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    with contextlib.suppress(EOFError, OSError):
        while True:
            job = pipe.recv()
            if job != CANCEL:  # it came too late: the job was done
                pipe.send(_answer(job, pipe))


def _answer(job: Job, pipe: Connection) -> Said:
    try:
        return Said("answer", job.function(Progress(pipe), *job.arguments))
    except StellarViewError as error:
        return Said("refusal", error)
    except Cancelled:
        return Said("cancelled")
    except (EOFError, OSError) as error:
        if isinstance(error, EOFError | BrokenPipeError):
            raise  # the window is gone
        return Said("bug", traceback.format_exc())
    except Exception:  # noqa: BLE001 - the boundary of the process: the window shows the trace
        return Said("bug", traceback.format_exc())
