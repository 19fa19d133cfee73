"""What the window knows of training runs. They go on by themselves: their folders are read, and words left there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from stellarview.domain.errors import StellarViewError
from stellarview.domain.judgement import Judged
from stellarview.engine import runs as jobs
from stellarview.engine.runs import RunDetails, RunSeen
from stellarview.io.user_folders import runs_folder
from stellarview.training.status import Word
from stellarview.ui.desk import Desk

_LOOK, _JUDGE = "runs", "judge run "
# While something moves, and while nothing does.
_SOON_MS, _LATER_MS = 1000, 8000


class Runs(QObject):
    """Looks at the folder of runs from the first time that it is asked to, and tells what changed."""

    changed = Signal()
    details_changed = Signal(str)  # a run's folder
    judged_changed = Signal(str)
    judging = Signal(str)  # its count went on
    renamed = Signal(str, str)  # its folder before, its folder now

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.folder = runs_folder()
        self.seen: tuple[RunSeen, ...] = ()
        self.details: dict[str, RunDetails] = {}
        self.judged: dict[str, Judged | None] = {}
        self.refusals: dict[str, StellarViewError] = {}  # of judging
        self._asked: dict[str, tuple[int, int]] = {}  # of those that are being judged
        self.is_known = False
        self._is_looking = False
        self._look_key = f"{_LOOK} {id(self)}"
        self._watched: tuple[str, ...] = ()
        self._queued: set[str] = set()  # by this window
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        desk.tasks.broke.connect(self._broke)
        desk.tasks.progressed.connect(self._progressed)
        desk.tasks.queue_changed.connect(self._look_whether_judged)

    def queue(self, run_folder: Path) -> None:
        """Start this run, or let it wait behind the one that goes on."""
        self._queued.add(str(run_folder))
        self._act("queue run", jobs.queue_run, run_folder)

    def wake_queue(self) -> None:
        """Go on with what waits."""
        self._act("wake the queue", jobs.wake_queue, self.folder)

    def resume(self, folder: str) -> None:
        """Go on with a run that ended."""
        self.queue(Path(folder))

    def send(self, folder: str, word: Word) -> None:
        """Leave a word for a run."""
        self._act(f"tell run {folder}", jobs.send_word, folder, word)

    def delete(self, folder: str) -> None:
        """Into the trash beside the runs."""
        self._act(f"delete run {folder}", jobs.delete, folder)

    def rename(self, folder: str, name: str) -> None:
        """Another name, which is its folder's."""
        self._desk.tasks.run(
            f"rename run {folder}", jobs.rename, folder, name, then=partial(self._renamed, folder), urgency="now"
        )

    def judge(self, folder: str) -> None:
        """Ask the new model and its parent about held-out stars."""
        self.refusals.pop(folder, None)
        self._asked[folder] = (0, 0)
        self._desk.tasks.run(
            f"{_JUDGE}{folder}",
            jobs.judge,
            folder,
            then=partial(self._learn_judged, folder),
            otherwise=partial(self._refused, folder),
            lane="networks",
        )
        self.judged_changed.emit(folder)

    def is_judging(self, folder: str) -> bool:
        """True until the judgement is there."""
        return self._desk.tasks.has(f"{_JUDGE}{folder}")

    def asked(self, folder: str) -> tuple[int, int]:
        """About how many spectra of how many the models were asked; (0, 0) before the first."""
        return self._asked.get(folder, (0, 0))

    def stop_judging(self, folder: str) -> None:
        """What was found before stays."""
        self._desk.tasks.cancel(f"{_JUDGE}{folder}")
        self._look_whether_judged()

    def run(self, folder: str) -> RunSeen | None:
        """What is known of this run."""
        return next((one for one in self.seen if one.folder == folder), None)

    def before_in_queue(self, folder: str) -> int:
        """How many runs wait before this one."""
        waiting = [(one.status.queued_at, one.folder) for one in self.seen if one.status and one.state == "queued"]
        own = [when for when, of in waiting if of == folder]
        return sum(when < own[0] for when, _ in waiting) if own else 0

    def watch(self, folders: Sequence[str]) -> None:
        """Read all of these runs, and again whenever they have gone on."""
        new = [folder for folder in folders if folder not in self._watched]
        self._watched = tuple(folders)
        for folder in new:
            self._read(folder)

    def look(self) -> None:
        """See what became of the runs; from then on again and again."""
        if self._is_looking:
            return
        self._is_looking = True
        self._pace()
        self._desk.tasks.run(
            self._look_key, jobs.look_at_runs, self.folder,
            then=self._learn, otherwise=self._failed, urgency="now", is_quiet=True,
        )  # fmt: skip

    def _learn(self, seen: tuple[RunSeen, ...]) -> None:
        before, self._is_looking = {one.folder: one for one in self.seen}, False
        is_new = not self.is_known or seen != self.seen
        self.seen, self.is_known = seen, True
        self._pace()
        if is_new:
            self.changed.emit()
        for one in seen:
            self._follow(before.get(one.folder), one)

    def _follow(self, before: RunSeen | None, now: RunSeen) -> None:
        """Read again what went on, and judge what came to its end while we looked, or before we first could."""
        if before is None and now.folder not in self._queued:
            return
        was, row = (before.state, before.row) if before is not None else ("", None)
        if now.folder in self._watched and row is not None and (row != now.row or was != now.state):
            self._read(now.folder)
        if now.state == "done" != was and not self.is_judging(now.folder):
            self.judge(now.folder)

    def _read(self, folder: str) -> None:
        run = self.run(folder)
        if run is None or run.row.state == "broken":
            return
        self._desk.tasks.run(
            f"run details {folder}", jobs.read_details, folder, then=self._learn_details, is_quiet=True
        )
        if run.row.verdict and folder not in self.judged:
            self._desk.tasks.run(
                f"run judgement {folder}", jobs.read_judged, folder,
                then=partial(self._learn_judged, folder), is_quiet=True,
            )  # fmt: skip

    def _renamed(self, folder: str, new: str) -> None:
        """What is known of it stays known."""
        if folder in self.judged:
            self.judged[new] = self.judged.pop(folder)
        if folder in self.refusals:
            self.refusals[new] = self.refusals.pop(folder)
        self._desk.messages.tell(f"The run is called {Path(new).name} now.")
        self.renamed.emit(folder, new)
        self.look()

    def _learn_details(self, details: RunDetails) -> None:
        self.details[details.folder] = details
        self.details_changed.emit(details.folder)

    def _learn_judged(self, folder: str, judged: Judged | None) -> None:
        self.judged[folder] = judged
        self.judged_changed.emit(folder)
        self.look()

    def _refused(self, folder: str, error: StellarViewError) -> None:
        self.refusals[folder] = error
        self.judged_changed.emit(folder)

    def _act(self, key: str, function: object, *arguments: object) -> None:
        """Something that changes runs: look at once what came of it."""
        assert callable(function)
        self._desk.tasks.run(key, function, *arguments, then=lambda _: self.look(), urgency="now")

    def _failed(self, error: StellarViewError) -> None:
        self._is_looking, self.is_known = False, True
        self._desk.messages.tell_error(error)

    def _broke(self, key: str, _: str) -> None:
        if key == self._look_key:
            self._is_looking = False

    def _progressed(self, key: str, done: int, total: int) -> None:
        if key.startswith(_JUDGE):
            folder = key.removeprefix(_JUDGE)
            self._asked[folder] = (done, total)
            self.judging.emit(folder)

    def _look_whether_judged(self, *_: object) -> None:
        """It may be done, or broken, or cancelled together with everything else."""
        for folder in [folder for folder in self._asked if not self.is_judging(folder)]:
            del self._asked[folder]
            self.judged_changed.emit(folder)

    def _pace(self) -> None:
        is_moving = any(one.is_alive or one.state == "queued" for one in self.seen)
        self._timer.start(_SOON_MS if is_moving else _LATER_MS)
