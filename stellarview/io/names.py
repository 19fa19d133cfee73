"""File names: how people see them, whatever bytes they are made of, and what of them says which spectrum it is."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

SPECTRUM_ENDINGS = (".fits", ".fits.gz", ".fit", ".fit.gz", ".h5", ".hdf5")


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


def file_key(name: str) -> str:
    """A file name without folder and without `.fits` and `.gz`, as tables give it with or without them."""
    last = re.split(r"[/\\]", name.strip())[-1]
    return re.sub(r"(\.(fits?|fts|gz))+$", "", last, flags=re.IGNORECASE)
