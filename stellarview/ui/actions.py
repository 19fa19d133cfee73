"""Every command of the window as data. Menus, toolbar, shortcuts and the page of shortcuts are made of this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from stellarview.ui.choices import current_star, display_of
from stellarview.ui.commands import edit, export, file, go, help_, interop, spectrum, star, view
from stellarview.ui.desk import Desk
from stellarview.ui.occlusion import can_map

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow


def _always(desk: Desk) -> bool:
    return True


def _has_stars(desk: Desk) -> bool:
    return bool(desk.workspace.session.stars)


def _has_current(desk: Desk) -> bool:
    return bool(desk.workspace.session.current)


@dataclass(frozen=True)
class Command:
    """One command. `menu` and `text` name it, `tip` says what it is for; `is_on` makes it one that is switched."""

    key: str
    menu: str
    text: str
    shortcut: str
    tip: str
    run: Callable[[MainWindow], None]
    is_enabled: Callable[[Desk], bool] = _always
    is_on: Callable[[Desk], bool] | None = None
    in_toolbar: bool = False
    in_star_menu: bool = False  # of a row of the table
    starts_group: bool = False
    words: Callable[[Desk], str] | None = None  # a text that says more than `text`


MENUS = ("File", "Edit", "Star", "Spectrum", "View", "Interop", "Help")

COMMANDS: tuple[Command, ...] = (
    Command("open", "File", "Open spectra…", "Ctrl+O", "Add FITS or HDF5 spectra, lists, tables, a session",
            file.open_files, in_toolbar=True),
    Command("open-folder", "File", "Open folder…", "Ctrl+Shift+O", "Add all spectra of a folder and its subfolders",
            file.open_folder),
    Command("save", "File", "Save session", "Ctrl+S", "Write all choices and notes to a file", file.save, _has_stars,
            starts_group=True),
    Command("save-as", "File", "Save session as…", "Ctrl+Shift+S", "Write the session to another file", file.save_as,
            _has_stars),
    Command("export-figure", "File", "Export figure…", "Ctrl+E", "Write a view as PDF, SVG or PNG for a paper",
            export.export_figure, _has_current, in_toolbar=True, starts_group=True),
    Command("export-table", "File", "Export table…", "Ctrl+Alt+E", "Write all results as ECSV, VOTable, FITS or CSV",
            export.export_table, _has_stars),
    Command("report", "File", "Report…", "Ctrl+R", "Draw a sheet for each star, with its provenance", export.report,
            _has_current),
    Command("recover", "File", "Recover session", "", "Bring back the session that a crash left, in place of this one",
            file.recover),
    Command("quit", "File", "Quit", "Ctrl+Q", "Close the window", file.leave, starts_group=True),
    Command("undo", "Edit", "Undo", "Ctrl+Z", "Take the last change back", edit.undo,
            lambda desk: bool(desk.workspace.undo_words), words=lambda desk: f"Undo {desk.workspace.undo_words}"),
    Command("redo", "Edit", "Redo", "Ctrl+Shift+Z", "Do again what was taken back", edit.redo,
            lambda desk: bool(desk.workspace.redo_words), words=lambda desk: f"Redo {desk.workspace.redo_words}"),
    Command("paste", "Edit", "Paste files", "Ctrl+V", "Add the files, folders or paths that were copied elsewhere",
            edit.paste, starts_group=True),
    Command("select-all", "Edit", "Select all stars", "Ctrl+A", "Select every row of the table", edit.select_all,
            _has_stars),
    Command("remove", "Edit", "Remove stars", "Shift+Del", "Take the selected stars off the table; files stay",
            edit.remove, _has_current, starts_group=True, in_star_menu=True),
    Command("copy-picture", "Edit", "Copy the picture", "Ctrl+Alt+C", "Copy the view that was touched last",
            export.copy_picture, _has_current, starts_group=True),
    Command("copy-python", "Edit", "Copy as Python", "", "Copy a script that gets the same answers",
            export.copy_python, _has_current),
    Command("copy-commands", "Edit", "Copy as command lines", "", "Copy commands that get the same answers",
            export.copy_commands, _has_current),
    Command("cancel", "Edit", "Cancel work", "Ctrl+.", "Stop everything that runs or waits", edit.cancel_work),
    Command("resume", "Edit", "Resume work", "F5", "Look at all stars that were not reached", edit.resume,
            _has_stars),
    Command("note", "Star", "Note…", "F2", "Write down what you think of the star", star.note, _has_current,
            in_star_menu=True),
    Command("behind", "Star", "Show behind", "", "Show this star behind the one that is looked at next, or no longer",
            star.show_behind, _has_current, is_on=star.is_behind, in_star_menu=True),
    Command("copy-rows", "Star", "Copy rows", "Ctrl+Shift+C", "Copy the selected rows as text between tabs",
            star.copy_rows, _has_current, in_star_menu=True),
    Command("next", "Star", "Next star", "Ctrl+Down", "Look at the next row of the table", go.next_star, _has_stars),
    Command("previous", "Star", "Previous star", "Ctrl+Up", "Look at the row before", go.previous_star, _has_stars),
    Command("pan", "Spectrum", "Drag to pan", "P", "Dragging moves along the spectrum", spectrum.pan,
            is_on=lambda desk: display_of(desk).tool == "pan"),
    Command("zoom", "Spectrum", "Drag to zoom", "Z", "Dragging draws a box to zoom into", spectrum.zoom,
            is_on=lambda desk: display_of(desk).tool == "zoom"),
    Command("select", "Spectrum", "Drag to select", "S", "Dragging chooses a stretch to change or measure",
            spectrum.select, is_on=lambda desk: display_of(desk).tool == "select"),
    Command("home", "Spectrum", "Whole spectrum", "H", "Show all of it", spectrum.home, _has_current),
    Command("back", "Spectrum", "View before", "B", "Take the last zoom back", spectrum.back, _has_current),
    Command("normalised", "Spectrum", "Normalised", "N", "Flux over its pseudo-continuum, or as observed",
            spectrum.normalise, is_on=lambda desk: display_of(desk).flux == "normalised", starts_group=True),
    Command("smoother", "Spectrum", "Smoother", "]", "The mean of more pixels", spectrum.smoother),
    Command("sharper", "Spectrum", "Less smooth", "[", "The mean of fewer pixels", spectrum.sharper,
            lambda desk: display_of(desk).smoothing_pixels > 1),
    Command("nanometres", "Spectrum", "Nanometres", "U", "Wavelengths in nanometres, or in Ångström",
            spectrum.nanometres, is_on=lambda desk: display_of(desk).x_unit == "nm"),
    Command("air", "Spectrum", "Air wavelengths", "A", "Wavelengths in air, or in vacuum", spectrum.air,
            is_on=lambda desk: display_of(desk).medium == "air"),
    Command("rest", "Spectrum", "Rest frame", "R", "Wavelengths as the star sees them, or as observed", spectrum.rest,
            is_on=lambda desk: display_of(desk).frame == "rest"),
    Command("exposure", "Spectrum", "Next exposure", "X", "The next exposure of the star; after the last the coadd",
            spectrum.next_exposure, _has_current, starts_group=True),
    Command("automatic", "Spectrum", "Automatic velocity", "V", "The header's radial velocity, else the measured one",
            spectrum.automatic_velocity, lambda desk: bool((star := current_star(desk)) and star.rv_km_s)),
    Command("second", "Spectrum", "Second star", "G", "Show the first other selected star behind this one, or none",
            spectrum.second_star, spectrum.can_compare,
            is_on=lambda desk: bool(desk.workspace.session.ghost)),
    Command("sight", "Spectrum", "Change or measure what is in sight…", "E",
            "Mask, scale, shift or measure the stretch that the plot shows", spectrum.offer_sight, _has_current,
            starts_group=True),
    Command("clear-edits", "Spectrum", "Clear what-if changes", "Ctrl+Shift+K", "The spectrum as it is",
            spectrum.clear_edits, lambda desk: bool((star := current_star(desk)) and star.edits)),
    Command("occlusion", "Spectrum", "Occlusion map", "O",
            "What masking each window does to the label that is explained; takes some seconds", spectrum.map_occlusion,
            can_map),
    Command("copy-lines", "Spectrum", "Copy measured lines", "Ctrl+Shift+L", "The table of lines as text between tabs",
            spectrum.copy_lines, spectrum.has_lines, starts_group=True),
    Command("save-lines", "Spectrum", "Save measured lines…", "", "The table of lines as ECSV, CSV, VOTable or FITS",
            spectrum.save_lines, spectrum.has_lines),
    Command("inspect", "View", "Inspect", "Ctrl+1", "Look at spectra and at what the models say of them", view.inspect),
    Command("train", "View", "Train", "Ctrl+2", "Teach a model your own labels", view.train),
    Command("theme", "View", "Light or dark", "Ctrl+Shift+T", "Change between light, dark and what the system does",
            view.next_theme, starts_group=True),
    Command("larger", "View", "Larger text", "Ctrl++", "Make all text larger", view.larger_text),
    Command("smaller", "View", "Smaller text", "Ctrl+-", "Make all text smaller", view.smaller_text),
    Command("restore", "View", "Restore the layout", "", "Put all panels back where they belong", view.restore_layout),
    Command("full", "View", "Full screen", "F11", "Use the whole screen", view.full_screen),
    Command("connect", "Interop", "Connect to other programs", "", "Join TOPCAT, Aladin and others at their SAMP hub",
            interop.connect, is_on=lambda desk: desk.preferences.settings.samp_on),
    Command("send-table", "Interop", "Send table…", "", "Send the results to another program", interop.send_table,
            _has_stars),
    Command("send-spectrum", "Interop", "Send spectrum…", "", "Send the file of a spectrum to another program",
            interop.send_spectrum, _has_current),
    Command("shortcuts", "Help", "Shortcuts", "?", "Show every command with its keys", help_.show_shortcuts),
    Command("about", "Help", "About StellarView", "", "Version, papers, licences", help_.show_about),
)  # fmt: skip


def make_action(command: Command, window: MainWindow) -> QAction:
    """The Qt side of a row."""
    action = QAction(command.text, window)
    action.setObjectName(command.key)
    action.setCheckable(command.is_on is not None)
    keys = f" ({command.shortcut})" if command.shortcut else ""
    action.setToolTip(f"{command.tip}{keys}")
    action.setStatusTip(command.tip)
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
    action.triggered.connect(lambda *_: command.run(window))
    return action


def refresh_action(action: QAction, command: Command, desk: Desk) -> None:
    """What can be done now, and what is switched on."""
    action.setEnabled(command.is_enabled(desk))
    if command.is_on is not None:
        action.setChecked(command.is_on(desk))
    if command.words is not None:
        action.setText(command.words(desk) if action.isEnabled() else command.text)
