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
from stellarview.engine import files
from stellarview.intake import Intake, NewLabels, NewStars, Notice, OpenSession, match_labels, star_names
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
        self._intakes = 0
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
        if paths:
            self._intakes += 1
            self._desk.preferences.remember_file(paths[0])
            self._desk.tasks.run(
                f"take in {self._intakes}",
                files.look_through,
                paths,
                then=lambda _: None,
                each=self._take,
                urgency="now",
            )

    def take_in_mime(self, data: QMimeData) -> None:
        """What was dropped or pasted."""
        urls = [url.toLocalFile() or url.toString() for url in data.urls()]
        words = [] if urls else [line.strip() for line in data.text().splitlines() if line.strip()]
        # Later: the program that it was dragged from waits for our return.
        QTimer.singleShot(0, lambda: self.take_in([one for one in urls or words if one]))

    def open_session(self, path: str) -> None:
        """Another session in place of this one."""
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
        if self.is_unsaved:
            self._save_aside()
        else:
            self._autosave.end()

    def fill_recent_menu(self, menu: QMenu) -> None:
        """Recent files, filled when it opens."""
        recent = menu.addMenu("Recent files")

        def fill() -> None:
            recent.clear()
            for path in self._desk.preferences.settings.recent_files:
                action = QAction(path, recent)
                action.triggered.connect(lambda *_, path=path: self.take_in([path]))
                recent.addAction(action)

        recent.aboutToShow.connect(fill)

    def _take(self, piece: Intake) -> None:
        workspace = self._desk.workspace
        if isinstance(piece, NewStars):
            count = len(piece.entries)
            words = "adding a star" if count == 1 else f"adding {count} stars"
            workspace.change(words, workspace.session.with_stars(piece.entries), merge=f"take in {self._intakes}")
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
        if loaded.missing:
            some = ", ".join(Path(one).name for one in loaded.missing[:3])
            error = StellarViewError(
                f"{len(loaded.missing)} files of this session were not found.",
                f"{some}{' ...' if len(loaded.missing) > 3 else ''} lie no longer where they were.",
                "Drop the folder where they are now.",
            )
            self._desk.messages.tell_error(error)
        self.renamed.emit()

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
        self._desk.messages.tell(f"The last session was not saved: its {count} stars are here again.")

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


def _worth_keeping(session: Session) -> Any:
    return session.stars, session.models
