"""One connection to one hub, by pyvo: the only module that knows it, loaded in the bridge's process alone."""

from __future__ import annotations

import contextlib
import socket
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from queue import SimpleQueue
from typing import Any
from xml.parsers.expat import ExpatError

from pyvo.samp import SAMPClient, SAMPClientError, SAMPHubError, SAMPHubProxy, conf

from stellarview.samp.arrivals import one_line

# A hub is a stranger: what it answers may be of any shape.
TROUBLE = (
    *(SAMPHubError, SAMPClientError, xmlrpc.client.Error, ExpatError, HTTPException, OSError),
    *(LookupError, TypeError, ValueError, AttributeError),
)
_METADATA = {
    "samp.name": "StellarView",
    "samp.description.text": "Stellar parameters from LAMOST spectra, with their uncertainties and reasons.",
}


@dataclass(frozen=True)
class Arrival:
    """A message as the hub delivered it, nothing checked; only a call has an id and wants an answer."""

    mtype: str
    params: Any
    sender_id: str
    call_id: str | None


class HubLink:
    """Arrivals come by pyvo's threads and wait in a queue; `bell` becomes readable when there are some."""

    def __init__(self, hub_params: dict[str, str], mtypes: tuple[str, ...]) -> None:
        conf.use_internet = False  # else pyvo asks a search engine whether there is an internet, and listens to it
        self._arrivals: SimpleQueue[Arrival] = SimpleQueue()
        self.bell, self._ringer = socket.socketpair()
        self._ringer.setblocking(False)
        self._hub = SAMPHubProxy()
        self._hub.connect(hub_params=hub_params)
        self._client = SAMPClient(self._hub, metadata=dict(_METADATA), addr="127.0.0.1")
        # pyvo would tell any program the variables of our environment, secrets too.
        self._client.unbind_receive_call("client.env.get", declare=False)
        for mtype in mtypes:
            self._client.bind_receive_message(mtype, self._receive, declare=False)
        self._client.start()
        self._client.register()
        self._key = self._client.get_private_key()

    def _receive(self, _key: str, sender_id: str, call_id: str | None, mtype: str, params: Any, _extra: Any) -> None:
        self._arrivals.put(Arrival(mtype, params, sender_id, call_id))
        with contextlib.suppress(BlockingIOError):  # it has been ringing for long
            self._ringer.send(b".")

    def arrivals(self) -> list[Arrival]:
        """All that have come since the last time."""
        self.bell.recv(4096)
        return [self._arrivals.get() for _ in range(self._arrivals.qsize())]

    def ping(self) -> None:
        """Nothing, or one of TROUBLE where the hub is gone."""
        self._hub.ping()

    def takers(self, mtype: str) -> list[str]:
        """The ids of the programs that take such messages."""
        return sorted(self._hub.get_subscribed_clients(self._key, mtype))

    def name(self, client_id: str) -> str:
        """What a program calls itself."""
        try:
            return one_line(self._hub.get_metadata(self._key, client_id)["samp.name"], 60) or client_id
        except TROUBLE:
            return one_line(client_id, 60) or "another program"

    def notify(self, client_id: str, mtype: str, params: Mapping[str, Any]) -> None:
        """Have the hub pass a message on."""
        self._hub.notify(self._key, client_id, {"samp.mtype": mtype, "samp.params": dict(params)})

    def answer(self, arrival: Arrival, error: str = "") -> None:
        """Tell a caller what became of the message; a hub that does not listen is noticed by the next ping."""
        if arrival.call_id is None:
            return
        good = {"samp.status": "samp.ok", "samp.result": {}}
        bad = {"samp.status": "samp.error", "samp.result": {}, "samp.error": {"samp.errortxt": error}}
        with contextlib.suppress(*TROUBLE):
            self._hub.reply(self._key, arrival.call_id, bad if error else good)

    def close(self) -> None:
        """Take leave of the hub, if it is still there."""
        with contextlib.suppress(*TROUBLE):
            self._client.unregister()
        with contextlib.suppress(*TROUBLE):
            self._client.stop()
        self._hub.disconnect()
        self.bell.close()
        self._ringer.close()
