"""To which program a table or a spectrum is sent, and which one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QPushButton, QVBoxLayout

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name
from stellarview.ui.results_dialog import WhichStars, chosen_stars, write_table
from stellarview.ui.widgets import label, named

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow

Thing = Literal["table", "spectrum"]
_NOTE_WIDTH = 440


class SendDialog(QDialog):
    """Programs appear as the hub names them."""

    def __init__(self, window: MainWindow, thing: Thing) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window, self._samp, self._thing = window, window.samp, thing
        title = "Send the table of results" if thing == "table" else "Send spectra"
        self.setWindowTitle(title)
        self.to = named(QComboBox(), "To", "Which program")
        self.stars = named(WhichStars(), "Stars", "Which stars")
        self.stars.fill(window, "All stars" if thing == "table" else "Current star")
        self.note = label("", "What to know")
        self.note.setMinimumWidth(_NOTE_WIDTH)
        self.send = named(QPushButton("&Send"), "Send", title)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.send, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow("&To", self.to)
        form.addRow("&Stars", self.stars)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(buttons)
        self.accepted.connect(self._go)
        self._samp.changed.connect(self._fill)
        self._fill()
        if self._samp.state == "on":
            self._samp.ask_who_listens()

    def _fill(self) -> None:
        before = self.to.currentData()
        takers = [c for c in self._samp.clients if (c.takes_tables if self._thing == "table" else c.takes_spectra)]
        self.to.clear()
        self.to.addItem(f"All programs that take a {self._thing}", "")
        for client in takers:
            self.to.addItem(client.name, client.id)
        self.to.setCurrentIndex(max(self.to.findData(before), 0))
        words = {
            "off": "StellarView is not connected: choose Interop, Connect to other programs.",
            "waiting": "No hub was found yet: start TOPCAT, Aladin or another program that has one.",
            "on": "" if takers else f"No program that takes a {self._thing} is running.",
        }
        self.note.setText(words[self._samp.state])
        self.send.setEnabled(self._samp.state == "on" and bool(takers) and self.stars.count() > 0)

    def _go(self) -> None:
        stars, to, samp = chosen_stars(self._window, self.stars.which), str(self.to.currentData()), self._samp
        if self._thing == "table":
            name = f"StellarView: {len(stars)} star{'s' if len(stars) > 1 else ''}"
            write_table(self._window, stars, samp.new_table_path(), lambda path: samp.send_table(path, name, to))
            return
        files = [star for star in stars if star.row < 0]
        for star in files:
            row = self._window.desk.findings.known(star.key).row
            samp.send_spectrum(star.path, str(row.get("name") or display_name(Path(star.path))), to)
        if len(files) < len(stars):
            error = StellarViewError(
                f"{len(stars) - len(files)} spectra were not sent.",
                "They are rows of an HDF5 set, which other programs do not read.",
                "Send the table of results, or the files that the set was made of.",
            )
            self._window.desk.messages.tell_error(error)
