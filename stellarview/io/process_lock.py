"""A lock that ends with its process, however that ends: the system keeps it, and a number used again cannot fool it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import Self

_SECONDS_BETWEEN_TRIES = 0.1


class ProcessLock:
    """Held from `take` until `release` or the end of the process; the file itself says nothing."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path, self._descriptor = path, descriptor

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """The lock of this name, or None where a living process has it. OSError where no file can be made."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        is_ours = False
        try:
            _lock(descriptor)
            is_ours = os.path.samestat(os.fstat(descriptor), path.stat())
        except (BlockingIOError, PermissionError, FileNotFoundError):
            pass  # another's, or removed between opening and locking
        finally:
            if not is_ours:
                os.close(descriptor)
        return cls(path, descriptor) if is_ours else None

    @classmethod
    def wait(cls, path: Path, patience_s: float) -> Self | None:
        """The lock, tried for a while: who only asks whether somebody has it holds it for a moment."""
        end = time.monotonic() + patience_s
        while (lock := cls.take(path)) is None and time.monotonic() < end:
            time.sleep(_SECONDS_BETWEEN_TRIES)
        return lock

    def release(self) -> None:
        """Give it back and take its file away."""
        if sys.platform == "win32":  # no open file can be removed there
            os.close(self._descriptor)
        with contextlib.suppress(OSError):
            self._path.unlink()
        if sys.platform != "win32":
            os.close(self._descriptor)


def is_held(path: Path) -> bool:
    """True where a living process has the lock of this name. Asking disturbs nobody who asks too."""
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return False
    try:
        _look(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _look(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBRLCK, 1)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _look(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
