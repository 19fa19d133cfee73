"""Files that other programs name by their URLs: those of this computer are taken as they are, the web's are fetched."""

from __future__ import annotations

import time
from http.client import HTTPException
from ipaddress import ip_address
from pathlib import Path
from urllib import request
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit

from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import write_atomically
from stellarview.io.names import printable

LARGEST_BYTES = 64 << 20
SILENCE_S, LONGEST_WAIT_S = 10.0, 60.0
_LONGEST_URL = 8192
_PIECE_BYTES = 1 << 18


def local_file(url: object, folder: Path) -> Path:
    """The file behind a URL, fetched into `folder` where it has to be; StellarViewError where there is none."""
    if not isinstance(url, str) or not 0 < len(url) <= _LONGEST_URL:
        raise _cannot("The message names no file.", "Send it once more from the other program.")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _cannot(f"{one_line(url)} is no address.", "Send it once more from the other program.") from error
    if parts.scheme == "file":
        return _file_here(parts)
    if parts.scheme in ("http", "https"):
        return _fetched(url, folder)
    raise _cannot(
        f"It lies at {one_line(url)}; only file, http and https addresses are taken.",
        "Save it in the other program, then open the file here.",
    )


def one_line(text: object, most: int = 200) -> str:
    """What a stranger wrote, fit to be shown: one line, no control characters, not too long."""
    plain = printable(text) if isinstance(text, str) else ""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in plain).split())[:most]


def reason_of(error: BaseException) -> str:
    """What an error says, without its number."""
    inner = getattr(error, "reason", None)  # of a URLError
    if isinstance(inner, BaseException):
        return reason_of(inner)
    return one_line(str(getattr(error, "strerror", None) or inner or error)).rstrip(".") or type(error).__name__


def _file_here(parts: SplitResult) -> Path:
    """`file://localhost/...`, `file:///...` and Java's `file:/...` mean the same."""
    path = Path(request.url2pathname(parts.path))
    try:
        if parts.netloc.lower() in ("", "localhost", "127.0.0.1") and path.is_absolute() and path.is_file():
            return path
    except OSError:  # a name too long, a folder that may not be looked into
        pass
    why = f"There is no file {one_line(str(path))} on this computer that could be read."
    raise _cannot(why, "Send it once more from the other program.")


def _fetched(url: str, folder: Path) -> Path:
    try:
        content = _download(url)
        place = folder / f"{len([*folder.iterdir()]):03d}"  # two files may have one name
        place.mkdir()
    except HTTPError as error:
        error.close()
        raise _cannot_fetch(url, f"the server answers {error.code} {one_line(error.reason)}".rstrip()) from error
    except (OSError, HTTPException, ValueError) as error:
        raise _cannot_fetch(url, reason_of(error)) from error
    name = one_line(urlsplit(url).path.rpartition("/")[2], 60)
    kept = "".join(letter for letter in name if letter.isalnum() or letter in "._-").lstrip(".")
    write_atomically(place / (kept or "file"), content)
    return place / (kept or "file")


def _download(url: str) -> bytes:
    """All bytes, unless there are too many or they come too slowly."""
    content, end = bytearray(), time.monotonic() + LONGEST_WAIT_S
    asked = request.Request(url, headers={"User-Agent": "StellarView"})
    with _opener(url).open(asked, timeout=SILENCE_S) as answer:
        due = answer.headers.get("Content-Length", "")
        while piece := answer.read1(_PIECE_BYTES):
            content += piece
            if len(content) > LARGEST_BYTES:
                raise ValueError(f"it is larger than {LARGEST_BYTES >> 20} MB")
            if time.monotonic() > end:
                raise TimeoutError(f"it did not come within {LONGEST_WAIT_S:g} s")
    if due.isdecimal() and len(content) != int(due):
        raise ValueError(f"only {len(content):,} of {int(due):,} bytes came")
    return bytes(content)


def _opener(url: str) -> request.OpenerDirector:
    """http and https and nothing else, wherever the server sends us on to; no proxy knows this computer."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler({} if _is_loopback(urlsplit(url).hostname or "") else None),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPRedirectHandler(),
        request.HTTPErrorProcessor(),
        request.HTTPDefaultErrorHandler(),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _cannot_fetch(url: str, why: str) -> StellarViewError:
    return _cannot(
        f"{one_line(url)} could not be fetched: {why}.", "Save it in the other program, then open the file here."
    )


def _cannot(why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError("Cannot take what another program sent.", why, what_to_do)
