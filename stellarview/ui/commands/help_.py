"""Commands that explain the program."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout

from stellarview import __version__
from stellarview.ui.widgets import named

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow

_ABOUT = """<h2>StellarView {version}</h2>
<p>What a stellar spectrum says, how sure that is, and why.</p>
<p>BSD-3-Clause. Built on Qt (LGPL), pyqtgraph, numpy, h5py, astropy, matplotlib and PyTorch.
Networks and methods follow the papers that each model's card names. Isochrones: MIST (Choi et al. 2016, Dotter 2016).
Spectra of LAMOST are the property of the survey; cite Cui et al. 2012 and the release that you use.</p>"""


def show_shortcuts(window: MainWindow) -> None:
    """Every command with its keys, menu by menu, from the table that made the menus."""
    from stellarview.ui.actions import COMMANDS, MENUS

    rows = []
    for menu in MENUS:
        rows.append(f"<tr><td colspan=3><h3>{menu}</h3></td></tr>")
        rows += [
            f"<tr><td><b>{escape(command.shortcut)}</b>&nbsp;&nbsp;</td><td>{escape(command.text)}&nbsp;&nbsp;</td>"
            f"<td>{escape(command.tip)}</td></tr>"
            for command in COMMANDS
            if command.menu == menu
        ]
    _show_page(window, "Shortcuts", f"<table cellpadding=2>{''.join(rows)}</table>")


def show_about(window: MainWindow) -> None:
    """Version, papers, licences."""
    _show_page(window, "About StellarView", _ABOUT.format(version=__version__))


def _show_page(window: MainWindow, title: str, html: str) -> None:
    dialog = QDialog(window)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    text = named(QTextBrowser(), title)
    text.setOpenExternalLinks(True)
    text.setHtml(html)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(text)
    layout.addWidget(buttons)
    dialog.resize(720, 640)
    dialog.open()  # not exec(): work that ends meanwhile must reach the window
