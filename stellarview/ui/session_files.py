"""The session as a file: opened, saved, saved on the side against crashes; and whatever is dropped on the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from stellarview.domain.errors import StellarViewError
from stellarview.engine.jobs import files
from stellarview.session.arrivals import Intake, NewLabels, NewStars, Notice, OpenSession, match_labels, star_names
from stellarview.session.autosave import Autosave, Leftover
from stellarview.session.session import Session
from stellarview.session.store import Loaded
from stellarview.ui.desk import Desk

# Long enough that a slider is saved once, short enough that nobody misses what a crash took.
_ASIDE_AFTER_MS = 800


class SessionFiles(QObject):
    """Where the session lies on the disk, and what of it is not there yet."""

    renamed = Signal()

    def __init__(self, desk: Desk, autosave: Autosave, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._autosave = autosave
        self.session_path = ""
        self.leftover: Leftover | None = None
        self._saved = desk.workspace.session
        self._first_stars = self._saved.stars
        self._missing: tuple[str, ...] = ()
        self._intakes = 0
        self._looked_through: dict[str, Sequence[str]] = {}
        self._aside = QTimer(self, singleShot=True, interval=_ASIDE_AFTER_MS)
        self._aside.timeout.connect(self._save_aside)
        desk.workspace.changed.connect(self._changed)

    @property
    def title(self) -> str:
        """The file's name; with a dot where something is not in it."""
        name = Path(self.session_path).stem if self.session_path else "New session"
        return f"{name} •" if self.is_unsaved else name

    @property
    def is_unsaved(self) -> bool:
        """True where the file lacks something that is worth keeping: looking around alone is not."""
        return bool(_worth_keeping(self._desk.workspace.session) != _worth_keeping(self._saved))

    @property
    def last_folder(self) -> str:
        """Where the last file came from."""
        recent = self._desk.preferences.settings.recent_files
        return str(Path(recent[0]).parent) if recent else str(Path.home())

    def take_in(self, given: Sequence[Path | str]) -> None:
        """Files, folders, lists, tables, a session: rows appear while the rest is still being looked through."""
        paths = [str(path) if "://" in str(path) else str(Path(path).absolute()) for path in given]
        if not paths:
            return
        self._desk.preferences.remember_file(paths[0])
        folders = [path for path in paths if self._missing and Path(path).is_dir()]
        if folders:
            self._desk.tasks.run(
                "find moved files",
                files.find_moved,
                self._desk.workspace.session,
                folders,
                then=lambda loaded: self._found(loaded, paths),
                urgency="now",
            )
        else:
            self._look_through(paths)

    def _look_through(self, paths: Sequence[str]) -> None:
        self._intakes += 1
        merge = f"take in {self._intakes}"
        self._looked_through[merge] = paths
        self._desk.tasks.run(
            merge,
            files.look_through,
            paths,
            then=lambda _: self._forget(merge),
            each=lambda piece: self._take(piece, merge),
            urgency="now",
        )

    def _forget(self, merge: str) -> None:
        del self._looked_through[merge]

    def _found(self, loaded: Loaded, paths: Sequence[str]) -> None:
        """Files of this session that had moved; a folder that has none of them is a folder of new spectra."""
        workspace, missing = self._desk.workspace, set(self._missing)
        moved = {star.key: star.path for star in loaded.session.stars if star.key in missing - {*loaded.missing}}
        if not moved:
            self._look_through(paths)
            return
        stars = tuple(replace(star, path=moved.get(star.key, star.path)) for star in workspace.session.stars)
        workspace.change("moved files", replace(workspace.session, stars=stars))
        self._missing = loaded.missing
        left = f"; {len(loaded.missing)} are still missing" if loaded.missing else ""
        self._desk.messages.tell(f"Found {_count(len(moved), 'file')} that had moved{left}.")

    def take_in_mime(self, data: QMimeData) -> None:
        """What was dropped or pasted."""
        urls = [url.toLocalFile() or url.toString() for url in data.urls()]
        words = [] if urls else [line.strip() for line in data.text().splitlines() if line.strip()]
        # Later: the program that it was dragged from waits for our return.
        QTimer.singleShot(0, lambda: self.take_in([one for one in urls or words if one]))

    def open_session(self, path: str) -> None:
        """Another session in place of this one, which is kept on the side where it was not saved."""
        if self.is_unsaved:
            session, autosave = self._desk.workspace.session, self._autosave
            self._desk.tasks.run("leave aside", files.leave_aside, autosave, session, then=self._left, lane="writing")
        self._desk.tasks.run(
            "open session", files.load, path, then=lambda loaded: self._opened(path, loaded), urgency="now"
        )

    def save(self, path: str) -> None:
        """Write it, with the checksums of the files that were read."""
        session = self._desk.workspace.session
        self._desk.tasks.run(
            "save session", files.save, self._with_checksums(session), path,
            then=lambda _: self._now_saved(path, session), lane="writing",
        )  # fmt: skip

    def offer_leftovers(self) -> None:
        """Look, at the start, for what a crash left."""
        self._desk.tasks.run(
            "leftovers", files.leftovers, self._autosave, then=self._offer, lane="writing", urgency="now"
        )

    def recover(self) -> None:
        """Bring back what a crash left."""
        left, self.leftover = self.leftover, None
        if left is None:
            self._desk.messages.tell("There is no session to recover: the last one was closed as it should be.")
        else:
            self._desk.tasks.run(
                "recover", files.recover, self._autosave, left, then=self._recovered, lane="writing", urgency="now"
            )

    def close(self) -> None:
        """The window closes: what is unsaved stays on the side for the next start, else nothing is left."""
        self._aside.stop()
        tasks = self._desk.tasks
        dropped = [path for job, paths in self._looked_through.items() if tasks.has(job) for path in paths]
        if dropped:
            session = self._desk.workspace.session
            tasks.run(
                "save aside", files.close_aside, self._autosave, session, dropped, self.is_unsaved,
                then=lambda _: None, lane="writing",
            )  # fmt: skip
        elif self.is_unsaved:
            self._save_aside()
        else:
            self._autosave.end()

    def fill_recent_menu(self, menu: QMenu) -> None:
        """Recent files, filled when it opens."""
        self.recent_menu = QMenu("Recent files", menu)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        menu.addMenu(self.recent_menu)

    def _fill_recent(self) -> None:
        self.recent_menu.clear()
        for path in self._desk.preferences.settings.recent_files:
            action = QAction(path.replace("&", "&&"), self.recent_menu)
            action.setToolTip(f"Open {path} again")
            action.triggered.connect(lambda *_, path=path: self.take_in([path]))
            self.recent_menu.addAction(action)

    def _left(self, leftover: Leftover) -> None:
        self.leftover = leftover
        self._desk.messages.tell("The session before was not saved: File > Recover session brings it back.")

    def _take(self, piece: Intake, merge: str) -> None:
        workspace = self._desk.workspace
        if isinstance(piece, NewStars):
            words = "adding stars" if len(piece.entries) > 1 else "adding a star"
            workspace.change(words, workspace.session.with_stars(piece.entries), merge=merge)
        elif isinstance(piece, OpenSession):
            self.open_session(str(piece.path))
        elif isinstance(piece, NewLabels):
            self._add_labels(piece)
        elif isinstance(piece, Notice):
            self._desk.messages.tell(piece.words)

    def _add_labels(self, labels: NewLabels) -> None:
        """Values of a table beside what the networks say."""
        workspace = self._desk.workspace
        session, known = workspace.session, self._desk.findings.known
        names = {star.key: (*star_names(star.path), *known(star.key).names) for star in session.stars}
        matched = match_labels(labels.catalogue, names)
        stars = tuple(
            replace(star, catalogue=(*star.catalogue, *matched[star.key])) if star.key in matched else star
            for star in session.stars
        )
        workspace.change("labels of a table", replace(session, stars=stars))
        self._desk.messages.tell(f"{labels.path.name}: values for {len(matched)} of {len(stars)} stars.")

    def _opened(self, path: str, loaded: Loaded) -> None:
        self.session_path, self._saved = path, loaded.session
        self._desk.workspace.open(loaded.session)
        self._desk.preferences.remember_file(path)
        self._tell_missing(loaded)
        self.renamed.emit()

    def _tell_missing(self, loaded: Loaded) -> None:
        self._missing = loaded.missing
        if not loaded.missing:
            return
        missing = set(loaded.missing)
        names = [_file_name(star.path) for star in loaded.session.stars if star.key in missing]
        some = f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"
        error = StellarViewError(
            f"{_count(len(names), 'file')} of this session {'was' if len(names) == 1 else 'were'} not found.",
            f"No longer where it was: {some}." if len(names) == 1 else f"No longer where they were: {some}.",
            "Drop the folder on the window where they are now." if len(names) > 1
            else "Drop the folder on the window where it is now.",
        )  # fmt: skip
        self._desk.messages.tell_error(error)

    def _now_saved(self, path: str, session: Session) -> None:
        self.session_path, self._saved = path, session
        self._desk.preferences.remember_file(path)
        self.renamed.emit()

    def _offer(self, left: tuple[Leftover, ...]) -> None:
        """Brought back at once where the window shows nothing that was asked for; else at the user's word."""
        self.leftover = left[0] if left else None
        if self.leftover is None:
            return
        if self._desk.workspace.session.stars == self._first_stars and not self._intakes:
            self.recover()
        else:
            when = f"{self.leftover.saved_at.astimezone():%d %B, %H:%M}"
            self._desk.messages.tell(f"The session of {when} was not saved. File > Recover session brings it back.")
        self.renamed.emit()

    def _recovered(self, loaded: Loaded) -> None:
        self._desk.workspace.change("recovery of the last session", loaded.session)
        count = len(loaded.session.stars)
        self.session_path = ""
        self._desk.messages.tell(f"The session was not saved: its {_count(count, 'star')} are here again.")
        self._tell_missing(loaded)
        self.renamed.emit()

    def _changed(self, _: Session, now: Session) -> None:
        if not self._aside.isActive():
            self._aside.start()

    def _save_aside(self) -> None:
        session = self._desk.workspace.session
        self._desk.tasks.run(
            "save aside", files.save_aside, self._autosave, session, then=lambda _: None, lane="writing"
        )

    def _with_checksums(self, session: Session) -> Session:
        sums = {star.key: self._desk.findings.known(star.key).sha256 for star in session.stars}
        return replace(
            session, stars=tuple(replace(star, sha256=sums[star.key] or star.sha256) for star in session.stars)
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _file_name(path: str) -> str:
    """The last part of a path of this system or another."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _worth_keeping(session: Session) -> Any:
    return session.stars, session.models
