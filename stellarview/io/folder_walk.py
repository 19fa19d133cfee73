"""Walks through folders of any size: names come as the disk tells them, and links never lead in a circle."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from stellarview.io.names import SPECTRUM_ENDINGS

_NAMES_AT_ONCE = 2_000


def walk_spectra(folder: Path, refused: list[Path]) -> Iterator[Path]:
    """All files below a folder that end like spectra, hidden ones aside; folders that may not be read go to `refused`.

    Small folders come by name, of large ones each thousands.
    """
    waiting, seen = [folder], set[tuple[int, int]]()
    while waiting:
        here, deeper = waiting.pop(), list[Path]()
        try:
            facts = here.stat()
            if (facts.st_dev, facts.st_ino) in seen:  # a link to a folder above, or to one that another link led to
                continue
            seen.add((facts.st_dev, facts.st_ino))
            with os.scandir(here) as entries:
                while some := sorted(itertools.islice(entries, _NAMES_AT_ONCE), key=lambda entry: entry.name):
                    for entry in some:
                        if entry.name.startswith("."):
                            continue
                        if _is_folder(entry):
                            deeper.append(Path(entry.path))
                        elif entry.name.lower().endswith(SPECTRUM_ENDINGS):
                            yield Path(entry.path)
        except OSError:
            refused.append(here)
        waiting.extend(reversed(deeper))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
