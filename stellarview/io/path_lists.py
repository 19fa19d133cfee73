"""The paths that people mean: as addresses of files, with percent signs for blanks, one a line in a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from stellarview.io.file_bytes import head_of_file, read_file_bytes
from stellarview.io.names import SPECTRUM_ENDINGS, full_path
from stellarview.io.tables.columns import KEY_NAMES, plain_name
from stellarview.io.tables.formats import text_of

_HEAD_BYTES = 64 << 10
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def it_is(ask: Callable[[Path], bool], path: Path) -> bool:
    """What the system answers; False of a name that is too long for it."""
    try:
        return ask(path)
    except OSError:
        return False


def path_meant(given: Path | str, folder: Path | None = None) -> Path | None:
    """The full path that is meant, in `folder` where it is not full; None for an address of another machine."""
    text = str(given).replace("\0", "\ufffd")
    if text.lower().startswith("file:"):
        text = url2pathname(urlsplit(text).path)
    elif _ADDRESS.match(text):
        return None
    path = full_path((folder or Path()) / text)
    if "%" in text and not it_is(Path.exists, path):
        decoded = full_path((folder or Path()) / unquote(text))
        return decoded if it_is(Path.exists, decoded) else path
    return path


def listed_paths(path: Path) -> list[str]:
    """The lines of a text that lists paths; none of any other file."""
    first = next(iter(_entries(head_of_file(path, _HEAD_BYTES))), "")
    if not _is_header(first) and not _is_path(first, path.parent):
        return []
    lines = _entries(read_file_bytes(path).data)
    return lines[1:] if _is_header(first) else lines


def _entries(data: bytes) -> list[str]:
    lines = (line.strip(" \t\r,;\"'") for line in text_of(data).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _is_header(line: str) -> bool:
    return plain_name(line) in KEY_NAMES["file"]


def _is_path(line: str, folder: Path) -> bool:
    if line.lower().endswith(SPECTRUM_ENDINGS) or line.lower().startswith("file:"):
        return not re.search(r"[,;\t]", line)
    meant = path_meant(line, folder)
    return bool(line) and meant is not None and it_is(Path.exists, meant)
