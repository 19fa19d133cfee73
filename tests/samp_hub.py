"""A real SAMP hub on the loopback, in a home folder of its own, and another program at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from pyvo.samp import SAMPHubServer, SAMPIntegratedClient, conf

from stellarview.samp import SampBridge

PATIENCE_S = 300.0

# The hub warns of clients that are gone, which is what some tests are about.
HUB_MAY_WARN = pytest.mark.filterwarnings("ignore::pyvo.samp.errors.SAMPWarning")


class OtherProgram:
    """What TOPCAT would do: it takes tables and spectra, sends some, and keeps what it was told."""

    def __init__(self, hub: SAMPHubServer) -> None:
        self.received: Queue[tuple[str, Any]] = Queue()
        self.client = SAMPIntegratedClient(name="Other\nprogram", addr="127.0.0.1")
        self.client.connect(hub=hub, pool_size=2)
        for mtype in ("table.load.votable", "spectrum.load.ssa-generic"):
            self.client.bind_receive_message(mtype, self._receive)

    def _receive(self, _key: str, _sender: str, _id: str | None, mtype: str, params: Any, _extra: Any) -> None:
        self.received.put((mtype, params))

    @property
    def stellarview(self) -> str:
        """The id of the only other program that takes FITS tables."""
        (one,) = self.client.get_subscribed_clients("table.load.fits")
        return str(one)

    def tell(self, mtype: str, **params: Any) -> None:
        self.client.notify(self.stellarview, {"samp.mtype": mtype, "samp.params": params})


@contextmanager
def home_folder(folder: Path) -> Iterator[Path]:
    """pyvo's hub clears the home folder of dead hubs' files: it shall not be the user's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "USERPROFILE"):
            patch.setenv(name, str(folder))
        patch.delenv("SAMP_HUB", raising=False)
        yield folder


@contextmanager
def running_hub() -> Iterator[SAMPHubServer]:
    conf.use_internet = False
    hub = SAMPHubServer(web_profile=False, addr="127.0.0.1", pool_size=2)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()


@contextmanager
def started_bridge() -> Iterator[SampBridge]:
    bridge = SampBridge()
    try:
        bridge.start(timeout_s=PATIENCE_S)
        yield bridge
    finally:
        bridge.close()
