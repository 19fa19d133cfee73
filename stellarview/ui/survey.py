"""All stars in the background: their rows as their files tell them, then what the models say, a few stars a job."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QTimer, Signal

from stellarview.domain.errors import StellarViewError
from stellarview.engine.jobs import work
from stellarview.engine.known import Known
from stellarview.session.session import StarEntry
from stellarview.ui.findings import Findings
from stellarview.ui.tasks import LaneName, Tasks
from stellarview.ui.workspace import Workspace

# Networks are faster with more at once, but the star that is looked at waits for what runs: about a tenth of a second.
_STARS_A_JOB = 16
# Rows that come in within this time are shown together: a thousand single signals would keep the window busy.
_GATHER_MS = 60


@dataclass(eq=False)
class _Queue:
    """Stars that wait for a lane, and those that its job has. `alone`: the process died over a job with them."""

    lane: LaneName
    waiting: dict[str, StarEntry] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)
    stars: dict[str, StarEntry] = field(default_factory=dict)

    @property
    def job(self) -> str:
        """Its key among the tasks."""
        return f"survey {self.lane}"

    def next_stars(self, skipped: str) -> dict[str, StarEntry]:
        """The oldest that wait, but for one that somebody else looks at."""
        chosen: dict[str, StarEntry] = {}
        for key, star in self.waiting.items():
            if key == skipped or (key in self.alone and chosen):
                continue
            chosen[key] = star
            if key in self.alone or len(chosen) == _STARS_A_JOB:
                break
        return chosen

    def forget(self, key: str) -> None:
        """Its answer is there, or nobody wants it any more."""
        self.waiting.pop(key, None)
        self.alone.discard(key)

    def is_wanted(self, key: str, star: StarEntry) -> bool:
        """False where the answer came otherwise, or the question is another by now."""
        return self.waiting.get(key) is star


class Survey(QObject):
    """Keeps one job in each lane going until no star waits."""

    progressed = Signal()

    def __init__(self, workspace: Workspace, findings: Findings, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._findings, self._tasks = workspace, findings, tasks
        self._reading, self._judging = _Queue("reading"), _Queue("networks")
        self._total = 0
        self._gathered: dict[str, Known] = {}
        self._gathering = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gathering.timeout.connect(self._show_gathered)
        tasks.broke.connect(self._broke)

    @property
    def done_of_total(self) -> tuple[int, int]:
        """How many stars of those asked for are done; (0, 0) where nothing is left to do."""
        left = len(self._judging.waiting)
        return (self._total - left, self._total) if left else (0, 0)

    def ask(self, stars: Iterable[StarEntry]) -> None:
        """Look at these, or look again."""
        if not self._judging.waiting:
            self._total = 0
        for star in stars:
            self._total += star.key not in self._judging.waiting
            self._judging.waiting[star.key] = star
            if self._findings.known(star.key).state == "waiting":
                self._reading.waiting[star.key] = star
        self.go_on()

    def go_on(self) -> None:
        """Start what can be started. The star that is looked at is skipped: it has the right of way elsewhere."""
        models = {choice.task: choice.model for choice in self._workspace.session.models}
        self._work(self._reading, work.read_rows)
        self._work(self._judging, work.survey, models)
        self.progressed.emit()

    def forget(self, keys: Iterable[str]) -> None:
        """Stars that are done already, or left."""
        for key in keys:
            self._reading.forget(key)
            self._judging.forget(key)
            self._gathered.pop(key, None)
        self.progressed.emit()

    def stop(self) -> None:
        """Nothing is wanted any more; what is finished stays."""
        for queue in (self._reading, self._judging):
            queue.waiting.clear()
            queue.alone.clear()
            queue.stars = {}
            self._tasks.cancel(queue.job)
        self.progressed.emit()

    def _work(self, queue: _Queue, function: Callable[..., None], *arguments: object) -> None:
        stars = {} if queue.stars else queue.next_stars(self._workspace.session.current)
        if not stars:
            return
        queue.stars = stars
        self._tasks.run(
            queue.job,
            function,
            list(stars.values()),
            *arguments,
            then=lambda _: self._finished(queue),
            each=lambda told: self._told(queue, stars[told.key], told),
            otherwise=lambda error: self._lost(queue, error),
            lane=queue.lane,
            urgency="later",
        )

    def _told(self, queue: _Queue, star: StarEntry, told: Known) -> None:
        if queue.is_wanted(told.key, star):
            queue.forget(told.key)
            if queue is self._judging or told.state == "failed":
                self._reading.forget(told.key)
                self._judging.forget(told.key)
            self._gather(told)

    def _finished(self, queue: _Queue) -> None:
        queue.stars = {}
        self.go_on()

    def _broke(self, job: str, trace: str) -> None:
        """A bug of ours is told elsewhere; here the other stars go on."""
        for queue in (self._reading, self._judging):
            if job == queue.job:
                what_to_do = "Report it with the copied details of the message."
                self._lost(queue, StellarViewError("StellarView made a mistake.", trace.splitlines()[-1], what_to_do))

    def _lost(self, queue: _Queue, error: StellarViewError) -> None:
        """The process died. Each star is tried alone, so that the one it died over is found; that one is marked."""
        left = [key for key, star in queue.stars.items() if queue.is_wanted(key, star)]
        if len(queue.stars) > 1:
            queue.alone.update(left)
        else:
            for key in left:
                self.forget([key])
                self._gather(replace(self._findings.known(key), state="failed", error=error))
        self._finished(queue)

    def _gather(self, told: Known) -> None:
        self._gathered[told.key] = told
        if not self._gathering.isActive():
            self._gathering.start()

    def _show_gathered(self) -> None:
        gathered, self._gathered = self._gathered, {}
        self._findings.learn(*gathered.values())
        self.progressed.emit()
