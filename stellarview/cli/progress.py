"""How far a long run is, on standard error, for whoever sits before it: nothing is said to a file or a pipe."""

from __future__ import annotations

import sys
import time

# Spectra come in batches of multiples of this: at a batch's first one the rate would look far too low.
_STEP = 64


class Progress:
    """One line that is written over and over, and taken away at the end."""

    def __init__(self, total: int, what: str, *, is_shown: bool = True, step: int = _STEP) -> None:
        self.total = total
        self._step = step
        self._what = what
        self._is_shown = is_shown and sys.stderr.isatty()
        self._start = time.monotonic()
        self._width = 0
        if self._is_shown:
            self._write(f"0 of {total} {what}")

    def tell(self, done: int) -> None:
        """So many are done."""
        if not self._is_shown or not done or (done % self._step and done != self.total):
            return
        per_second = done / max(time.monotonic() - self._start, 1e-3)
        left = (self.total - done) / per_second
        self._write(f"{done} of {self.total} {self._what}, {per_second:.0f} a second, {left:.0f} s left")

    def end(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("")
            print("\r", end="", file=sys.stderr, flush=True)

    def _write(self, text: str) -> None:
        print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = len(text)
