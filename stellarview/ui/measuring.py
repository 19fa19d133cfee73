"""Measures lines when the user asks for it, and keeps the answers in the session. A fit takes too long for a slot."""

from __future__ import annotations

import itertools
from dataclasses import replace

from stellarview.domain.line_measurement import Profile
from stellarview.domain.measured_line import MeasuredLine
from stellarview.engine.jobs import work
from stellarview.scene.regions import Region
from stellarview.ui.desk import Desk

_numbers = itertools.count(1)


def measure(desk: Desk, region: Region, profile: Profile) -> None:
    """Measure the region in the spectrum that is shown; what cannot be measured is said."""
    key = desk.workspace.session.current
    opened = desk.findings.opened(key)
    if opened is None:
        return
    desk.tasks.run(
        f"measure {next(_numbers)}",
        work.measure,
        opened.spectrum,
        (region.start_angstrom, region.stop_angstrom),
        profile,
        region.line,
        then=lambda line: _keep(desk, key, line),
        otherwise=desk.messages.tell_error,
        urgency="now",
    )


def _keep(desk: Desk, key: str, line: MeasuredLine) -> None:
    """In the star that it was measured in, whichever is looked at by now."""
    session = desk.workspace.session.with_star(key, lambda star: replace(star, measured=(*star.measured, line)))
    desk.workspace.change(f"measurement of {line.name}", session)
