"""Reads an official `.txz` package from beginning to end without ever unpacking it onto the disk.

A member's name decides nothing but whether it is looked at, so no path can lead outside; names that try to, links and
devices still mean that this is not the official package, and end the reading.
"""

from __future__ import annotations

import lzma
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name, printable

XZ_MAGIC = b"\xfd7zXZ\x00"
_MOST_MEMBERS = 5_000
_LARGEST_MEMBER_BYTES = 512 << 20
# Tables of numbers shrink four to eight times; a bomb shrinks seven thousand times.
_LARGEST_EXPANSION, _SMALL_BYTES, _LARGEST_BYTES = 50, 64 << 20, 16 << 30
_LARGEST_DICTIONARY_BYTES = 256 << 20
_PIECE_BYTES = 1 << 20
_ENDINGS = (".iso", ".iso.cmd")


def archived_isochrones(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of every isochrone file in a package, one after the other."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            limit = min(_LARGEST_BYTES, max(_SMALL_BYTES, _LARGEST_EXPANSION * size))
            with tarfile.open(fileobj=_Inflated(file, limit, path), mode="r|") as archive:  # type: ignore[call-overload]
                yield from _members(archive, path)
    except (tarfile.TarError, lzma.LZMAError, EOFError, OverflowError, ValueError) as error:
        raise refused_archive(path, f"It is damaged or cut short ({error}).", "Download it again.") from error
    except OSError as error:
        raise refused_archive(path, f"The system says: {error.strerror or error}.", "Check the disk.") from error


def _members(archive: tarfile.TarFile, path: Path) -> Iterator[tuple[str, bytes]]:
    for count, member in enumerate(archive):
        _check_member(member, count, path)
        content = archive.extractfile(member) if member.isreg() and member.name.endswith(_ENDINGS) else None
        # macOS adds files of its own, whose names begin with a dot.
        if content is not None and not PurePosixPath(member.name).name.startswith("."):
            yield member.name, content.read()


def _check_member(member: tarfile.TarInfo, count: int, path: Path) -> None:
    name, parts = printable(member.name), PurePosixPath(member.name.replace("\\", "/")).parts
    if member.name.startswith(("/", "\\")) or ".." in parts or (parts and parts[0].endswith(":")):
        raise refused_archive(path, f"Its member {name} would lie outside of its folder.", _NOT_OFFICIAL)
    if not (member.isreg() or member.isdir()):
        raise refused_archive(path, f"Its member {name} is a link or a device.", _NOT_OFFICIAL)
    if member.size > _LARGEST_MEMBER_BYTES or member.issparse():
        raise refused_archive(path, f"Its member {name} is larger than any isochrone file.", _NOT_OFFICIAL)
    if count >= _MOST_MEMBERS:
        raise refused_archive(path, f"It has more than {_MOST_MEMBERS:,} members.", _NOT_OFFICIAL)


_NOT_OFFICIAL = "This is not an official package of MIST: download that one with `stellarview isochrones fetch`."


class _Inflated:
    """The content of an .xz file, read forwards, with bounds on its size and on the memory that it asks for."""

    def __init__(self, file: IO[bytes], limit_bytes: int, path: Path) -> None:
        self._file, self._left, self._path = file, limit_bytes, path
        self._inflater = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_LARGEST_DICTIONARY_BYTES)

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        while not self._inflater.eof:
            fed = self._file.read(_PIECE_BYTES) if self._inflater.needs_input else b""
            if self._inflater.needs_input and not fed:
                raise EOFError("its compressed data ends too early")
            part = self._inflater.decompress(fed, size)
            self._left -= len(part)
            if self._left < 0:
                raise refused_archive(
                    self._path, "It unpacks to far more than any package of isochrones.", _NOT_OFFICIAL
                )
            if part:
                return part
        return b""


def refused_archive(path: Path, why: str, what_to_do: str) -> StellarViewError:
    """The error for a package that is not read on."""
    return StellarViewError(f"The package {display_name(path)} is refused.", why, what_to_do)
