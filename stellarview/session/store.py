"""Sessions as files: JSON that travels with its spectra, believed only after every value was checked."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath
from typing import Any

from stellarview import __version__
from stellarview.domain.errors import StellarViewError
from stellarview.domain.typed_json import dataclass_from, json_facts
from stellarview.io.atomic import write_atomically
from stellarview.io.file_bytes import read_file_bytes
from stellarview.io.names import display_name, full_path
from stellarview.session.lost_files import Search
from stellarview.session.session import Session, StarEntry

ENDING = ".stellarview"
VERSION = 1
_VERSION_KEY = "stellarview_session"
MAGIC = b'{"%s":' % _VERSION_KEY.encode()
_LIMIT_BYTES = 64 << 20

# What wrong facts raise, in JSON, in the types of fields and in what fields check themselves.
_DAMAGE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError, StellarViewError)

Facts = dict[str, Any]

# Version -> what turns a session of that version into one of the next.
MIGRATIONS: Mapping[int, Callable[[Facts], Facts]] = {}


@dataclass(frozen=True)
class Loaded:
    """A session, and the keys of the stars whose files are nowhere: they keep the path that they had."""

    session: Session
    missing: tuple[str, ...] = ()


def save_session(session: Session, path: Path | str) -> None:
    """Write a session. Files beside and below it are named from there, so that the folder can be moved as a whole."""
    folder = full_path(path).parent
    _write(replace(session, stars=tuple(_placed(star, folder) for star in session.stars)), Path(path))


def save_in_place(session: Session, path: Path) -> None:
    """Write a session with all paths as they are: for a file that lies far from its spectra."""
    _write(session, path)


def load_session(path: Path | str) -> Loaded:
    """Read a session and find its files, also those that moved; a damaged file ends in a StellarViewError."""
    path = full_path(path)
    session = _read(path)
    stars = tuple(replace(star, path=_full_path(star.path, path.parent)) for star in session.stars)
    return find_files(replace(session, stars=stars), path.parent)


def find_files(session: Session, folder: Path) -> Loaded:
    """The session with its lost files looked for in `folder`, below it, and where other stars of it are."""
    search = Search(folder, session.stars)
    stars = tuple(search.found(star) for star in session.stars)
    return Loaded(replace(session, stars=stars), tuple(search.missing))


def is_session(path: Path) -> bool:
    """True where the file calls itself a session, by its name or by how it begins."""
    if path.suffix.lower() == ENDING:
        return True
    try:
        if not path.is_file():  # a pipe would wait for ever
            return False
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


def migrated(
    facts: Facts,
    version: int,
    migrations: Mapping[int, Callable[[Facts], Facts]] = MIGRATIONS,
    newest: int = VERSION,
) -> Facts:
    """Facts of an older version as those of the newest, step by step."""
    for step in range(version, newest):
        facts = migrations[step](facts)
    return facts


def _write(session: Session, path: Path) -> None:
    try:
        facts = {_VERSION_KEY: VERSION, "saved_by": f"StellarView {__version__}", "session": json_facts(session)}
        # Escaped to ASCII: names of files need not be UTF-8, and come back as they were.
        content = json.dumps(facts, allow_nan=False, separators=(",", ": ")).encode("ascii")
    except ValueError as error:
        raise _cannot_save(path, f"A value in it is no number ({error}).", "Remove the star that has it.") from error
    if len(content) > _LIMIT_BYTES:
        why = f"Its {len(session.stars):,} stars take more than {_LIMIT_BYTES >> 20} MB."
        raise _cannot_save(path, why, "Keep that many spectra in an HDF5 set, or split the session.")
    write_atomically(path, content, (MAGIC,))


def _placed(star: StarEntry, folder: Path) -> StarEntry:
    full = full_path(star.path)
    return replace(star, path=full.relative_to(folder).as_posix() if full.is_relative_to(folder) else str(full))


def _full_path(stored: str, folder: Path) -> str:
    """A path of another system stays as it is: its file is looked for by its name."""
    is_full = Path(stored).is_absolute() or PureWindowsPath(stored).is_absolute()
    return stored if is_full else str(full_path(folder / stored))


def _read(path: Path) -> Session:
    data = read_file_bytes(path, _LIMIT_BYTES).data
    try:
        told = json.loads(data.decode("utf-8"), parse_constant=_finite, parse_float=_finite)
        version = told[_VERSION_KEY]
        if type(version) is not int or version < 1:
            raise ValueError(f"its version is {version!r}")
        if version <= VERSION:
            return _checked(dataclass_from(Session, migrated(told["session"], version), "session"))
    except _DAMAGE as error:
        why = f"It is damaged, or no session at all: {' '.join(str(error).split())[:200]}."
        raise _cannot_open(path, why, "Open an older copy of it, or begin a new session.") from error
    why = f"It was saved by a newer StellarView (version {version} of the file; this one knows {VERSION})."
    raise _cannot_open(path, why, "Update StellarView.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _checked(session: Session) -> Session:
    """What types do not tell. Names of stars that are not there are harmless, and dropped."""
    keys = [star.key for star in session.stars]
    known = set(keys)
    if len(known) < len(keys) or "" in known:
        raise ValueError("two stars have the same key, or one has none")
    for star in session.stars:
        if not star.path or "\0" in star.path or star.row < -1 or len(star.rv_km_s) > 1:
            raise ValueError(f"the star {star.key} names no spectrum")
    return replace(
        session,
        next_key=max(session.next_key, 1, *(int(key) + 1 for key in keys if key.isdecimal())),
        current=session.current if session.current in known else (keys[0] if keys else ""),
        selected=tuple(key for key in session.selected if key in known),
        ghost=session.ghost if session.ghost in known else "",
    )


def _cannot_save(path: Path, why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError(f"Cannot save the session {display_name(path)}.", why, what_to_do)


def _cannot_open(path: Path, why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError(f"Cannot open the session {display_name(path)}.", why, what_to_do)
