"""The window with stars of which everything is told already: no network runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import told_star
from pytestqt.qtbot import QtBot

from stellarview.app import Program
from stellarview.engine.known import Known
from stellarview.session.session import StarEntry
from stellarview.ui.findings import Opened

PATIENCE_MS = 300_000


def tell_all(program: Program, paths: Sequence[Path]) -> list[str]:
    """Put these spectra on the table; returns their keys, the first of which is looked at."""
    desk = program.desk
    desk.workspace.changed.disconnect(desk.inspector._follow)
    desk.workspace.open(desk.workspace.session.with_stars([StarEntry("", str(path)) for path in paths]))
    for star in desk.workspace.session.stars:
        told = told_star.known(star) if Path(star.path).exists() else Known(star.key, "failed", {"file": star.path})
        desk.findings.learn(told)
    first = desk.workspace.session.stars[0]
    spectrum = told_star.inspection(Path(first.path))
    desk.findings.open(first.key, Opened((spectrum.spectrum,), spectrum))
    program.window.spectrum.draw()
    return [star.key for star in desk.workspace.session.stars]


def annotate(program: Program, key: str, note: str) -> None:
    """The user writes a note."""
    workspace = program.desk.workspace
    workspace.change("note", workspace.session.with_star(key, lambda star: replace(star, note=note)))


def until_idle(qtbot: QtBot, program: Program) -> None:
    qtbot.waitUntil(lambda: not program.desk.tasks.is_busy, timeout=PATIENCE_MS)
