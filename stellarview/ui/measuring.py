"""Measures lines when the user asks for it, and keeps the answers in the session. A measurement takes milliseconds."""

from __future__ import annotations

from dataclasses import replace

from stellarview.domain.errors import StellarViewError
from stellarview.domain.line_measurement import Profile
from stellarview.domain.measured_line import MeasuredLine
from stellarview.measurement.line import measure_line
from stellarview.scene.regions import Region
from stellarview.ui.choices import change_star
from stellarview.ui.desk import Desk


def measure(desk: Desk, region: Region, profile: Profile) -> MeasuredLine | None:
    """Measure the region in the spectrum that is shown; what cannot be measured is said."""
    opened = desk.findings.opened(desk.workspace.session.current)
    if opened is None:
        return None
    ends = region.start_angstrom, region.stop_angstrom
    try:
        told = measure_line(opened.spectrum, *ends, profile, region.line)
    except StellarViewError as error:
        desk.messages.tell_error(error)
        return None
    line = MeasuredLine.of(told, opened.spectrum.exposure)
    change_star(desk, f"measurement of {line.name}", lambda star: replace(star, measured=(*star.measured, line)))
    return line
