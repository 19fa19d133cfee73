"""Commands that open and save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow

SESSION_ENDING = ".stellarview"
_SPECTRA = (
    "Spectra, lists, tables, sessions (*.fits *.fits.gz *.fit *.fit.gz *.h5 *.hdf5 *.txt *.lst *.csv *.ecsv *.vot "
    "*.xml *.stellarview);;All files (*)"
)
_SESSIONS = f"StellarView sessions (*{SESSION_ENDING})"


def open_files(window: MainWindow) -> None:
    """Ask for files."""
    files, _ = QFileDialog.getOpenFileNames(window, "Open spectra", window.files.last_folder, _SPECTRA)
    window.files.take_in(files)


def open_folder(window: MainWindow) -> None:
    """Ask for a folder."""
    folder = QFileDialog.getExistingDirectory(window, "Open folder", window.files.last_folder)
    window.files.take_in([folder] if folder else [])


def save(window: MainWindow) -> None:
    """To the file that it came from, or was saved to; else ask."""
    if window.files.session_path:
        window.files.save(window.files.session_path)
    else:
        save_as(window)


def save_as(window: MainWindow) -> None:
    """Ask where."""
    name, _ = QFileDialog.getSaveFileName(window, "Save session", window.files.last_folder, _SESSIONS)
    if name:
        path = Path(name)
        window.files.save(str(path if path.suffix else path.with_suffix(SESSION_ENDING)))


def recover(window: MainWindow) -> None:
    """What a crash left, in place of this session."""
    window.files.recover()


def leave(window: MainWindow) -> None:
    """Close the window."""
    window.close()
