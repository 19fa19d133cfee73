"""Writes files so that a crash or a full disk never costs what was there before."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name


def writable_target(path: Path, magic: tuple[bytes, ...] = ()) -> Path:
    """Where a file of this name is to be written: links are followed, so that they stay links.

    Only a regular file is ever replaced, and with `magic` only one that is empty or begins with one of these bytes.
    """
    try:
        target = path.resolve()
        if target.is_dir():
            raise _cannot_write(path, "There is a folder of this name.", "Choose another name.")
        if target.exists() and not target.is_file():
            raise _cannot_write(path, "It is a device or a pipe, not a file.", "Choose another name.")
        start = _start_of(target, max(map(len, magic), default=0))
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle, up to Python 3.12
        why = f"The system says: {getattr(error, 'strerror', None) or error}."
        raise _cannot_write(path, why, "Choose another name or folder.") from error
    if start and not start.startswith(magic):
        raise _cannot_write(
            path, "There is a file of another kind of this name.", "Choose another name, or remove that file."
        )
    return target


def write_atomically(path: Path, content: bytes, magic: tuple[bytes, ...] = ()) -> None:
    """Write a temporary file beside the target, force it to the disk, then put it in the target's place."""
    target = writable_target(path, magic)
    temporary: Path | None = None
    try:
        # A short name: a long one with something added might be too long for the file system.
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".part", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise _cannot_write(path, f"The system says: {error.strerror or error}.", "Choose another folder.") from error


def put_in_place(temporary: Path, target: Path) -> None:
    """Give a file that was written beside its target the target's name, once the disk has all of it."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(target)


def _start_of(target: Path, count: int) -> bytes:
    if not count or not target.exists():
        return b""
    with target.open("rb") as file:
        return file.read(count)


def _cannot_write(path: Path, why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError(f"Cannot write {display_name(path)}.", why, what_to_do)


def _umask() -> int:
    """The user's mask for new files; temporary files are private until they have it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
