"""The desktop program put together: builds the parts, connects them, runs the loop, takes everything down again."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QSize, QTimer
from PySide6.QtWidgets import QApplication

from stellarview.domain.errors import StellarViewError
from stellarview.io.resources import resource_path
from stellarview.session.autosave import Autosave
from stellarview.session.session import Session, StarEntry
from stellarview.session.settings import LoadedSettings, Settings, load_settings
from stellarview.ui.desk import Desk
from stellarview.ui.findings import Findings
from stellarview.ui.inspector import Inspector
from stellarview.ui.main_window import MainWindow
from stellarview.ui.messages import Messages
from stellarview.ui.preferences import Preferences
from stellarview.ui.qt_log import log_qt_messages
from stellarview.ui.screenshot import Screenshot
from stellarview.ui.session_files import SessionFiles
from stellarview.ui.short_turns import keep_calm
from stellarview.ui.single_instance import Listener, hand_over
from stellarview.ui.system_signals import SystemSignals
from stellarview.ui.tasks import Tasks
from stellarview.ui.theme import apply_theme
from stellarview.ui.workspace import Workspace
from stellarview.ui.workspaces import WORKSPACES

_HELD_MS = 50
_EXAMPLES = ("spec-synthetic-G2V.fits.gz", "med-synthetic-K1III.fits.gz")


@dataclass(frozen=True, eq=False)
class Program:
    """The running program's parts. `close` takes them down in the order that leaves nothing behind."""

    desk: Desk
    files: SessionFiles
    window: MainWindow

    def close(self) -> None:
        """No window, no work, no process; safe to call twice."""
        self.window.close()
        self.desk.tasks.close()


def build(loop: asyncio.AbstractEventLoop, settings: Settings, autosave: Autosave, session: Session) -> Program:
    """All parts, connected; nothing runs yet."""
    messages, workspace, findings = Messages(), Workspace(session), Findings()
    tasks = Tasks(loop)
    preferences = Preferences(settings, tasks)
    inspector = Inspector(workspace, findings, tasks)
    desk = Desk(workspace, findings, tasks, inspector, messages, preferences)
    tasks.failed.connect(lambda _, error: messages.tell_error(error))
    tasks.broke.connect(lambda _, trace: messages.tell_bug(trace))
    files = SessionFiles(desk, autosave)
    return Program(desk, files, MainWindow(desk, files))


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window on the files; returns the exit code."""
    options = _parser().parse_args(arguments)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    log_qt_messages()
    app.setApplicationName("StellarView")
    app.setDesktopFileName("stellarview")
    if options.screenshot:
        if not options.screenshot.absolute().parent.is_dir():
            sys.stderr.write(f"{_no_folder(options.screenshot)}\n")
            return 1
        # A picture shows the files and nothing of this user's: no settings, no last session, no runs but those named.
        with tempfile.TemporaryDirectory() as folder:
            os.environ.setdefault("STELLARVIEW_RUNS", folder)
            settings = Settings(theme=options.theme or "light", hint_done=True)
            return _run(app, options, LoadedSettings(settings), Autosave(Path(folder)))
    if hand_over([path.absolute() for path in options.files]):
        return 0
    loaded = load_settings()
    if options.theme:
        loaded = replace(loaded, settings=replace(loaded.settings, theme=options.theme))
    return _run(app, options, loaded, Autosave())


def _run(app: QApplication, options: argparse.Namespace, settings: LoadedSettings, autosave: Autosave) -> int:
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    chosen = settings.settings
    apply_theme(app, chosen.theme, chosen.text_scale)
    with loop:
        program = build(loop, chosen, autosave, Session() if options.files else _examples())
        # The window is seen before its processes take the processor: a first paint is done by then.
        program.desk.tasks.hold()
        QTimer.singleShot(_HELD_MS, program.desk.tasks.begin)
        _connect(app, program, options)
        program.window.show()
        program.desk.inspector.start()
        if settings.notice:
            program.desk.messages.tell(settings.notice)
        keep_calm()
        signals = SystemSignals(lambda: _leave(app, program.window), program.window)
        try:
            loop.run_forever()
        finally:
            program.close()
            signals.end()
            _take_down(program.window)
    return int(app.property("exit_code") or 0)


def _leave(app: QApplication, window: MainWindow) -> None:
    """As the cross of the window does, also where a dialog is open."""
    window.close()
    app.quit()


def _take_down(window: MainWindow) -> None:
    """While Python still runs: what is left of Qt at its end is deleted in no order, and a plot may crash over that."""
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _connect(app: QApplication, program: Program, options: argparse.Namespace) -> None:
    desk, window = program.desk, program.window
    desk.messages.own_excepthook()
    desk.preferences.changed.connect(lambda chosen: apply_theme(app, chosen.theme, chosen.text_scale))
    app.lastWindowClosed.connect(app.quit)
    window.workspaces.go(options.workspace)
    if options.workspace == "train":
        window.workspaces.training.take_in(options.files)
    else:
        program.files.take_in(options.files)
    if options.screenshot:
        _fit(window, QSize(*options.size))
        Screenshot(program.desk, window, options.screenshot, options.label)
        return
    if not desk.preferences.settings.window_geometry:  # a small screen must hold all of it
        _fit(window, window.size().boundedTo(window.screen().availableSize()))
    program.files.offer_leftovers()
    listener = Listener(window)
    listener.files_received.connect(program.files.take_in)
    listener.files_received.connect(lambda _: window.raise_())
    listener.files_received.connect(lambda _: window.activateWindow())
    listener.listen()


def _fit(window: MainWindow, size: QSize) -> None:
    if size != window.size():
        window.resize(size)
        window.restore_layout()


def _no_folder(path: Path) -> StellarViewError:
    what, why = f"Cannot save the picture {path.name}.", f"There is no folder {path.absolute().parent}."
    return StellarViewError(what, why, "Make the folder first, or name another.")


def _examples() -> Session:
    paths = [resource_path(f"examples/{name}") for name in _EXAMPLES]
    return Session().with_stars([StarEntry("", str(path)) for path in paths])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stellarview", description="Open the window on spectra.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="spectra, folders, lists, a session")
    parser.add_argument("--theme", choices=("system", "light", "dark"), help="instead of the one in the settings")
    parser.add_argument("--screenshot", type=Path, metavar="OUT.png", help="save a picture of the window, and quit")
    parser.add_argument("--size", type=_size, default=(1600, 1000), metavar="WxH", help="of the picture")
    parser.add_argument("--workspace", choices=tuple(WORKSPACES), default="inspect", help="where the files go")
    parser.add_argument("--label", default="", metavar="KEY", help="the label that the picture explains")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and 200 <= int(width) <= 10000 and 200 <= int(height) <= 10000):
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1600x1000")
    return int(width), int(height)
