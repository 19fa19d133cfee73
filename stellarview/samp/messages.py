"""What the window and the bridge to other programs tell each other; on the pipe between them it is JSON."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

from stellarview.domain.errors import StellarViewError
from stellarview.domain.typed_json import dataclass_from


@dataclass(frozen=True)
class SendTable:
    """Order: other programs shall load this table; `to` is a client's id, or empty for all that take tables."""

    path: str
    name: str
    to: str = ""


@dataclass(frozen=True)
class SendSpectrum:
    """Order: other programs shall load this spectrum; `to` as for tables."""

    path: str
    name: str
    to: str = ""


@dataclass(frozen=True)
class ListClients:
    """Order: say who listens; the answer is `Clients`."""


@dataclass(frozen=True)
class Stop:
    """Order: take leave of the hub and end."""


@dataclass(frozen=True)
class Connected:
    """The hub knows us; the first report of every bridge that works."""


@dataclass(frozen=True)
class Client:
    """Another program at the hub."""

    id: str
    name: str
    takes_tables: bool
    takes_spectra: bool


@dataclass(frozen=True)
class Clients:
    """All programs at the hub that take tables or spectra."""

    clients: tuple[Client, ...]


@dataclass(frozen=True)
class Sent:
    """The hub passes it on to these programs."""

    name: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class ReceivedTable:
    """A table that another program sent. The file at `path` may be gone once the bridge is closed."""

    path: str
    name: str
    url: str
    sender: str


@dataclass(frozen=True)
class ReceivedSpectrum:
    """A spectrum that another program sent; `path` as for tables."""

    path: str
    name: str
    url: str
    sender: str


@dataclass(frozen=True)
class Refused:
    """Something sent or received came to nothing; the bridge works on."""

    what: str
    why: str
    what_to_do: str


@dataclass(frozen=True)
class Lost:
    """There is no hub, or no more: the last report of a bridge."""

    what: str
    why: str
    what_to_do: str


Order = SendTable | SendSpectrum | ListClients | Stop
Report = Connected | Clients | Sent | ReceivedTable | ReceivedSpectrum | Refused | Lost

_KINDS = {kind.__name__: kind for kind in (*Order.__args__, *Report.__args__)}


def to_bytes(message: Order | Report) -> bytes:
    """The message for the pipe."""
    return json.dumps([type(message).__name__, dataclasses.asdict(message)]).encode("ascii")


def from_bytes(data: bytes) -> Order | Report:
    """The message from the pipe; ValueError, LookupError or TypeError where it is none."""
    kind, facts = json.loads(data)
    message: Order | Report = dataclass_from(_KINDS[kind], facts, kind)
    return message


def error_of(report: Refused | Lost) -> StellarViewError:
    """The same words, to be raised or shown."""
    return StellarViewError(report.what, report.why, report.what_to_do)
