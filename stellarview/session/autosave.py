"""What a crash shall not cost: each window saves its session on the side, and the next start offers what was left."""

from __future__ import annotations

import contextlib
import itertools
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.io.process_lock import ProcessLock
from stellarview.io.user_folders import state_folder
from stellarview.session.session import Session
from stellarview.session.store import ENDING, Loaded, load_session, save_in_place

_START, _LOCK = "autosave-", ".lock"
_MOST_WINDOWS = 100


@dataclass(frozen=True)
class Leftover:
    """A session whose window ended without a farewell, and when it was saved last."""

    path: Path
    saved_at: datetime


class Autosave:
    """One window's own file, `autosave-PID.stellarview`, held by a lock that the system ends with the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_folder()
        self._saved: Session | None = None
        self._own: tuple[Path, ProcessLock] | None = None

    def save(self, session: Session) -> None:
        """Write the session, if it is another than the last."""
        if session is self._saved:
            return
        if self._own is None:
            self._own = self._claim()
        save_in_place(session, self._own[0])
        self._saved = session

    def leave(self, session: Session) -> Leftover:
        """Keep the session as if this window had crashed, and begin another file."""
        self.save(session)
        assert self._own is not None
        path, lock = self._own
        lock.release()
        self._own = self._saved = None
        return Leftover(path, datetime.now(UTC))

    def end(self) -> None:
        """A clean farewell: nothing is left."""
        if self._own is not None:
            path, lock = self._own
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            lock.release()
            self._own = self._saved = None

    def leftovers(self) -> tuple[Leftover, ...]:
        """Sessions that nobody holds any more, newest first."""
        found = []
        for path in self._folder.glob(f"{_START}*{ENDING}"):
            with contextlib.suppress(OSError):
                lock = ProcessLock.take(path.with_suffix(_LOCK))
                if lock is not None:
                    lock.release()
                    found.append(Leftover(path, datetime.fromtimestamp(path.stat().st_mtime, UTC)))
        return tuple(sorted(found, key=lambda leftover: leftover.saved_at, reverse=True))

    def recover(self, leftover: Leftover) -> Loaded:
        """The session that was left; its file goes once this window has saved it as its own."""
        loaded = load_session(leftover.path)
        self.save(loaded.session)
        self.discard(leftover)
        return loaded

    def discard(self, leftover: Leftover) -> None:
        """Forget what was left."""
        with contextlib.suppress(OSError):
            leftover.path.unlink(missing_ok=True)

    def _claim(self) -> tuple[Path, ProcessLock]:
        """A name that no window has, living or dead: process numbers are used again."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for count in itertools.islice(itertools.count(), _MOST_WINDOWS):
                path = self._folder / f"{_START}{os.getpid()}{f'-{count}' if count else ''}{ENDING}"
                lock = None if path.exists() else ProcessLock.take(path.with_suffix(_LOCK))
                if lock is not None:
                    return path, lock
            why = f"{_MOST_WINDOWS} sessions that were not closed lie there."
        except OSError as error:
            why = f"The system says: {error.strerror or error}."
        raise StellarViewError(
            f"Cannot save sessions on the side in {self._folder}.", why, "Save the session yourself, and often."
        )
