"""Where the hub is: the file that the standard profile of SAMP 1.3 has it write.

Read here and not by pyvo, which follows web addresses in SAMP_HUB and stumbles over blank lines.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name

SECRET, ADDRESS = "samp.secret", "samp.hub.xmlrpc.url"
START_ONE = "Start TOPCAT, Aladin or another program with a SAMP hub, then connect again."
_LARGEST_BYTES = 1 << 16


def find_hub() -> dict[str, str]:
    """What the hub's lock file says, its secret and its address on this computer included."""
    path = _lock_file()
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        why = "No SAMP hub has left its address in your home folder."
        if not isinstance(error, FileNotFoundError):
            why = f"The file with its address cannot be read: {getattr(error, 'strerror', None) or error}."
        raise no_hub(why) from error
    lines = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    facts = {key.strip(): value.strip() for key, sign, value in lines if sign}
    if not facts.get(SECRET) or not facts.get(ADDRESS):
        raise no_hub(f"{display_name(path)}, the file with its address, is incomplete.")
    facts[ADDRESS] = facts[ADDRESS].replace("\\", "")  # Java writes http\://
    if not _is_on_this_computer(facts[ADDRESS]):
        raise no_hub("The hub is on another computer: StellarView talks to programs on this one only.")
    return facts


def no_hub(why: str) -> StellarViewError:
    """There is nobody to talk to."""
    return StellarViewError("No connection to other programs.", why, START_ONE)


def _lock_file() -> Path:
    told = os.environ.get("SAMP_HUB")
    if told is None:
        return Path.home() / ".samp"
    scheme, _, url = told.partition(":")
    parts = urlsplit(url)
    if scheme != "std-lockurl" or parts.scheme != "file":
        raise no_hub("The variable SAMP_HUB names no file of this computer.")
    from urllib.request import url2pathname  # all of HTTP comes with it

    return Path(url2pathname(parts.path))


def _is_on_this_computer(url: str) -> bool:
    """Only an address of this computer can be listened at, whatever name it goes by."""
    try:
        host = urlsplit(url).hostname or ""
        family, kind, protocol, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.bind(address)
    except (OSError, ValueError):  # ValueError: no address at all, or a name that no DNS takes
        return False
    return bool(host)
