"""Commands that talk to other programs (SAMP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow


def connect(window: MainWindow) -> None:
    """Join the hub, or leave it."""
    if window.desk.preferences.settings.samp_on:
        window.samp.leave()
    else:
        window.samp.join()


def send_table(window: MainWindow) -> None:
    """Ask to whom."""
    from stellarview.ui.samp_dialog import SendDialog

    SendDialog(window, "table").open()


def send_spectrum(window: MainWindow) -> None:
    """Ask to whom."""
    from stellarview.ui.samp_dialog import SendDialog

    SendDialog(window, "spectrum").open()
