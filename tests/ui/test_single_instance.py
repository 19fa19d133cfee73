"""Later starts hand their files to the first window, and nobody else can."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from stellarview.ui import single_instance
from stellarview.ui.single_instance import Listener, hand_over, server_name

ON_UNIX = pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows keeps named pipes, no socket files")
PATIENCE_MS = 300_000


@pytest.fixture(autouse=True)
def runtime_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A screen of our own, in a folder with a short name: sockets' names have 107 bytes."""
    monkeypatch.setenv("SESSIONNAME", f"test {os.getpid()}")
    with tempfile.TemporaryDirectory(prefix="sv-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def listener(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    monkeypatch.setattr(single_instance, "_IDLE_MS", PATIENCE_MS)  # who connects may be a while in saying what he wants
    listener = Listener()
    assert listener.listen()
    yield listener
    listener.close()


def later_start(*paths: str) -> subprocess.Popen[str]:
    code = (
        "import sys; from stellarview.ui import single_instance;"
        f"single_instance._CONNECT_MS = single_instance._ANSWER_MS = {PATIENCE_MS};"
        "print(single_instance.hand_over(sys.argv[1:]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *paths], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def name() -> str:
    name = server_name()
    assert name is not None
    return name


def tell(qtbot: QtBot, message: bytes) -> bytes:
    """What the listener answers until it ends the connection."""
    sender = QLocalSocket()
    sender.connectToServer(name())
    assert sender.waitForConnected(PATIENCE_MS)
    with qtbot.waitSignal(sender.disconnected, timeout=PATIENCE_MS):
        sender.write(message)
    return bytes(sender.readAll().data())


@pytest.mark.parametrize("paths", [["/data/恒星 1.fits", "a b.fits"], []], ids=["files", "no files"])
def test_that_a_later_start_hands_its_files_over(qtbot: QtBot, listener: Listener, paths: list[str]) -> None:
    with qtbot.waitSignal(listener.files_received, timeout=PATIENCE_MS) as signal:
        start = later_start(*paths)
    assert signal.args == [[Path(path).absolute() for path in paths]]
    assert start.communicate() == ("True\n", None)


@ON_UNIX
def test_that_names_that_are_no_text_arrive(qtbot: QtBot, listener: Listener) -> None:
    path = os.fsdecode(b"/data/\xff.fits")
    with qtbot.waitSignal(listener.files_received, timeout=PATIENCE_MS) as signal:
        start = later_start(path)
    assert signal.args == [[Path(path)]]
    assert start.communicate()[0] == "True\n"


def test_that_nobody_takes_files_where_no_window_is() -> None:
    assert hand_over(["a.fits"]) is False


def test_that_there_is_one_listener(listener: Listener) -> None:
    assert not Listener().listen()
    listener.close()
    second = Listener()
    assert second.listen()
    second.close()


def test_that_a_window_that_hangs_does_not_keep_a_start_waiting(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "_ANSWER_MS", 50)
    assert hand_over(["a.fits"]) is False  # nothing runs the listener's events here


@ON_UNIX
def test_that_the_socket_of_a_crashed_program_is_no_obstacle(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX) as crashed:
        crashed.bind(name())
    assert Path(name()).is_socket()
    assert hand_over(["a.fits"]) is False
    monkeypatch.setattr(single_instance, "_IDLE_MS", PATIENCE_MS)
    listener = Listener()
    assert listener.listen()
    with qtbot.waitSignal(listener.files_received, timeout=PATIENCE_MS):
        start = later_start("a.fits")
    assert start.communicate()[0] == "True\n"
    listener.close()


@pytest.mark.parametrize(
    "message",
    [
        *(b"\n", b"no JSON\n", b"[]\n", b"{}\n", b'{"files": "a"}\n', b'{"files": [1]}\n', b"\xff\xfe\n"),
        *(b'{"files": ["relative.fits"]}\n', b'{"files": ["/a\\u0000b"]}\n', b"[" * 100_000 + b"\n"),
    ],
)
def test_that_ill_formed_messages_are_ignored_and_logged(
    qtbot: QtBot, listener: Listener, caplog: pytest.LogCaptureFixture, message: bytes
) -> None:
    with qtbot.assertNotEmitted(listener.files_received):
        assert tell(qtbot, message) == b""
    assert len(caplog.records) == 1


def test_that_a_message_in_pieces_is_put_together(qtbot: QtBot, listener: Listener, tmp_path: Path) -> None:
    message = json.dumps({"files": [str(tmp_path)]}).encode() + b"\n"
    sender = QLocalSocket()
    sender.connectToServer(name())
    assert sender.waitForConnected(PATIENCE_MS)
    with qtbot.assertNotEmitted(listener.files_received, wait=50):
        sender.write(message[:9])
    with qtbot.waitSignal(listener.files_received, timeout=PATIENCE_MS) as signal:
        sender.write(message[9:])
    assert signal.args == [[tmp_path]]


def test_that_neither_length_nor_patience_is_without_limit(
    qtbot: QtBot, listener: Listener, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(single_instance, "_LARGEST_BYTES", 50)
    assert hand_over(["/a" * 30]) is False
    assert tell(qtbot, b"x" * 51) == b""
    assert "too long" in caplog.text
    monkeypatch.setattr(single_instance, "_IDLE_MS", 20)
    assert tell(qtbot, b"half a mess") == b""


@ON_UNIX
def test_that_only_the_user_may_connect(listener: Listener) -> None:
    assert listener.parent() is None
    assert Path(name()).stat().st_mode & 0o077 == 0


@ON_UNIX
def test_that_a_private_folder_is_made_where_the_system_has_none(
    runtime_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    runtime_folder.chmod(0o777)
    for told in (str(runtime_folder), str(runtime_folder / "absent"), ""):
        monkeypatch.setenv("XDG_RUNTIME_DIR", told)
        folder = Path(name()).parent
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700


@ON_UNIX
def test_that_a_folder_open_to_others_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    Path(name()).parent.chmod(0o777)
    assert server_name() is None
    assert not Listener().listen()
    assert not hand_over(["a.fits"])
    assert "not private" in caplog.text


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_that_each_screen_has_its_own_window(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    before = name()
    monkeypatch.setenv(variable, "another:7")
    assert name() != before
