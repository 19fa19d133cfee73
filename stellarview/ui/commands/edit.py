"""Commands that change the session, or stop what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow


def undo(window: MainWindow) -> None:
    """Take the last change back."""
    window.desk.workspace.undo()


def redo(window: MainWindow) -> None:
    """Do it again."""
    window.desk.workspace.redo()


def paste(window: MainWindow) -> None:
    """What was copied in a file manager, or paths as text."""
    window.files.take_in_mime(QGuiApplication.clipboard().mimeData())


def select_all(window: MainWindow) -> None:
    """All rows that the filter lets through."""
    window.stars.table.selectAll()


def remove(window: MainWindow) -> None:
    """Take the selected stars, or the current one, off the table."""
    workspace = window.desk.workspace
    session = workspace.session
    keys = session.selected or (session.current,)
    words = "removal of a star" if len(keys) == 1 else f"removal of {len(keys)} stars"
    workspace.change(words, session.without(keys))


def cancel_work(window: MainWindow) -> None:
    """Stop everything that runs or waits; what is finished stays."""
    window.desk.inspector.cancel()


def resume(window: MainWindow) -> None:
    """Go on with the stars that were not reached."""
    window.desk.inspector.resume()
