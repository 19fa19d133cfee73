"""Files by the dozen do not make the window wait. `tests/bench/watchdog.py` measures a thousand."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from stellarview.app import Program
from stellarview.engine import work
from stellarview.session.session import Session

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "resources" / "examples").glob("*.fits.gz"))
COUNT = 120
PATIENCE_MS = 300_000
# What takes its time.
SLOW = ("read_spectra", "with_continuum", "with_velocities", "at_velocity", "load_model", "predict", "inspect_star")


def dropped(folder: Path) -> Path:
    """Spectra, and one in ten that is none."""
    folder.mkdir()
    for number in range(COUNT):
        source = EXAMPLES[number % 2]
        path = folder / f"{number:03d}-{source.name}"
        if number % 10 == 7:
            path.write_bytes(source.read_bytes()[:5000])
        else:
            shutil.copy(source, path)
    return folder


def states(program: Program) -> list[str]:
    return [program.desk.findings.known(key).state for key in program.window.stars.model.keys]


@pytest.fixture
def idle_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is slow fails in the window's own process; its children are not touched by this."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the window itself does what its children are for")

    for name in SLOW:
        monkeypatch.setattr(work, name, never)


@pytest.mark.usefixtures("idle_window")
def test_that_many_files_stream_in_while_the_window_lives(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    folder, desk, stars = dropped(tmp_path / "many"), program.desk, program.window.stars
    new: list[str] = []
    desk.workspace.changed.connect(lambda _, now: new.append(desk.findings.known(now.stars[-1].key).state))
    program.files.take_in([folder])
    qtbot.waitUntil(lambda: len(stars.model.keys) == COUNT, timeout=PATIENCE_MS)
    assert new[0] == "waiting"  # rows do not wait for their spectra
    for place in (40, 80, 3):  # and neither does the user, who looks at others meanwhile
        stars.step(place)
        qtbot.wait(50)
    qtbot.waitUntil(lambda: set(states(program)) <= {"done", "failed"}, timeout=PATIENCE_MS)
    assert states(program).count("failed") == COUNT // 10
    (bad,) = {desk.findings.known(key).error.what for key in stars.model.keys[7:8]}  # type: ignore[union-attr]
    assert stars.model.keys[7] and "007-" in bad


def test_that_cancelled_work_stops_and_is_resumed(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    desk, stars = program.desk, program.window.stars

    def cancel(_: Session, now: Session) -> None:
        if len(now.stars) == COUNT:  # in the breath in which the last ones come: a child may be quick
            desk.workspace.changed.disconnect(cancel)
            desk.inspector.cancel()

    desk.workspace.changed.connect(cancel)
    program.files.take_in([dropped(tmp_path / "many")])
    qtbot.waitUntil(lambda: len(stars.model.keys) == COUNT, timeout=PATIENCE_MS)
    assert desk.inspector.done_of_total == (0, 0)
    qtbot.waitUntil(lambda: not desk.tasks.is_busy, timeout=PATIENCE_MS)
    assert set(states(program)) & {"waiting", "read"}
    desk.inspector.resume()
    qtbot.waitUntil(lambda: set(states(program)) == {"done", "failed"}, timeout=PATIENCE_MS)


def test_that_a_killed_process_starts_again_and_no_star_is_left_out(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    desk, stars = program.desk, program.window.stars
    program.files.take_in([dropped(tmp_path / "many")])
    qtbot.waitUntil(lambda: "done" in states(program), timeout=PATIENCE_MS)
    killed = desk.tasks.pids()["networks"]
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    qtbot.waitUntil(lambda: set(states(program)) == {"done", "failed"}, timeout=PATIENCE_MS)
    assert desk.tasks.pids()["networks"] != killed
    # The star that was looked at may be marked; looking at it again is enough.
    marked = states(program).count("failed") - COUNT // 10
    assert marked in (0, 1)
    stars.step(1)
    stars.step(-1)
    qtbot.waitUntil(lambda: states(program).count("failed") == COUNT // 10, timeout=PATIENCE_MS)
