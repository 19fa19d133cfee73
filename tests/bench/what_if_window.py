"""How long the window takes from the release of the mouse to new numbers: python tests/bench/what_if_window.py

Opens the bundled examples in the whole program, offscreen, with its child processes. For each star it scales a line
again and again and waits until the strip over the plot says the new prediction; then it drags the slider of the radial
velocity and times a drawing.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from stellarview.app import Program, build
from stellarview.domain.edit import Edit
from stellarview.io.resources import resource_path
from stellarview.session.autosave import Autosave
from stellarview.session.session import Session, StarEntry
from stellarview.session.settings import Settings
from stellarview.ui.choices import clear_edits, put_edit, set_velocity
from stellarview.ui.theme import apply_theme

EXAMPLES = {"spec-synthetic-G2V.fits.gz": (4862.7, 12.0), "med-synthetic-K1III.fits.gz": (5185.0, 3.0)}
TURNS, PATIENCE_S = 15, 60.0
_LOOK_EVERY_MS = 2


def wait(holds: Callable[[], bool]) -> None:
    begin = time.perf_counter()
    while not holds():
        loop = QEventLoop()  # asleep in between: the answers come from other processes, which need the cores
        QTimer.singleShot(_LOOK_EVERY_MS, loop.quit)
        loop.exec()
        if time.perf_counter() - begin > PATIENCE_S:
            raise TimeoutError


def summary(name: str, seconds: list[float]) -> str:
    millis = sorted(1000 * one for one in seconds)
    return f"  {name}: median {statistics.median(millis):.0f} ms, worst {millis[-1]:.0f} ms"


def measure_star(program: Program, key: str, line: tuple[float, float]) -> None:
    desk, panel = program.desk, program.window.spectrum
    desk.workspace.change("choice", replace(desk.workspace.session, current=key))

    def opened() -> Any:
        return desk.findings.opened(key)

    wait(lambda: opened() is not None and opened().inspection.explained is not None and not desk.tasks.is_busy)
    centre, half = line
    answers, drawings = [], []
    for turn in range(TURNS):
        edits = (Edit(centre - half, centre + half, "scale", round(0.3 + 0.04 * turn, 2), "line"),)
        begin = time.perf_counter()
        put_edit(desk, 0, edits[0], "bench")
        wait(lambda: any(one.edits == edits for one in opened().what_if.values()))  # noqa: B023
        wait(lambda: not panel._soon.is_waiting)
        answers.append(time.perf_counter() - begin)
    print(summary("release to numbers on the screen", answers[1:]))
    clear_edits(desk)
    for turn in range(TURNS):
        begin = time.perf_counter()
        set_velocity(desk, 5.0 * turn)
        panel.draw()
        panel.plot.canvas.grab()
        drawings.append(time.perf_counter() - begin)
    print(summary("one step of the velocity, built and painted", drawings))
    wait(lambda: not desk.tasks.is_busy)


def main() -> None:
    app = QApplication([])
    apply_theme(app, "light")
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    stars = [StarEntry("", str(resource_path(f"examples/{name}"))) for name in EXAMPLES]
    with tempfile.TemporaryDirectory() as folder, loop:
        program = build(loop, Settings(hint_done=True), Autosave(Path(folder)), Session().with_stars(stars))
        program.window.resize(1600, 1000)
        program.window.show()
        program.desk.inspector.start()
        try:
            for star, (name, line) in zip(program.desk.workspace.session.stars, EXAMPLES.items(), strict=True):
                print(name)
                measure_star(program, star.key, line)
        finally:
            program.close()


if __name__ == "__main__":
    main()
