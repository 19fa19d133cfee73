"""The only owner of threads and of the event loop: work leaves the GUI thread here, and its answers come back here.

A lane is one thread that waits on one child process; the lanes for small files and for messages of other programs do
their work themselves. All bookkeeping happens in the GUI thread.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from stellarview.domain.errors import StellarViewError
from stellarview.engine.engine import Bug, Engine
from stellarview.engine.pipe import Cancelled, Progress

_LOG = logging.getLogger(__name__)

LaneName = Literal["reading", "networks", "writing", "messages"]
_WITH_PROCESS: tuple[LaneName, ...] = ("reading", "networks")
# It listens all the time: that is no work that anybody waits for or could cancel.
_LISTENING: LaneName = "messages"
# What the user looks at goes first, what he waits for next, what he left to run last.
Urgency = Literal["now", "soon", "later"]
_ORDER: dict[Urgency, int] = {"now": 0, "soon": 1, "later": 2}


@dataclass(eq=False)
class _Job:
    """One call that waits or runs. The generation tells a newer call of the same key."""

    key: str
    generation: int
    urgency: Urgency
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    then: Callable[[Any], None]
    each: Callable[[Any], None] | None
    otherwise: Callable[[StellarViewError], None] | None
    is_quiet: bool = False
    is_cancelled: bool = False


@dataclass(eq=False)
class _Lane:
    """One thread, one process, and what waits for them, the most urgent first."""

    engine: Engine | None
    thread: ThreadPoolExecutor
    waiting: dict[str, _Job] = field(default_factory=dict)
    running: _Job | None = None

    def jobs(self) -> list[_Job]:
        """What runs and what waits."""
        return [*([self.running] if self.running else []), *self.waiting.values()]

    def next_job(self) -> _Job | None:
        """The most urgent job, among equals the oldest."""
        job = min(self.waiting.values(), key=lambda one: (_ORDER[one.urgency], one.generation), default=None)
        return self.waiting.pop(job.key) if job else None


class Tasks(QObject):
    """`run` a function in a child process; `then` gets its answer in the GUI thread. The newest call of a key wins."""

    busy_changed = Signal(bool)
    progressed = Signal(str, int, int)  # key, done, total
    queue_changed = Signal(int)  # how many jobs wait or run
    failed = Signal(str, object)  # key, StellarViewError: of jobs that handle no errors themselves
    broke = Signal(str, str)  # key, traceback: a bug

    def __init__(self, loop: asyncio.AbstractEventLoop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loop = loop
        names: tuple[LaneName, ...] = ("reading", "networks", "writing", "messages")
        self._lanes = {
            name: _Lane(Engine(name) if name in _WITH_PROCESS else None, ThreadPoolExecutor(1, f"lane {name}"))
            for name in names
        }
        self._generations = itertools.count(1)
        self._is_closed = self._is_held = False
        self._was_busy = False

    def run(
        self,
        key: str,
        function: Callable[..., Any],
        *arguments: Any,
        then: Callable[[Any], None],
        each: Callable[[Any], None] | None = None,
        otherwise: Callable[[StellarViewError], None] | None = None,
        lane: LaneName = "reading",
        urgency: Urgency = "soon",
        is_quiet: bool = False,
    ) -> None:
        """Let the lane's process call `function(progress, *arguments)`. What still runs for the key is dropped.

        `each` gets the parts that the function gives on its way, `otherwise` what it refuses with. A quiet job is one
        that nobody waits for: it is not told of, and cancelled by its key alone.
        """
        if self._is_closed:
            return
        self.cancel(key)
        job = _Job(key, next(self._generations), urgency, function, arguments, then, each, otherwise, is_quiet)
        self._lanes[lane].waiting[key] = job
        self._go_on(self._lanes[lane])

    def cancel(self, key: str) -> None:
        """Forget a job: it never starts, or its answer is dropped."""
        for lane in self._lanes.values():
            lane.waiting.pop(key, None)
            if lane.running is not None and lane.running.key == key:
                lane.running.is_cancelled = True

    def cancel_all(self, prefix: str = "") -> None:
        """Forget every job whose key begins so."""
        for key in [key for key in self.keys() if key.startswith(prefix)]:
            self.cancel(key)
        self._tell()

    def keys(self) -> list[str]:
        """What runs and waits, but for quiet jobs."""
        return [job.key for lane in self._working() for job in _jobs_of(lane) if not job.is_quiet]

    def has(self, key: str) -> bool:
        """True while this runs or waits."""
        return key in self.keys()

    @property
    def is_busy(self) -> bool:
        """True while anything runs or waits."""
        return any(not job.is_quiet for lane in self._working() for job in lane.jobs())

    def hold(self) -> None:
        """Start no work before `begin`: it would take its time from what the user waits for."""
        self._is_held = True

    def begin(self) -> None:
        """Start what was held."""
        self._is_held = False
        for lane in self._lanes.values():
            self._go_on(lane)

    def pids(self) -> dict[LaneName, int | None]:
        """The numbers of the child processes."""
        return {name: lane.engine.pid for name, lane in self._lanes.items() if lane.engine is not None}

    def close(self) -> None:
        """End all work and all processes; answers that still come are dropped, files and messages are finished."""
        self._is_closed = True
        for lane in self._lanes.values():
            if lane.engine is not None:
                lane.waiting.clear()
                lane.engine.stop()
        for lane in self._lanes.values():
            lane.thread.shutdown(wait=True)
        for lane in self._lanes.values():
            for job in lane.waiting.values():
                try:
                    job.function(Progress(), *job.arguments)
                except StellarViewError as error:  # nobody is left to be told but the log
                    _LOG.error("%s", error)
            lane.waiting.clear()

    def _working(self) -> list[_Lane]:
        return [lane for name, lane in self._lanes.items() if name != _LISTENING]

    def _go_on(self, lane: _Lane) -> None:
        can_start = lane.running is None and not self._is_closed and not self._is_held
        if can_start and (job := lane.next_job()):
            lane.running = job
            future = self._loop.run_in_executor(lane.thread, lambda: self._ask(lane, job))
            future.add_done_callback(lambda done: self._finished(lane, job, done))
        if lane in self._working():
            self._tell()

    def _ask(self, lane: _Lane, job: _Job) -> Any:
        """In the lane's thread."""

        def progressed(done: int, total: int) -> None:
            if not self._is_closed:
                self._loop.call_soon_threadsafe(self._progressed, job, done, total)

        def each(part: Any) -> None:
            if not self._is_closed:
                self._loop.call_soon_threadsafe(self._given, job, part)

        if lane.engine is None:
            return job.function(Progress(), *job.arguments)
        return lane.engine.ask(
            job.function, *job.arguments, progress=progressed, each=each, is_cancelled=lambda: job.is_cancelled
        )

    def _progressed(self, job: _Job, done: int, total: int) -> None:
        if not job.is_cancelled:
            self.progressed.emit(job.key, done, total)

    def _given(self, job: _Job, part: Any) -> None:
        if job.each is not None and not job.is_cancelled:
            job.each(part)

    def _finished(self, lane: _Lane, job: _Job, done: asyncio.Future[Any]) -> None:
        """Back in the GUI thread. What follows from the answer is asked for before a job that is less urgent begins."""
        lane.running = None
        if done.cancelled():
            return
        error = done.exception()  # asked for always: else asyncio tells of it
        if self._is_closed:
            return
        try:
            self._use(job, done, error)
        finally:
            self._go_on(lane)

    def _use(self, job: _Job, done: asyncio.Future[Any], error: BaseException | None) -> None:
        if job.is_cancelled or isinstance(error, Cancelled):
            return
        if error is None:
            job.then(done.result())
        elif not isinstance(error, StellarViewError):
            self.broke.emit(job.key, str(error) if isinstance(error, Bug) else repr(error))
        elif job.otherwise is not None:
            job.otherwise(error)
        else:
            self.failed.emit(job.key, error)

    def _tell(self) -> None:
        self.queue_changed.emit(len(self.keys()))
        if self.is_busy != self._was_busy:
            self._was_busy = not self._was_busy
            self.busy_changed.emit(self._was_busy)


def _jobs_of(lane: _Lane) -> Iterable[_Job]:
    return [job for job in lane.jobs() if not job.is_cancelled]
