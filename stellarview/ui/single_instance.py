"""A second start hands its files to the window that is open already: a double click need not load it all again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import stat
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_LOG = logging.getLogger(__name__)
_CONNECT_MS, _ANSWER_MS, _IDLE_MS = 300, 2000, 2000
_LARGEST_BYTES = 4 << 20
_TAKEN = b"taken\n"


class Listener(QObject):
    """Takes the files of later starts. An empty list asks the window no more than to show itself."""

    files_received = Signal(list)  # of absolute Paths

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)

    def listen(self) -> bool:
        """False where another window listens, or nobody can: each start then has its own window."""
        name = server_name()
        if name is None or _connected(name) is not None:
            return False
        QLocalServer.removeServer(name)  # what a crashed program left
        if not self._server.listen(name):
            _LOG.warning("later starts cannot hand their files over: %s", self._server.errorString())
        return self._server.isListening()

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _welcome(self) -> None:
        # Not by their own signal: deleteLater on `disconnected`, which a destructor emits too, ends in a crash.
        for gone in self._server.findChildren(QLocalSocket):
            if gone.state() == QLocalSocket.LocalSocketState.UnconnectedState:
                gone.deleteLater()
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.setReadBufferSize(_LARGEST_BYTES + 1)
            socket.readyRead.connect(lambda socket=socket: self._hear(socket))
            QTimer.singleShot(_IDLE_MS, socket, socket.abort)

    def _hear(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LARGEST_BYTES:
                _LOG.warning("a message of another start was too long")
                socket.abort()
            return
        try:
            paths = _paths_of(bytes(socket.readLine().data()))
        except (ValueError, RecursionError) as error:
            _LOG.warning("a message of another start was ignored: %s", error)
            socket.abort()
            return
        socket.write(_TAKEN)
        socket.flush()  # now: opening the files may keep the window from it
        socket.disconnectFromServer()
        self.files_received.emit(paths)


def hand_over(paths: Sequence[Path | str]) -> bool:
    """True when a window that is open already took the files; at once False where there is none."""
    name = server_name()
    line = json.dumps({"files": [str(Path(path).absolute()) for path in paths]}).encode("ascii") + b"\n"
    if name is None or len(line) > _LARGEST_BYTES:
        return False
    socket = _connected(name)
    if socket is None:
        return False
    socket.write(line)
    end = time.monotonic() + _ANSWER_MS / 1000
    while not socket.canReadLine() and (left_ms := int(1000 * (end - time.monotonic()))) > 0:
        if not socket.waitForReadyRead(left_ms):
            break
    return bytes(socket.readLine().data()) == _TAKEN


def server_name() -> str | None:
    """One name for each user and screen; None where no folder is private enough for it."""
    who = str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    screen = [os.environ.get(name, "") for name in ("WAYLAND_DISPLAY", "DISPLAY", "SESSIONNAME")]
    name = f"stellarview-{hashlib.sha256(chr(0).join([who, *screen]).encode('utf-8', 'replace')).hexdigest()[:16]}"
    if not hasattr(os, "getuid"):  # Windows: a named pipe, which lies in no folder
        return name
    folder = _private_folder()
    return None if folder is None else str(folder / name)


def _private_folder() -> Path | None:
    """Where no other user can lay a socket in wait for us."""
    own = Path(tempfile.gettempdir()) / f"stellarview-{os.getuid()}"
    with contextlib.suppress(OSError):
        own.mkdir(mode=0o700)
    told = os.environ.get("XDG_RUNTIME_DIR")
    folder = next(filter(_is_private, [Path(told), own] if told else [own]), None)
    if folder is None:
        _LOG.warning("%s is not private: later starts cannot hand their files over", own)
    return folder


def _is_private(folder: Path) -> bool:
    try:
        state = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid() and not state.st_mode & 0o077


def _connected(name: str) -> QLocalSocket | None:
    socket = QLocalSocket()
    socket.connectToServer(name)
    return socket if socket.waitForConnected(_CONNECT_MS) else None


def _paths_of(line: bytes) -> list[Path]:
    """ValueError where the line is not what `hand_over` writes."""
    message = json.loads(line)
    files = message.get("files") if isinstance(message, dict) else None
    if not isinstance(files, list) or not all(isinstance(file, str) and "\0" not in file for file in files):
        raise ValueError("it holds no list of files")
    paths = [Path(file) for file in files]
    if not all(path.is_absolute() for path in paths):
        raise ValueError("its files have no absolute paths")
    return paths
