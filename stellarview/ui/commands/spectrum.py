"""Commands about the spectrum in the middle of the window."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from stellarview.engine.jobs import files
from stellarview.session.session import Tool
from stellarview.ui import choices
from stellarview.ui.desk import Desk
from stellarview.ui.occlusion import ask_for_map
from stellarview.ui.panels.line_columns import measured_rows, rows_as_text

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow

_TABLES = "Tables (*.ecsv *.csv *.vot *.fits)"
_SMOOTHING_STEP = 2


def pan(window: MainWindow) -> None:
    """Dragging moves."""
    _use(window, "pan")


def zoom(window: MainWindow) -> None:
    """Dragging zooms."""
    _use(window, "zoom")


def select(window: MainWindow) -> None:
    """Dragging chooses a stretch."""
    _use(window, "select")


def _use(window: MainWindow, tool: Tool) -> None:
    choices.show(window.desk, "tool", "tool", tool=tool)


def home(window: MainWindow) -> None:
    """All of the spectrum."""
    window.spectrum.plot.home()


def back(window: MainWindow) -> None:
    """The view before."""
    window.spectrum.plot.back()


def normalise(window: MainWindow) -> None:
    """Over the continuum, or as observed."""
    is_on = choices.display_of(window.desk).flux == "normalised"
    choices.show(window.desk, "normalisation", flux="as observed" if is_on else "normalised")


def smoother(window: MainWindow) -> None:
    """More pixels in the mean."""
    choices.set_smoothing(window.desk, choices.display_of(window.desk).smoothing_pixels + _SMOOTHING_STEP)


def sharper(window: MainWindow) -> None:
    """Fewer pixels in the mean."""
    choices.set_smoothing(window.desk, choices.display_of(window.desk).smoothing_pixels - _SMOOTHING_STEP)


def nanometres(window: MainWindow) -> None:
    """Nanometres or Angstrom."""
    is_on = choices.display_of(window.desk).x_unit == "nm"
    choices.show(window.desk, "unit of wavelengths", x_unit="angstrom" if is_on else "nm")


def air(window: MainWindow) -> None:
    """Air or vacuum."""
    is_on = choices.display_of(window.desk).medium == "air"
    choices.show(window.desk, "medium of wavelengths", medium="vacuum" if is_on else "air")


def rest(window: MainWindow) -> None:
    """Rest frame or observed."""
    is_on = choices.display_of(window.desk).frame == "rest"
    choices.show(window.desk, "frame of wavelengths", frame="observed" if is_on else "rest")


def next_exposure(window: MainWindow) -> None:
    """The next one; after the last comes the coadd."""
    desk = window.desk
    opened, star = desk.findings.opened(desk.workspace.session.current), choices.current_star(desk)
    if opened is not None and star is not None:
        names = [one.exposure for one in opened.spectra]
        now = star.exposure or "coadd"
        place = names.index(now) if now in names else -1
        choices.set_exposure(desk, names[(place + 1) % len(names)])


def automatic_velocity(window: MainWindow) -> None:
    """Not the user's."""
    choices.set_velocity(window.desk, None)


def can_compare(desk: Desk) -> bool:
    """True where there is a star to compare with, or one is shown."""
    session = desk.workspace.session
    return bool(session.ghost) or bool(_other_selected(desk))


def second_star(window: MainWindow) -> None:
    """The first other selected star, or none."""
    session = window.desk.workspace.session
    choices.set_ghost(window.desk, "" if session.ghost else _other_selected(window.desk))


def _other_selected(desk: Desk) -> str:
    session = desk.workspace.session
    return next((key for key in session.selected if key != session.current), "")


def offer_sight(window: MainWindow) -> None:
    """Change or measure the stretch that the plot shows."""
    window.spectrum.offer_sight()


def clear_edits(window: MainWindow) -> None:
    """The spectrum as it is."""
    choices.clear_edits(window.desk)


def map_occlusion(window: MainWindow) -> None:
    """What each window of the spectrum is worth."""
    ask_for_map(window.desk)


def has_lines(desk: Desk) -> bool:
    """True where a line was measured."""
    return any(star.measured for star in desk.workspace.session.stars)


def copy_lines(window: MainWindow) -> None:
    """All measured lines to the clipboard."""
    QGuiApplication.clipboard().setText(rows_as_text(measured_rows(window.desk.workspace.session)))


def save_lines(window: MainWindow) -> None:
    """All measured lines to a file."""
    name, _ = QFileDialog.getSaveFileName(window, "Save measured lines", window.files.last_folder, _TABLES)
    if name:
        name = name if "." in name.rsplit("/", 1)[-1] else f"{name}.ecsv"
        rows = [row.line.row for row in measured_rows(window.desk.workspace.session)]
        window.desk.tasks.run(
            "save lines",
            files.save_lines,
            name,
            rows,
            then=lambda _: window.desk.messages.tell(f"Saved {len(rows)} lines in {escape(name)}."),
        )
