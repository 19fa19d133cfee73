"""Finds isochrone files wherever a user points: at files, folders of them, or the official package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.io.file_bytes import read_file_bytes
from stellarview.io.isochrones.archive import XZ_MAGIC, archived_isochrones
from stellarview.io.names import display_name

_ENDINGS = (".iso", ".iso.gz", ".iso.cmd", ".iso.cmd.gz", ".txz", ".tar.xz")
_LARGEST_FILE_BYTES = 512 << 20


@dataclass(frozen=True, eq=False)
class SourceFile:
    """One isochrone file's content, where it came from, and how far into all that was given it lies (0 to 1)."""

    path: Path
    data: bytes


def isochrone_files(given: Sequence[Path]) -> Iterator[SourceFile]:
    """Every isochrone file among these; one that is named is taken whatever it is called, in folders endings decide."""
    for path in given:
        found = sorted(e for e in path.rglob("*") if e.name.endswith(_ENDINGS)) if path.is_dir() else [path]
        if not found:
            raise StellarViewError(
                f"There is nothing to import in {display_name(path)}.",
                f"No file in it ends in {', '.join(_ENDINGS)}.",
                "Give isochrones of MIST, or their package.",
            )
        for file in found:
            yield from _content(file)


def _content(path: Path) -> Iterator[SourceFile]:
    if _begins_with_xz(path):
        for name, data in archived_isochrones(path):
            yield SourceFile(path / name, data)
    else:
        yield SourceFile(path, read_file_bytes(path, _LARGEST_FILE_BYTES).data)


def _begins_with_xz(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(XZ_MAGIC)) == XZ_MAGIC
    except OSError:
        return False  # the reader of files says why it cannot be read
