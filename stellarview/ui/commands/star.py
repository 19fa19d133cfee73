"""Commands about the rows of the table of stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stellarview.ui import choices
from stellarview.ui.desk import Desk

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow


def note(window: MainWindow) -> None:
    """Write about the star that is looked at."""
    window.docks["stars"].show()
    window.stars.write_note()


def show_behind(window: MainWindow) -> None:
    """The star that is looked at, behind those that are looked at next."""
    choices.set_ghost(window.desk, "" if is_behind(window.desk) else window.desk.workspace.session.current)


def is_behind(desk: Desk) -> bool:
    """True where the star that is looked at is the second one already."""
    session = desk.workspace.session
    return bool(session.ghost) and session.ghost == session.current


def copy_rows(window: MainWindow) -> None:
    """The selected rows as text."""
    window.stars.copy()
