"""Where a file or a folder of files shall go: a line to type it, a button to look for it, a word on what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from stellarview.ui.widgets import button, named

Kind = Literal["file", "folder"]


class PlaceField(QWidget):
    """`path` is what is meant; `changed` tells that it is another one."""

    changed = Signal()

    def __init__(self, kind: Kind, name: str, tip: str) -> None:
        super().__init__()
        self._kind = kind
        self.edit = named(QLineEdit(), name, tip)
        self.edit.textChanged.connect(self.refresh)
        self.note = named(QLabel(" "), f"{name}: what is there")
        self.note.setVisible(kind == "file")
        row = QHBoxLayout()
        row.addWidget(self.edit, 1)
        row.addWidget(button("Browse…", f"Look for a {kind}", self._browse))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.note)
        self.setFocusProxy(self.edit)

    @property
    def path(self) -> Path | None:
        """None where nothing is named."""
        text = self.edit.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path) -> None:
        """Propose it."""
        self.edit.setText(str(path))

    def set_ending(self, ending: str) -> None:
        """The same name with another ending, such as `.pdf`."""
        if self.path is not None and self.path.name:
            name = self.path.name
            stem = name.removesuffix(self.path.suffix) if self.path.suffix[1:].isalpha() else name
            self.set_path(self.path.with_name(f"{stem}{ending}"))

    def refresh(self) -> None:
        """Say anew what is there."""
        path = self.path
        is_there = self._kind == "file" and path is not None and path.is_file()
        self.note.setText("This file exists: it will be replaced." if is_there else " ")
        self.changed.emit()

    def _browse(self) -> None:
        start = self.edit.text()
        if self._kind == "folder":
            chosen = QFileDialog.getExistingDirectory(self, "Folder", start)
        else:
            options = QFileDialog.Option.DontConfirmOverwrite  # the note says it
            chosen, _ = QFileDialog.getSaveFileName(self, "File", start, options=options)
        if chosen:
            self.edit.setText(chosen)


def file_stem(*parts: str) -> str:
    """Words as a name that every file system takes."""
    kept = ["".join(letter if letter.isalnum() or letter in "+-._" else "_" for letter in part) for part in parts]
    return "-".join(filter(None, (part.strip("_.") for part in kept))) or "stellarview"
