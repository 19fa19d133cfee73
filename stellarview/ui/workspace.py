"""The one session that the window shows, and its past: every change is undone by going back to the session before."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from stellarview.session.session import Session

_MOST_STEPS = 500


@dataclass(frozen=True)
class _Step:
    """A session as it was, and in words what was done to it next."""

    session: Session
    words: str
    merge: str


class Workspace(QObject):
    """The only observable of what the user chose. Panels read `session` and call `change`; nothing else holds state."""

    changed = Signal(object, object)  # the session before, the session now

    def __init__(self, session: Session | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session or Session()
        self._past: list[_Step] = []
        self._future: list[_Step] = []

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self._session

    def change(self, words: str, session: Session, merge: str = "") -> None:
        """Go on to this session. Steps that follow each other with the same `merge` (a slider's) are one to undo."""
        if session == self._session:
            return
        is_same_gesture = bool(merge) and bool(self._past) and self._past[-1].merge == merge and not self._future
        if not is_same_gesture:
            self._past = [*self._past[1 - _MOST_STEPS :], _Step(self._session, words, merge)]
        self._future = []
        self._show(session)

    def open(self, session: Session) -> None:
        """Another session altogether: its past begins here."""
        self._past, self._future = [], []
        self._show(session)

    @property
    def undo_words(self) -> str:
        """What `undo` would take back; '' for nothing."""
        return self._past[-1].words if self._past else ""

    @property
    def redo_words(self) -> str:
        """What `redo` would do again; '' for nothing."""
        return self._future[-1].words if self._future else ""

    def undo(self) -> None:
        """Back to the session before the last change."""
        if self._past:
            step = self._past.pop()
            self._future.append(_Step(self._session, step.words, step.merge))
            self._show(step.session)

    def redo(self) -> None:
        """On to the session that the last `undo` left."""
        if self._future:
            step = self._future.pop()
            self._past.append(_Step(self._session, step.words, ""))
            self._show(step.session)

    def _show(self, session: Session) -> None:
        before, self._session = self._session, session
        self.changed.emit(before, session)
