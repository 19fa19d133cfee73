"""Reads a stranger's file into memory, whole and bounded: gzip by content, to its end, checksum verified."""

from __future__ import annotations

import hashlib
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name

GZIP_MAGIC = b"\x1f\x8b"
SPECTRUM_LIMIT_BYTES = 64 << 20
# Spectra shrink 1.5 to 3 times, masks and headers of zeros more; a gzip bomb shrinks a thousand times.
_LARGEST_EXPANSION = 50
_SMALL_BYTES = 4 << 20
# Block-wise gzip (bgzip) makes a member of 64 kB; hundreds of thousands of empty ones would only cost time.
_MOST_MEMBERS = 10_000
_PIECE_BEYOND_BYTES = 64 << 10
_FIRST_PIECE_BYTES, _LARGEST_PIECE_BYTES = 4 << 10, 1 << 20
_BEYOND = "Check that it is what you think it is; large collections belong in an HDF5 spectrum set."


@dataclass(frozen=True, eq=False)
class FileBytes:
    """A file's content after decompression, and the checksum of what lies on the disk."""

    path: Path
    data: bytes
    sha256: str


def read_file_bytes(path: Path, limit_bytes: int = SPECTRUM_LIMIT_BYTES) -> FileBytes:
    """The whole file, decompressed if its content is gzip, or a StellarViewError."""
    path = Path(path)
    return unpack_bytes(path, _read_raw(path, limit_bytes), limit_bytes)


def head_of_file(path: Path, count: int) -> bytes:
    """The first bytes of a regular file, unpacked, to tell what it may be; nothing of what cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            head = file.read(count)
        return zlib.decompressobj(wbits=31).decompress(head, count) if head.startswith(GZIP_MAGIC) else head
    except (OSError, ValueError, zlib.error):
        return b""


def unpack_bytes(path: Path, raw: bytes, limit_bytes: int = SPECTRUM_LIMIT_BYTES) -> FileBytes:
    """What `read_file_bytes` makes of a file with this content."""
    data = _gunzip(path, raw, limit_bytes) if raw.startswith(GZIP_MAGIC) else raw
    return FileBytes(path, data, hashlib.sha256(raw).hexdigest())


def _read_raw(path: Path, limit_bytes: int) -> bytes:
    try:
        if path.is_dir():
            raise _cannot_read(path, "It is a folder.", "Give the files in it, or open the folder in the program.")
        if path.exists() and not path.is_file():
            raise _cannot_read(path, "It is a device or a pipe, not a file.", "Give a file.")
        raw = _read_bounded(path, limit_bytes)
    except FileNotFoundError as error:
        raise _cannot_read(path, "There is no such file.", "Check the path and its spelling.") from error
    except PermissionError as error:
        raise _cannot_read(
            path, "You have no permission to read it.", "Ask its owner, or change its mode (chmod u+r)."
        ) from error
    except (OSError, ValueError) as error:
        why = f"The system says: {getattr(error, 'strerror', None) or error}."
        raise _cannot_read(path, why, "Check the disk and the path.") from error
    if not raw:
        raise _cannot_read(path, "It is empty (0 bytes).", "Download it again: the transfer was cut off.")
    return raw


def _read_bounded(path: Path, limit_bytes: int) -> bytes:
    """The size that the system tells saves memory, but is not believed: files in /proc have none and hold something."""
    with path.open("rb") as file:
        told = os.fstat(file.fileno()).st_size
        parts: list[bytes] = []
        size = 0
        while size <= limit_bytes and told <= limit_bytes:
            part = file.read(_PIECE_BEYOND_BYTES if parts else told + 1)
            if not part:
                return parts[0] if len(parts) == 1 else b"".join(parts)
            parts.append(part)
            size += len(part)
    raise _cannot_read(
        path,
        f"It holds {'more than ' if told <= limit_bytes else ''}{_megabytes(max(told, limit_bytes))}, far beyond any "
        "file of this kind.",
        _BEYOND,
    )


def _gunzip(path: Path, raw: bytes, limit_bytes: int) -> bytes:
    """Every member of a gzip file; zlib checks each one's CRC and length at its end."""
    limit = min(limit_bytes, max(_SMALL_BYTES, _LARGEST_EXPANSION * len(raw)))
    parts: list[bytes] = []
    view, place, room = memoryview(raw), 0, limit + 1
    for _ in range(_MOST_MEMBERS):
        try:
            member, place = _member(view, place, room)
        except zlib.error as error:
            raise _cannot_read(path, f"Its gzip data is damaged ({error}).", "Download it again.") from error
        except EOFError as error:
            raise _cannot_read(
                path, "Its gzip data ends too early.", "Download it again: the transfer was cut off."
            ) from error
        except OverflowError as error:
            why = f"It unpacks to more than {_megabytes(limit)}, {limit / len(raw):,.0f} times its size"
            raise _cannot_read(path, f"{why}: far beyond any file of this kind.", _BEYOND) from error
        parts.append(member)
        room -= len(member)
        if not raw.startswith(GZIP_MAGIC, place):
            return parts[0] if len(parts) == 1 else b"".join(parts)
    raise _cannot_read(path, f"It consists of more than {_MOST_MEMBERS:,} gzip files, one after the other.", _BEYOND)


def _member(view: memoryview, start: int, room: int) -> tuple[bytes, int]:
    """One member's content and where the next begins, fed in growing pieces: zlib copies what it does not use."""
    inflater, parts, piece = zlib.decompressobj(wbits=31), [], _FIRST_PIECE_BYTES
    while not inflater.eof:
        if start >= len(view):
            raise EOFError
        fed = view[start : start + piece]
        parts.append(inflater.decompress(fed, room))
        room -= len(parts[-1])
        if room <= 0:
            raise OverflowError
        start += len(fed) - len(inflater.unused_data)
        piece = min(2 * piece, _LARGEST_PIECE_BYTES)
    return parts[0] if len(parts) == 1 else b"".join(parts), start


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:,.1f}".removesuffix(".0") + " MB"


def _cannot_read(path: Path, why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError(f"Cannot read {display_name(path)}.", why, what_to_do)
