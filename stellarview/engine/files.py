"""Jobs that read and write what the user has: dropped files, sessions, preferences."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stellarview.domain.measured_line import MEASURED_COLUMNS
from stellarview.engine.pipe import Progress
from stellarview.intake import take_in
from stellarview.io.results import write_results
from stellarview.session.arrivals import NewStars
from stellarview.session.autosave import Autosave, Leftover
from stellarview.session.session import Session
from stellarview.session.settings import Settings, save_settings
from stellarview.session.store import Loaded, find_files, load_session, save_session

# So long a window that closes may look through a folder that was just dropped.
_LOOK_FOR_S = 5.0


def look_through(progress: Progress, paths: Sequence[str]) -> None:
    """Give what was dropped, piece by piece."""
    for piece in take_in(paths):
        progress.give(piece)


def load(progress: Progress, path: str) -> Loaded:
    """The session of a file."""
    return load_session(path)


def find_moved(progress: Progress, session: Session, folders: Sequence[str]) -> Loaded:
    """The session with its lost files looked for in these folders, one after the other."""
    loaded = Loaded(session)
    for folder in folders:
        loaded = find_files(loaded.session, Path(folder))
    return loaded


def save(progress: Progress, session: Session, path: str) -> Session:
    """Write the session; returns it, so that the window knows what is safe."""
    save_session(session, path)
    return session


def save_lines(progress: Progress, path: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write measured lines as a table, in the format that the name ends with."""
    write_results(Path(path), rows, MEASURED_COLUMNS)


def save_aside(progress: Progress, autosave: Autosave, session: Session) -> None:
    """Against crashes."""
    autosave.save(session)


def close_aside(
    progress: Progress, autosave: Autosave, session: Session, dropped: Sequence[str], is_unsaved: bool
) -> None:
    """The farewell of a window that was closed before it had looked through what was dropped on it."""
    until, whole = time.monotonic() + _LOOK_FOR_S, session
    for piece in take_in(dropped):
        if isinstance(piece, NewStars):
            whole = whole.with_stars(piece.entries)
        if time.monotonic() > until:
            break
    if is_unsaved or whole.stars != session.stars:
        autosave.save(whole)
    else:
        autosave.end()


def leave_aside(progress: Progress, autosave: Autosave, session: Session) -> Leftover:
    """What gives way to another session."""
    return autosave.leave(session)


def recover(progress: Progress, autosave: Autosave, leftover: Leftover) -> Loaded:
    """What a crashed window left."""
    return autosave.recover(leftover)


def leftovers(progress: Progress, autosave: Autosave) -> tuple[Leftover, ...]:
    """What crashed windows left."""
    return autosave.leftovers()


def store_settings(progress: Progress, settings: Settings) -> None:
    """Keep what the user prefers."""
    save_settings(settings)
