"""Finds the spectra of a session again after somebody moved them: by name, and by checksum where that is known."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from stellarview.io.file_bytes import SPECTRUM_LIMIT_BYTES
from stellarview.session.session import StarEntry

_MOST_FOLDERS, _MOST_FILES, _DEEPEST = 2_000, 100_000, 6


class Search:
    """One search for the files of one session. Folders are walked only once something is missing."""

    def __init__(self, folder: Path, stars: Sequence[StarEntry]) -> None:
        self._folder = folder
        self._stars = stars
        self._answers: dict[tuple[str, str], str | None] = {}
        self.missing: list[str] = []

    def found(self, star: StarEntry) -> StarEntry:
        """The star with the path where its file is; where it is nowhere, its key goes to `missing`."""
        # The checksum of a row of a set is not that of the file.
        question = (star.path, "" if star.row >= 0 else star.sha256)
        if question not in self._answers:
            self._answers[question] = star.path if _is_file(star.path) else self._elsewhere(*question)
        answer = self._answers[question]
        if answer is None:
            self.missing.append(star.key)
            return star
        return star if answer == star.path else replace(star, path=answer)

    def _elsewhere(self, path: str, sha256: str) -> str | None:
        """A file of that name: with that checksum, or, where none is known, the only one of the name."""
        name = re.split(r"[/\\]", path)[-1]
        beside = [os.path.join(folder, name) for folder in self._folders_of_others]  # noqa: PTH118 (texts, many)
        candidates = [*self._below.get(name, ()), *(other for other in beside if _is_file(other))]
        if sha256:
            return next((other for other in candidates if _sha256(other) == sha256), None)
        return candidates[0] if len(set(candidates)) == 1 else None

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """Name -> paths of the files in the folder and below it."""
        found: dict[str, list[str]] = {}
        for path in _walk(self._folder):
            found.setdefault(path.name, []).append(path.path)
        return found

    @cached_property
    def _folders_of_others(self) -> list[str]:
        return list(dict.fromkeys(str(Path(star.path).parent) for star in self._stars if _is_file(star.path)))


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Nearest first, within bounds: a session may lie at the top of an archive."""
    waiting, files = [(str(folder), 0)], 0
    for place, (name, depth) in enumerate(waiting):
        if place >= _MOST_FOLDERS:
            return
        try:
            with os.scandir(name) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    if entry.is_file():
                        files += 1
                        yield entry
                    elif depth < _DEEPEST and not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    if files >= _MOST_FILES:
                        return
        except OSError:
            continue  # a folder that may not be read holds nothing for us


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def _sha256(path: str) -> str:
    """The checksum, '' of what is too large to be a spectrum or cannot be read."""
    try:
        with Path(path).open("rb") as file:
            if os.fstat(file.fileno()).st_size > SPECTRUM_LIMIT_BYTES:
                return ""
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
