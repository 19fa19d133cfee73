"""Reads a stranger's file into memory, whole and bounded: gzip by content, to its end, checksum verified."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

from stellarview.domain.errors import StellarViewError

GZIP_MAGIC = b"\x1f\x8b"
SPECTRUM_LIMIT_BYTES = 64 << 20
# Spectra shrink 1.5 to 3 times, masks and headers of zeros more; a gzip bomb shrinks a thousand times.
_LARGEST_EXPANSION = 50
_SMALL_BYTES = 4 << 20


@dataclass(frozen=True, eq=False)
class FileBytes:
    """A file's content after decompression, and the checksum of what lies on the disk."""

    path: Path
    data: bytes
    sha256: str


def read_file_bytes(path: Path, limit_bytes: int = SPECTRUM_LIMIT_BYTES) -> FileBytes:
    """The whole file, decompressed if its content is gzip, or a StellarViewError."""
    path = Path(path)
    raw = _read_raw(path, limit_bytes)
    data = _gunzip(path, raw, limit_bytes) if raw.startswith(GZIP_MAGIC) else raw
    return FileBytes(path, data, hashlib.sha256(raw).hexdigest())


def _read_raw(path: Path, limit_bytes: int) -> bytes:
    try:
        if path.is_dir():
            raise _cannot_read(path, "It is a folder.", "Give the files in it, or open the folder in the program.")
        if path.exists() and not path.is_file():
            raise _cannot_read(path, "It is a device or a pipe, not a file.", "Give a file.")
        size = path.stat().st_size
        if size > limit_bytes:
            raise _too_large(path, size, limit_bytes)
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise _cannot_read(path, "There is no such file.", "Check the path and its spelling.") from error
    except PermissionError as error:
        raise _cannot_read(
            path, "You have no permission to read it.", "Ask its owner, or change its mode (chmod u+r)."
        ) from error
    except (OSError, ValueError) as error:
        raise _cannot_read(path, f"The system says: {error}.", "Check the disk and the path.") from error
    if not raw:
        raise _cannot_read(path, "It is empty (0 bytes).", "Download it again: the transfer was cut off.")
    return raw


def _gunzip(path: Path, raw: bytes, limit_bytes: int) -> bytes:
    """Every member of a gzip file; zlib checks each one's CRC and length at its end."""
    limit = min(limit_bytes, max(_SMALL_BYTES, _LARGEST_EXPANSION * len(raw)))
    parts: list[bytes] = []
    rest, size = raw, 0
    while rest.startswith(GZIP_MAGIC):
        inflater = zlib.decompressobj(wbits=31)
        try:
            parts.append(inflater.decompress(rest, limit - size + 1))
        except zlib.error as error:
            raise _cannot_read(path, f"Its gzip data is damaged ({error}).", "Download it again.") from error
        size += len(parts[-1])
        if size > limit:
            raise _too_large(path, size, limit)
        if not inflater.eof:
            raise _cannot_read(path, "Its gzip data ends too early.", "Download it again: the transfer was cut off.")
        rest = inflater.unused_data
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(path: Path, size: int, limit: int) -> StellarViewError:
    return _cannot_read(
        path,
        f"It holds more than {limit >> 20} MB ({size >> 20} MB or more), far beyond any file of this kind.",
        "Check that it is what you think it is; large collections belong in an HDF5 spectrum set.",
    )


def _cannot_read(path: Path, why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError(f"Cannot read {path.name or path}.", why, what_to_do)
