"""Tables and spectra from and to TOPCAT, Aladin and the like: the window's side of the bridge, and its state."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from stellarview.domain.errors import StellarViewError
from stellarview.engine.pipe import Progress
from stellarview.samp import SampBridge
from stellarview.samp.lock_file import find_hub
from stellarview.samp.messages import (
    Client,
    Clients,
    Connected,
    ListClients,
    Order,
    ReceivedSpectrum,
    ReceivedTable,
    Refused,
    Report,
    SendSpectrum,
    SendTable,
    Sent,
    error_of,
)
from stellarview.ui.desk import Desk

State = Literal["off", "waiting", "on"]
_WORDS: dict[State, str] = {"off": "", "waiting": "SAMP: no hub yet", "on": "SAMP: connected"}
_START_ONE = "Start TOPCAT, Aladin or another program with a SAMP hub: StellarView joins it by itself."
_LISTEN_S = 0.25
_LOOK_AGAIN_MS = 10_000


class Samp(QObject):
    """Joined to a hub while the user wants it and there is one; looks for one now and then where there is none.

    Everything that waits runs in the lane for messages, so that one thread alone has the bridge.
    """

    changed = Signal()
    received = Signal(str)  # the path of a table or spectrum

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._bridge = SampBridge()
        self._is_wanted = False
        self._sent = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.state: State = "off"
        self.clients: tuple[Client, ...] = ()
        self._again = QTimer(self, singleShot=True, interval=_LOOK_AGAIN_MS)
        self._again.timeout.connect(lambda: self._start(is_quiet=True))

    @property
    def words(self) -> str:
        """The state, for the status line."""
        return _WORDS[self.state]

    def join(self, *, is_quiet: bool = False) -> None:
        """Be connected from now on; `is_quiet` where nobody asked for it just now."""
        self._is_wanted = True
        self._desk.preferences.change(samp_on=True)
        self._set("waiting")
        self._start(is_quiet=is_quiet)

    def leave(self) -> None:
        """Be connected no more."""
        self._desk.preferences.change(samp_on=False)
        self.close()

    def close(self) -> None:
        """End the connection; what the user wants next time stays as it is."""
        if not self._is_wanted:
            return
        self._is_wanted = False
        self._again.stop()
        self._desk.tasks.cancel("samp listen")
        self._desk.tasks.run("samp leave", _leave, self._bridge, self._folder, then=lambda _: None, lane="messages")
        self._folder = None
        self.clients = ()
        self._set("off")

    def ask_who_listens(self) -> None:
        """`clients` will be those that are there now."""
        self._order(ListClients())

    def send_spectrum(self, path: str, name: str, to: str = "") -> None:
        """To one program, or to all that take spectra."""
        self._order(SendSpectrum(path, name, to))

    def send_table(self, path: Path, name: str, to: str = "") -> None:
        """To one program, or to all that take tables."""
        self._order(SendTable(str(path), name, to))

    def new_table_path(self) -> Path:
        """Where to write a table that is to be sent; gone when the connection ends."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="stellarview-sent-", ignore_cleanup_errors=True)
        self._sent += 1
        return Path(self._folder.name) / f"stellarview-{self._sent}.vot"

    def _start(self, *, is_quiet: bool) -> None:
        self._desk.tasks.run(
            "samp start",
            _start,
            self._bridge,
            lambda: self._is_wanted,
            then=self._started,
            otherwise=lambda error: self._lost(error, is_quiet=is_quiet),
            lane="messages",
        )

    def _started(self, connected: Connected | None) -> None:
        if connected is not None and self._is_wanted:
            self._set("on")
            self.ask_who_listens()
            self._listen()

    def _listen(self) -> None:
        self._desk.tasks.run(
            "samp listen", _listen, self._bridge, then=self._heard, otherwise=self._lost, lane="messages",
            urgency="later",
        )  # fmt: skip

    def _order(self, order: Order) -> None:
        if self.state == "on":
            self._sent += 1
            self._desk.tasks.run(
                f"samp send {self._sent}", _send, self._bridge, order, then=lambda _: None, otherwise=self._lost,
                lane="messages", urgency="now",
            )  # fmt: skip
        else:
            why = "No program with a SAMP hub was found." if self._is_wanted else "StellarView is joined to no hub."
            what_to_do = _START_ONE if self._is_wanted else "Choose Interop, Connect to other programs."
            self._desk.messages.tell_error(StellarViewError("Nothing was sent.", why, what_to_do))

    def _heard(self, report: Report | None) -> None:
        messages = self._desk.messages
        if isinstance(report, Clients):
            self.clients = report.clients
            self.changed.emit()
        elif isinstance(report, Sent):
            messages.tell(f"{report.name} was sent to {', '.join(report.recipients)}.")
        elif isinstance(report, Refused):
            messages.tell_error(error_of(report))
        elif isinstance(report, ReceivedTable | ReceivedSpectrum):
            fetched = " It is a copy that goes with the connection: save it there to keep it."
            is_copy = not report.url.startswith("file:")
            messages.tell(f"{report.sender} sent {report.name}.{fetched if is_copy else ''}")
            self.received.emit(report.path)
        if self._is_wanted and self.state == "on":
            self._listen()

    def _lost(self, error: StellarViewError, *, is_quiet: bool = False) -> None:
        if not self._is_wanted:
            return
        was_on = self.state == "on"
        self.clients = ()
        self._desk.tasks.cancel("samp listen")
        self._set("waiting")
        if was_on or not is_quiet:
            self._desk.messages.tell_error(StellarViewError(error.what, error.why, _START_ONE))
        self._again.start()

    def _set(self, state: State) -> None:
        self.state = state
        self.changed.emit()


# In the thread of the lane for messages.


def _start(progress: Progress, bridge: SampBridge, is_wanted: Callable[[], bool]) -> Connected | None:
    find_hub()  # no process is started in vain
    return bridge.start(is_wanted=is_wanted)


def _listen(progress: Progress, bridge: SampBridge) -> Report | None:
    return bridge.receive(_LISTEN_S)


def _send(progress: Progress, bridge: SampBridge, order: Order) -> None:
    bridge.send(order)


def _leave(progress: Progress, bridge: SampBridge, folder: tempfile.TemporaryDirectory[str] | None) -> None:
    bridge.close()
    if folder is not None:
        folder.cleanup()
