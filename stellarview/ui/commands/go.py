"""Commands that go from star to star."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow


def next_star(window: MainWindow) -> None:
    """The next row, in the order of the table."""
    window.stars.step(1)


def previous_star(window: MainWindow) -> None:
    """The row before."""
    window.stars.step(-1)
