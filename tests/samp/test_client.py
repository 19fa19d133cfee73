"""The life of a bridge: no hub, a hub that goes, a process that dies, and an end that never hangs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from pyvo.samp import SAMPHubServer
from samp_hub import HUB_MAY_WARN, PATIENCE_S, home_folder, running_hub, started_bridge

from stellarview.domain.errors import StellarViewError
from stellarview.samp import SampBridge, client
from stellarview.samp.messages import Connected, ListClients

pytestmark = HUB_MAY_WARN


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with home_folder(tmp_path) as folder:
        yield folder


@pytest.fixture
def hub(home: Path) -> Iterator[SAMPHubServer]:
    with running_hub() as hub:
        yield hub


@pytest.fixture
def bridge(hub: SAMPHubServer) -> Iterator[SampBridge]:
    with started_bridge() as bridge:
        yield bridge


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_LONGEST_LEAVE_S", PATIENCE_S)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_LONGEST_LEAVE_S", 0.2)


def children() -> list[BaseProcess]:
    return [process for process in multiprocessing.active_children() if process.name == "samp"]


@pytest.mark.usefixtures("home")
def test_that_a_missing_hub_is_said_and_leaves_nothing() -> None:
    with pytest.raises(StellarViewError, match="No SAMP hub has left its address") as caught:
        SampBridge().start()
    assert "TOPCAT" in caught.value.what_to_do
    assert children() == []


def test_that_the_file_of_a_dead_hub_is_no_hub(home: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"  # kept, so that nobody else gets it
        (home / ".samp").write_text(f"samp.secret=a\nsamp.hub.xmlrpc.url={address}\n")
        with pytest.raises(StellarViewError, match="The SAMP hub does not answer"):
            SampBridge().start(timeout_s=PATIENCE_S)


def test_that_a_hub_that_shuts_down_is_said_and_a_new_start_says_so_too(hub: SAMPHubServer, bridge: SampBridge) -> None:
    hub.stop()
    with pytest.raises(StellarViewError, match="The SAMP hub was shut down"):
        bridge.receive(PATIENCE_S)
    with pytest.raises(StellarViewError, match="Connect"):
        bridge.send(ListClients())
    with pytest.raises(StellarViewError, match="No SAMP hub"):
        bridge.start()


@pytest.mark.parametrize("is_ordered", [True, False], ids=["asked", "unasked"])
def test_that_a_hub_that_vanishes_without_a_word_is_said(
    hub: SAMPHubServer, bridge: SampBridge, monkeypatch: pytest.MonkeyPatch, is_ordered: bool
) -> None:
    monkeypatch.setattr(hub, "_notify_shutdown", lambda: None)
    hub.stop()
    if is_ordered:
        bridge.send(ListClients())
    with pytest.raises(StellarViewError, match=r"The SAMP hub answers no more: Connection (refused|reset)"):
        bridge.receive(PATIENCE_S)


def test_that_a_bridge_can_be_started_anew(bridge: SampBridge) -> None:
    before = children()
    assert bridge.start(timeout_s=PATIENCE_S) == Connected()
    assert len(children()) == 1
    assert children() != before


@pytest.mark.parametrize("method", ["receive", "send"])
def test_that_a_bridge_that_dies_is_noticed(bridge: SampBridge, method: str) -> None:
    (dying,) = children()
    dying.kill()
    dying.join(PATIENCE_S)
    with pytest.raises(StellarViewError, match="has ended"):
        if method == "receive":
            bridge.receive(PATIENCE_S)
        else:
            bridge.send(ListClients())
    assert bridge.start(timeout_s=PATIENCE_S) == Connected()


WINDOW = """
import time
from stellarview.samp import SampBridge
if __name__ == "__main__":
    bridge = SampBridge()
    bridge.start(timeout_s=300)
    print(bridge._folder.name, flush=True)
    time.sleep(600)
"""


@pytest.mark.usefixtures("hub")
def test_that_a_bridge_ends_when_its_window_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "window.py"
    script.write_text(WINDOW)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        folder = window.stdout.readline().strip()
        window.kill()
        assert window.stdout.read() == ""  # its end comes when the bridge, which has it too, has ended
    assert not Path(folder).exists()


@pytest.mark.usefixtures("impatient")
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="only here can a process be made to hang from outside")
def test_that_a_bridge_that_hangs_is_ended(bridge: SampBridge) -> None:
    (hanging,) = children()
    assert hanging.pid is not None
    os.kill(hanging.pid, signal.SIGSTOP)
    bridge.close()
    assert children() == []


@pytest.mark.usefixtures("patient")
def test_that_leaving_takes_leave_of_the_hub(hub: SAMPHubServer, bridge: SampBridge) -> None:
    assert len(hub._private_keys) == 2
    bridge.close()
    bridge.close()
    assert len(hub._private_keys) == 1
    assert children() == []


def test_that_nothing_to_receive_is_none(bridge: SampBridge) -> None:
    assert bridge.receive(0) is None


@pytest.fixture
def mute() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.usefixtures("impatient")
def test_that_a_hub_that_never_answers_does_not_keep_the_window_waiting(home: Path, mute: str) -> None:
    (home / ".samp").write_text(f"samp.secret=a\nsamp.hub.xmlrpc.url={mute}\n")
    with pytest.raises(StellarViewError, match="did not connect within 2 s"):
        SampBridge().start(timeout_s=2)
    assert children() == []


def test_that_the_window_never_loads_the_slow_libraries() -> None:
    slow = ("pyvo", "astropy", "torch", "specutils")
    code = f"import sys, stellarview.samp; print(*[m for m in {slow} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
