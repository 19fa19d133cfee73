"""Commands that write what is on the screen, or copy it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.ui.desk import Desk
from stellarview.ui.plot.view import SceneView

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow


def export_figure(window: MainWindow) -> None:
    """Ask how, beside the window."""
    from stellarview.ui.export_dialog import ExportDialog

    dialog = window.findChild(ExportDialog) or ExportDialog(window)
    dialog.show_view(active_view(window))
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()


def export_table(window: MainWindow) -> None:
    """Ask which stars and where to."""
    from stellarview.ui.results_dialog import TableDialog

    (window.findChild(TableDialog) or TableDialog(window)).open()


def report(window: MainWindow) -> None:
    """Ask which stars and where to."""
    from stellarview.ui.results_dialog import ReportDialog

    (window.findChild(ReportDialog) or ReportDialog(window)).open()


def copy_python(window: MainWindow) -> None:
    """The script that gets the same answers."""
    from stellarview.session.as_code import as_python

    _copy(window, as_python(window.desk.workspace.session, *_model(window.desk)), "The script")


def copy_commands(window: MainWindow) -> None:
    """The command lines that get the same answers."""
    from stellarview.session.as_code import as_commands

    _copy(window, as_commands(window.desk.workspace.session, *_model(window.desk)), "The command lines")


def copy_picture(window: MainWindow) -> None:
    """The view that was touched last, as it is on the screen."""
    view = active_view(window)
    if view is not None:
        QGuiApplication.clipboard().setImage(view.image())
        window.statusBar().showMessage("The picture is in the clipboard.", 4000)


def active_view(window: MainWindow) -> SceneView | None:
    """The view that has the keyboard, else the spectrum's."""
    widget = QApplication.focusWidget()
    while widget is not None:
        if isinstance(widget, SceneView) and widget.window() is window:
            return widget
        widget = widget.parentWidget()
    return window.spectrum.findChild(SceneView)


def commands_of(desk: Desk) -> str:
    """The command lines for the star that is looked at; '' before any model told anything."""
    from stellarview.session.as_code import as_commands

    try:
        return as_commands(desk.workspace.session, *_model(desk)).strip()
    except StellarViewError:
        return ""


def _model(desk: Desk) -> tuple[str, tuple[str, ...]]:
    """The model that tells the chosen label, as it was asked for, or else the first; and what it tells."""
    session = desk.workspace.session
    predictions = desk.findings.known(session.current).predictions
    if not predictions:
        what = "There is nothing to copy yet."
        raise StellarViewError(what, "No model has told anything of this star.", "Wait for it, or choose another star.")
    told = {name: _outputs(prediction) for name, prediction in predictions.items()}
    name = next((name for name, keys in told.items() if session.display.label in keys), next(iter(told)))
    return name, told[name]


def _outputs(prediction: Prediction) -> tuple[str, ...]:
    return (*prediction.labels, *(entry.name for entry in prediction.classes))


def _copy(window: MainWindow, text: str, what: str) -> None:
    QGuiApplication.clipboard().setText(text)
    window.statusBar().showMessage(f"{what} for this star: in the clipboard.", 4000)
