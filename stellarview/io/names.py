"""File names for people: what a message may say of a path, whatever bytes the path is made of."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def display_name(path: Path) -> str:
    """The last part of a path, printable everywhere; `.` and `..` are called by the folder that they mean."""
    name = path.name
    if name in ("", ".", ".."):
        name = str(path)
        with contextlib.suppress(OSError, RuntimeError):
            name = str(path.resolve())
    return printable(name)


def printable(text: str) -> str:
    """Names that are no UTF-8 reach Python as lone surrogates, which no terminal and no file takes."""
    return text.encode("utf-8", "replace").decode()


def full_path(path: Path | str) -> Path:
    """From the root, without `.` and `..`, links not followed: as a user would say where a file is."""
    return Path(os.path.normpath(Path(path).absolute()))
