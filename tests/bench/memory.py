"""Memory while one star after the other is looked at: python tests/bench/memory.py [--stars N]

Resident memory of the window's process and of its children after 100, 500 and 1,000 stars (copies of the bundled
examples), each shown until the networks have told and explained it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from watchdog import many_files

from stellarview.app import Program, build
from stellarview.session.autosave import Autosave
from stellarview.session.session import Session
from stellarview.session.settings import Settings

_TELL_AT = (1, 20, 50, 100, 200, 300, 400, 500, 750, 1000)


def resident_mb(pid: int | None) -> float:
    """Of a process that there is."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Walk:
    """Goes to the next star as soon as the one before is explained."""

    def __init__(self, app: QApplication, program: Program, count: int, *, has_types: bool) -> None:
        self._app, self._program, self._count, self._has_types = app, program, count, has_types
        self._seen = 0
        self._before: Counter[str] = Counter()
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        desk, stars = self._program.desk, self._program.window.stars
        key = desk.workspace.session.current
        opened = desk.findings.opened(key)
        is_explained = opened is not None and opened.inspection.explained is not None
        if len(stars.model.keys) < self._count or not (is_explained or desk.findings.known(key).state == "failed"):
            return
        self._seen += 1
        if self._seen in _TELL_AT:
            self._tell()
        if self._seen >= self._count:
            self._program.window.close()
            self._app.quit()
        else:
            stars.step(1)

    def _tell(self) -> None:
        gc.collect()
        pids = {"window": os.getpid(), **self._program.desk.tasks.pids()}
        told = (f"{name} {resident_mb(pid):6.0f} MB " for name, pid in pids.items())
        print(f"{self._seen:5} stars ", *told, flush=True)
        if self._has_types:
            now = Counter(type(one).__name__ for one in gc.get_objects())
            print("      new objects:", (now - self._before).most_common(12))
            self._before = now


def main() -> None:
    """Make the files, walk through them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stars", type=int, default=1000)
    parser.add_argument("--types", action="store_true", help="count the objects that came")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ["STELLARVIEW_STATE"] = os.environ["STELLARVIEW_CONFIG"] = name
        folder = many_files(Path(name) / "files", options.stars)
        app = QApplication([])
        loop = qasync.QEventLoop(app)
        asyncio.set_event_loop(loop)
        with loop:
            program = build(loop, Settings(hint_done=True), Autosave(Path(name) / "aside"), Session())
            program.window.show()
            program.desk.inspector.start()
            program.files.take_in([folder])
            walk = Walk(app, program, options.stars, has_types=options.types)
            loop.run_forever()
            del walk
            program.close()


if __name__ == "__main__":  # child processes import this file
    main()
