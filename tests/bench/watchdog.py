"""Stalls of the window while many files are dropped on it: python tests/bench/watchdog.py [--files N] [--still]

Copies of the bundled examples, one in fifty damaged, are dropped as a folder on an empty window, which is scrolled and
clicked in while the work streams in, unless it is told to be still. A stall is the time between two turns of the event
loop; its own share is the processor time that this process used in it, all threads together. On a machine that others
keep busy, the rest of a stall is theirs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from ui.watchdog import Watchdog

from stellarview.app import Program, build
from stellarview.session.autosave import Autosave
from stellarview.session.session import Session
from stellarview.session.settings import Settings
from stellarview.ui.short_turns import keep_calm

_LOOK_EVERY_MS, _SCROLL_EVERY_MS, _CLICK_EVERY_MS, _CLICKS = 20, 50, 1500, 12
_READY_MS = 8000  # the processes start, which is no part of what is measured


def many_files(folder: Path, count: int) -> Path:
    """So many spectra, one in fifty of them damaged."""
    examples = sorted((ROOT / "resources" / "examples").glob("*.fits.gz"))
    folder.mkdir(parents=True)
    for number in range(count):
        source = examples[number % len(examples)]
        path = folder / f"{number:05d}-{source.name}"
        if number % 50 == 7:
            path.write_bytes(source.read_bytes()[: 100 * number + 1])
        else:
            shutil.copy(source, path)
    return folder


class Drop:
    """One drop, watched until all of it is done."""

    def __init__(self, app: QApplication, program: Program, folder: Path, count: int, *, is_still: bool) -> None:
        self._app, self._program, self._folder, self._count, self._is_still = app, program, folder, count, is_still
        self._timers: list[QTimer] = []
        self._marks: dict[str, float] = {}
        self._clicks = 0
        self.failed: list[str] = []
        QTimer.singleShot(_READY_MS, self._drop)

    def _drop(self) -> None:
        self._begun = time.perf_counter()
        self.watchdog = Watchdog()
        self._program.files.take_in([self._folder])
        self._every(_LOOK_EVERY_MS, self._look)
        if not self._is_still:
            self._every(_SCROLL_EVERY_MS, self._scroll)
            self._every(_CLICK_EVERY_MS, self._click)

    def _every(self, interval_ms: int, act: Callable[[], None]) -> None:
        timer = QTimer(interval=interval_ms)
        timer.timeout.connect(act)
        timer.start()
        self._timers.append(timer)

    def _look(self) -> None:
        desk, keys = self._program.desk, self._program.window.stars.model.keys
        states = [desk.findings.known(key).state for key in keys]
        for mark, holds in (
            ("first row", bool(keys)),
            ("last row", len(keys) >= self._count),
            ("first prediction", "done" in states),
            ("all read", len(keys) >= self._count and "waiting" not in states),
            ("all done", len(keys) >= self._count and {*states} <= {"done", "failed"} and not desk.tasks.is_busy),
        ):
            if holds and mark not in self._marks:
                self._marks[mark] = time.perf_counter() - self._begun
                print(f"{mark:<17}{self._marks[mark]:8.2f} s", flush=True)
        if "all done" in self._marks:
            self._tell(states.count("done"), states.count("failed"))
            self._program.window.close()
            self._app.quit()

    def _scroll(self) -> None:
        bar = self._program.window.stars.table.verticalScrollBar()
        bar.setValue(bar.value() + 37 if bar.value() < bar.maximum() else 0)

    def _click(self) -> None:
        if self._clicks < _CLICKS:
            self._clicks += 1
            self._program.window.stars.step(3)

    def _tell(self, done: int, failed: int) -> None:
        dog, seconds = self.watchdog, self._marks["all done"] - self._marks["first prediction"]
        print(f"{done} done, {failed} failed; {done / max(seconds, 1e-9):.1f} stars/s after the first prediction")
        print(f"longest stall    {dog.longest_ms:6.0f} ms, of which our own at most {dog.longest_busy_ms:.0f} ms")
        print(f"99th percentile  {dog.percentile_ms(99):6.1f} ms of {len(dog.gaps_ms):,} turns")
        print(f"over 50 ms       {sum(gap > 50 for gap in dog.gaps_ms):6d}; our own {sum(b > 50 for b in dog.busy_ms)}")
        print("longest          ", " ".join(f"{gap:.0f}" for gap in sorted(dog.gaps_ms)[-12:]))
        for words in self._program.desk.messages.log:
            print("message:", words)


def main() -> None:
    """Make the files, drop them, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--still", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ["STELLARVIEW_STATE"] = os.environ["STELLARVIEW_CONFIG"] = name
        folder = many_files(Path(name) / "files", options.files)
        app = QApplication([])
        loop = qasync.QEventLoop(app)
        asyncio.set_event_loop(loop)
        with loop:
            program = build(loop, Settings(hint_done=True), Autosave(Path(name) / "aside"), Session())
            program.window.show()
            program.desk.inspector.start()
            keep_calm()
            drop = Drop(app, program, folder, options.files, is_still=options.still)
            loop.run_forever()
            del drop
            program.close()


if __name__ == "__main__":  # child processes import this file
    main()
