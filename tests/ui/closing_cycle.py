"""The real program, closed by itself in the middle of something: python closing_cycle.py STAGE OUT.json FILES...

`OUT.json` gets the process numbers of all children that there were, what the session held in the end, and whether Qt's
part of the window was gone by then.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import resource_tracker
from pathlib import Path

from PySide6.QtCore import QTimer
from shiboken6 import isValid

from stellarview import app
from stellarview.domain.edit import Edit
from stellarview.ui.commands.help_ import show_about

_LOOK_EVERY_MS = 5


def _has_job(part: str) -> Callable[[app.Program], bool]:
    return lambda program: any(part in key for key in program.desk.tasks.keys())  # noqa: SIM118 (no mapping)


def _has_answer(program: app.Program) -> bool:
    desk = program.desk
    return any(desk.findings.known(star.key).state == "done" for star in desk.workspace.session.stars)


def _has_current(program: app.Program) -> bool:
    opened = program.desk.findings.opened(program.desk.workspace.session.current)
    return opened is not None and bool(opened.inspection.predictions)


def _leave(program: app.Program) -> None:
    program.window.close()


def _edit_and_leave(program: app.Program) -> None:
    workspace = program.desk.workspace
    session = workspace.session
    edited = session.with_star(session.current, lambda star: replace(star, edits=(Edit(5160.0, 5190.0),)))
    workspace.change("edit", edited)
    QTimer.singleShot(30, program.window.close)


def _save_and_leave(program: app.Program) -> None:
    program.files.save(os.environ["SAVE_TO"])
    program.window.close()


def _show_dialog_and_leave(program: app.Program) -> None:
    show_about(program.window)
    QTimer.singleShot(30, program.window.close)


# Stage -> what is waited for, and how the program is left then.
STAGES: dict[str, tuple[Callable[[app.Program], bool], Callable[[app.Program], None]]] = {
    "starting": (lambda program: True, _leave),
    "loading": (_has_job("survey reading"), _leave),
    "opening": (_has_job("take in"), _leave),
    "networks": (_has_answer, _leave),
    "what-if": (_has_current, _edit_and_leave),
    "dialog": (_has_answer, _show_dialog_and_leave),
    "saving": (_has_answer, _save_and_leave),
    "SIGTERM": (_has_answer, lambda program: os.kill(os.getpid(), signal.SIGTERM)),
    "SIGINT": (_has_job("survey"), lambda program: os.kill(os.getpid(), signal.SIGINT)),
    "stay": (lambda program: False, _leave),
}


def main() -> int:
    """Run the program until its stage, close it, write down what there was."""
    stage, out, *files = sys.argv[1:]
    holds, act = STAGES[stage]
    children: set[int | None] = set()
    programs: list[app.Program] = []
    connect = app._connect

    def look(program: app.Program, timer: QTimer) -> None:
        children.update(program.desk.tasks.pids().values())
        if timer.isActive() and holds(program):
            timer.stop()
            QTimer.singleShot(0, program.window, lambda: act(program))

    def connect_and_watch(*parts: object) -> None:
        connect(*parts)  # type: ignore[arg-type]
        program = next(part for part in parts if isinstance(part, app.Program))
        programs.append(program)
        timer = QTimer(program.window, interval=_LOOK_EVERY_MS)
        timer.timeout.connect(lambda: look(program, timer))
        program.desk.tasks.queue_changed.connect(lambda _: look(program, timer))  # or a quick job would not be seen
        timer.start()

    app._connect = connect_and_watch
    code = app.main(files)
    children.update((*programs[0].desk.tasks.pids().values(), resource_tracker._resource_tracker._pid))  # type: ignore[attr-defined]
    stars = [star.path for star in programs[0].desk.workspace.session.stars]
    facts = {
        "children": sorted(pid for pid in children if pid),
        "stars": stars,
        "is_taken_down": not isValid(programs[0].window),
    }
    Path(out).write_text(json.dumps(facts), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
