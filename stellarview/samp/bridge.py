"""The child process between the window and the hub: pyvo and astropy, their threads and their waits stay in here."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import warnings
from collections.abc import Mapping
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name
from stellarview.samp.arrivals import SILENCE_S, local_file, one_line, reason_of
from stellarview.samp.lock_file import find_hub, no_hub
from stellarview.samp.messages import (
    Client,
    Clients,
    Connected,
    ListClients,
    Lost,
    Order,
    ReceivedSpectrum,
    ReceivedTable,
    Refused,
    Report,
    SendSpectrum,
    SendTable,
    Sent,
    Stop,
    from_bytes,
    to_bytes,
)

if TYPE_CHECKING:  # pyvo is loaded when there is a hub to talk to
    from stellarview.samp.hub_link import Arrival, HubLink

# Endings of files: the message that has them loaded. The last is in nobody's standard, yet used.
TABLE_MTYPES = {
    ".vot": "table.load.votable",
    ".xml": "table.load.votable",
    ".fits": "table.load.fits",
    ".csv": "table.load.csv",
}
SPECTRUM_MTYPE = "spectrum.load.ssa-generic"
RECEIVED: Mapping[str, type[ReceivedTable] | type[ReceivedSpectrum]] = {
    **dict.fromkeys(TABLE_MTYPES.values(), ReceivedTable),
    SPECTRUM_MTYPE: ReceivedSpectrum,
}
FAREWELLS = ("samp.hub.event.shutdown", "samp.hub.disconnect")
_PING_EVERY_S = 5.0


def run_bridge(pipe: Connection, folder: str) -> None:
    """Serve until told to stop, until the window is gone or until the hub is; what is fetched goes to `folder`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the window, which then says stop
    warnings.simplefilter("ignore")
    socket.setdefaulttimeout(SILENCE_S)  # pyvo waits for ever
    try:
        _serve(pipe, Path(folder))
    except StellarViewError as error:
        with contextlib.suppress(OSError):  # the window is gone
            _say(pipe, Lost(**error.as_dict()))
    except (EOFError, OSError):  # the window was killed: nobody else removes what was fetched
        shutil.rmtree(folder, ignore_errors=True)


def _serve(pipe: Connection, folder: Path) -> None:
    hub_params = find_hub()
    from stellarview.samp.hub_link import TROUBLE, HubLink

    try:
        link = HubLink(hub_params, (*RECEIVED, *FAREWELLS))
    except TROUBLE as error:
        raise no_hub(f"The SAMP hub does not answer: {reason_of(error)}.") from error
    with contextlib.closing(link):
        _say(pipe, Connected())
        while True:
            ready = wait([pipe, link.bell], _PING_EVERY_S)
            for arrival in link.arrivals() if link.bell in ready else ():
                _say(pipe, _taken(link, arrival, folder))
            if pipe in ready:
                order = from_bytes(pipe.recv_bytes())
                if isinstance(order, Stop):
                    return
                _say(pipe, _obey(link, order))
            if not ready:
                _expect_the_hub(link)


def _say(pipe: Connection, report: Report) -> None:
    pipe.send_bytes(to_bytes(report))


def _expect_the_hub(link: HubLink) -> None:
    from stellarview.samp.hub_link import TROUBLE

    try:
        link.ping()
    except TROUBLE as error:
        raise no_hub(f"The SAMP hub answers no more: {reason_of(error)}.") from error


def _taken(link: HubLink, arrival: Arrival, folder: Path) -> Report:
    """What the window is to know of a message."""
    if arrival.mtype in FAREWELLS:
        raise no_hub("The SAMP hub was shut down.")
    params = arrival.params if isinstance(arrival.params, Mapping) else {}
    try:
        path = local_file(params.get("url"), folder)
    except StellarViewError as error:
        link.answer(arrival, error.why)
        return Refused(f"Cannot take what {link.name(arrival.sender_id)} sent.", error.why, error.what_to_do)
    link.answer(arrival)
    name = one_line(params.get("name")) or display_name(path)
    url, sender = one_line(params["url"], 1000), link.name(arrival.sender_id)
    return RECEIVED[arrival.mtype](str(path), name, url, sender)


def _obey(link: HubLink, order: Order | Report) -> Report:
    from stellarview.samp.hub_link import TROUBLE

    try:
        if isinstance(order, SendTable | SendSpectrum):
            return _send(link, order)
        if isinstance(order, ListClients):
            return _list_clients(link)
    except StellarViewError as error:
        return Refused(**error.as_dict())
    except TROUBLE as error:
        _expect_the_hub(link)
        return Refused("The SAMP hub did not do it.", f"It says: {reason_of(error)}.", "Connect again, then try again.")
    raise ValueError(f"{order} is no order")


def _send(link: HubLink, order: SendTable | SendSpectrum) -> Sent:
    path = Path(order.path).absolute()
    thing = "table" if isinstance(order, SendTable) else "spectrum"
    mtype = TABLE_MTYPES.get(path.suffix.lower(), "") if isinstance(order, SendTable) else SPECTRUM_MTYPE
    what = f"Cannot send {one_line(order.name)}."
    if not mtype:
        endings = ", ".join(TABLE_MTYPES)
        raise StellarViewError(what, f"Other programs take tables as {endings}.", "Save it as one of these.")
    if not path.is_file():
        raise StellarViewError(what, f"There is no file {display_name(path)}.", "Save it first, then send it.")
    takers = link.takers(mtype)
    if order.to and order.to not in takers:
        why = f"{link.name(order.to)} does not take a {thing} of this kind ({mtype})."
        raise StellarViewError(what, why, "Choose another program.")
    if not takers:
        why = f"No program at the hub takes a {thing} of this kind ({mtype})."
        raise StellarViewError(what, why, "Start one that does, then send it again.")
    recipients = [order.to] if order.to else takers
    params = _table_params(path, order.name) if isinstance(order, SendTable) else _spectrum_params(path, order.name)
    for recipient in recipients:
        link.notify(recipient, mtype, params)
    return Sent(one_line(order.name), tuple(link.name(recipient) for recipient in recipients))


def _table_params(path: Path, name: str) -> dict[str, object]:
    return {"url": path.as_uri(), "table-id": path.as_uri(), "name": one_line(name)}


def _spectrum_params(path: Path, name: str) -> dict[str, object]:
    """The keys of `meta` are those of the Simple Spectral Access protocol."""
    kind = "application/x-votable+xml" if path.suffix.lower() in (".vot", ".xml") else "application/fits"
    meta = {"Access.Reference": path.as_uri(), "Access.Format": kind, "Target.Name": one_line(name)}
    return {"url": path.as_uri(), "spectrum-id": path.as_uri(), "name": one_line(name), "meta": meta}


def _list_clients(link: HubLink) -> Clients:
    tables = {client for mtype in TABLE_MTYPES.values() for client in link.takers(mtype)}
    spectra = {*link.takers(SPECTRUM_MTYPE)}
    return Clients(
        tuple(Client(one, link.name(one), one in tables, one in spectra) for one in sorted(tables | spectra))
    )
