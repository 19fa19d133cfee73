"""What the window and a child process say to each other, and the child's side of a running job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Literal

CANCEL = "cancel"


class Cancelled(Exception):
    """Nobody wants the answer any more."""


@dataclass(frozen=True)
class Job:
    """A function that lies in a module, and what it works on; the first argument it gets is a `Progress`."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Said:
    """A word from the child: how far it is, a part of its answer, the answer, a refusal, or the trace of a bug."""

    kind: Literal["progress", "part", "answer", "refusal", "bug", "cancelled"]
    what: Any = None


@dataclass(eq=False)
class Progress:
    """Given to every job: it says how far it is, and asks whether anybody still waits."""

    pipe: Connection | None = None
    _is_cancelled: bool = field(default=False, repr=False)

    def tell(self, done: int, total: int) -> None:
        """Say how far the job is; stops it where nobody waits any more."""
        if self.pipe is not None:
            self.pipe.send(Said("progress", (done, total)))
        self.check()

    def give(self, part: Any) -> None:
        """Hand over a part of the answer, so that it is seen before the rest is there."""
        if self.pipe is not None:
            self.pipe.send(Said("part", part))
        self.check()

    def check(self) -> None:
        """Stop the job where nobody waits any more."""
        if self.is_cancelled():
            raise Cancelled

    def is_cancelled(self) -> bool:
        """True once the window has lost its interest."""
        while not self._is_cancelled and self.pipe is not None and self.pipe.poll():
            self._is_cancelled = self.pipe.recv() == CANCEL
        return self._is_cancelled
