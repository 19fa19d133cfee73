"""Asks for the occlusion map of the star that is looked at: many what-ifs, so only on demand, and it can be stopped."""

from __future__ import annotations

from stellarview.domain.attribution import Attribution
from stellarview.domain.spectrum import Instrument
from stellarview.engine.jobs import work
from stellarview.ui.desk import Desk

JOB = "occlusion"
# Width and step of the windows, Angstrom: a few resolution elements.
_WINDOWS: dict[Instrument, tuple[float, float]] = {"LRS": (20.0, 10.0), "MRS": (4.0, 2.0)}


def can_map(desk: Desk) -> bool:
    """True where a model tells the label of the star that is looked at."""
    session = desk.workspace.session
    is_open = desk.findings.opened(session.current) is not None
    return is_open and desk.findings.known(session.current).telling(session.display.label) is not None


def ask_for_map(desk: Desk) -> None:
    """Map what each window is worth for the label that is explained; replaces the map that is there."""
    session = desk.workspace.session
    key, label = session.current, session.display.label
    opened, told = desk.findings.opened(key), desk.findings.known(key).telling(label)
    if opened is None or told is None:
        return
    windows = _WINDOWS.get(opened.spectrum.instrument, _WINDOWS["LRS"])
    asked = opened.spectrum, told.model, label

    def go_on(known: Attribution | None, first: int) -> None:
        """In turns: a what-if that is asked for meanwhile need not wait for the whole map."""
        desk.tasks.run(
            JOB, work.map_occlusion, *asked, (*windows, first), then=lambda found: take(known, *found), lane="networks"
        )

    def take(known: Attribution | None, some: Attribution, after: int) -> None:
        whole = some if known is None else known.joined(some)
        if after:
            go_on(whole, after)
        else:
            desk.findings.occlude(key, whole)

    go_on(None, 0)
