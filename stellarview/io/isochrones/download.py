"""Downloads the official package of isochrones: goes on where it was cut off, and is believed only when it is whole.

Proxies are those of the environment (`https_proxy`). MIST publishes no checksum. The one below is what others found in
September 2026; another one means that MIST has packed it anew, which is said and is no error, for the package's own
checksums (xz) and our readers still stand between it and the grid.
"""

from __future__ import annotations

import hashlib
import re
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError

from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import put_in_place, writable_target, write_atomically
from stellarview.io.isochrones.archive import XZ_MAGIC

PACKAGE_URL = "https://mist.science/data/tarballs_v1.2/MIST_v1.2_vvcrit0.4_basic_isos.txz"
KNOWN_SHA256 = "bb3f42743f75676fa8bf6ca63c4cb2723a0839b77204efebcae39fa4610a92c8"
_LARGEST_BYTES = 4 << 30
_PIECE_BYTES = 1 << 20
_TIMEOUT_S = 60.0
_MOST_ATTEMPTS, _PAUSE_S = 5, 2.0
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)$")


@dataclass(frozen=True)
class Downloaded:
    """A complete package."""

    path: Path
    sha256: str
    size_bytes: int


def fetch_package(
    folder: Path,
    url: str = PACKAGE_URL,
    sha256: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Downloaded:
    """The package in this folder. What an interrupted download left is continued; `sha256`, where given, must hold."""
    if not url.startswith(("https://", "http://")):
        raise StellarViewError(
            f"Cannot download {url}.", "It is no web address.", "Give one that begins with https://."
        )
    path = folder / (url.rstrip("/").rpartition("/")[2] or "package.txz")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            part = path.with_name(f".{path.name}.part")
            _download(url, part, progress)
            _mark(part).unlink(missing_ok=True)
            try:
                _check(part, sha256, url)
            except StellarViewError:
                part.unlink()  # complete and wrong: nothing to go on from
                raise
            put_in_place(part, writable_target(path, (XZ_MAGIC,)))
        return _check(path, sha256, url)
    except OSError as error:
        what_to_do = "Check the disk; set STELLARVIEW_ISOCHRONES to another folder."
        raise StellarViewError(f"Cannot write {path}.", f"The system says: {error.strerror}.", what_to_do) from error


def _download(url: str, part: Path, progress: Callable[[int, int], None]) -> None:
    """Ask for the rest until all is here; an attempt that brought something gives another one."""
    attempts = 0
    while True:
        before = _size(part)
        try:
            if _one_attempt(url, part, progress):
                return
            why = "the connection was closed too early"
        except HTTPError as error:
            if error.code == 416 and before:  # what lies here is longer than what there is: begin anew
                part.unlink()
            elif error.code < 500:
                raise _cannot(url, f"The server answers {error.code} {error.reason}.") from error
            why = f"the server answers {error.code}"
        except (URLError, HTTPException, ConnectionError, TimeoutError) as error:
            why = str(getattr(error, "reason", error) or type(error).__name__)
        attempts = 0 if _size(part) > before else attempts + 1
        if attempts >= _MOST_ATTEMPTS:
            raise _cannot(url, f"After {attempts} attempts without a byte: {why}.")
        time.sleep(_PAUSE_S * attempts)


def _one_attempt(url: str, part: Path, progress: Callable[[int, int], None]) -> bool:
    """True when the file is complete; the server's own account of its size decides."""
    have, mark = _size(part), _mark(part)
    headers = {"User-Agent": "StellarView"} | ({"Range": f"bytes={have}-"} if have else {})
    if have and _size(mark):  # the rest of another version, packed since, would make a file of two halves
        headers["If-Range"] = mark.read_text(encoding="latin-1")
    # An opener of our own: the shared one remembers the proxies of its first day.
    opener, request = urllib.request.build_opener(), urllib.request.Request(url, headers=headers)
    with opener.open(request, timeout=_TIMEOUT_S) as answer:
        start, total = _extent(answer)
        if start not in (0, have) or total > _LARGEST_BYTES:
            raise _cannot(url, f"The server offers {total:,} bytes from {start:,}: not what was asked for.")
        if start == 0:
            write_atomically(mark, _version(answer).encode("latin-1", "ignore"))
        with part.open("r+b" if part.exists() else "xb") as file:
            file.truncate(start)
            file.seek(start)
            while piece := answer.read(_PIECE_BYTES):
                if file.tell() + len(piece) > _LARGEST_BYTES:
                    raise _cannot(url, "It is far larger than the package of isochrones.")
                file.write(piece)
                progress(file.tell(), total)
            return file.tell() == total or total == 0


def _extent(answer: HTTPResponse) -> tuple[int, int]:
    """Where the answer begins, and how large the whole is (0 where the server does not tell)."""
    told = _RANGE.match(answer.headers.get("Content-Range", "")) if answer.status == 206 else None
    if told:
        return int(told[1]), int(told[2])
    return 0, int(answer.headers.get("Content-Length") or 0)


def _version(answer: HTTPResponse) -> str:
    """What tells this version of the file from others, where the server says; a weak tag does not."""
    tag = answer.headers.get("ETag", "")
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")


def _mark(part: Path) -> Path:
    return part.with_suffix(".mark")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _check(path: Path, sha256: str | None, url: str) -> Downloaded:
    """The checksum, and whether it begins like a package at all: a login page must not be kept as one."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        is_xz = file.read(len(XZ_MAGIC)) == XZ_MAGIC
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    found = digest.hexdigest()
    if not is_xz or (sha256 and sha256.lower() != found):
        page = "What came is no .txz package, perhaps a page of a proxy."
        raise _cannot(url, f"The sha256 of {path.name} is {found}, not the one that is due." if is_xz else page)
    return Downloaded(path, found, _size(path))


def _cannot(url: str, why: str) -> StellarViewError:
    return StellarViewError(
        f"Cannot download {url}.",
        why,
        "Try again: it goes on where it was cut off. Or get it elsewhere and use `stellarview isochrones import`.",
    )
