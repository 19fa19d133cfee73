"""One panel draws in a turn of the event loop, and is painted before the next: together they would be a stall."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

# Longer than Qt gathers what is to be painted, shorter than anybody sees.
_BETWEEN_MS = 8.0


class Turn(QObject):
    """Draws once for many reasons, soon, and not in one breath with another."""

    _free_at_ms: ClassVar[float] = 0.0

    def __init__(self, parent: QObject, draw: Callable[[], None]) -> None:
        super().__init__(parent)
        self._draw = draw
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._go)

    @property
    def is_waiting(self) -> bool:
        """True while there is something to draw."""
        return self._timer.isActive()

    def start(self) -> None:
        """There is a reason to draw."""
        if not self._timer.isActive():
            self._timer.start(0)

    def _go(self) -> None:
        left_ms = Turn._free_at_ms - _now_ms()
        if left_ms > 0:
            self._timer.start(math.ceil(left_ms))
            return
        try:
            self._draw()
        finally:
            Turn._free_at_ms = _now_ms() + _BETWEEN_MS


def _now_ms() -> float:
    return 1e3 * time.monotonic()
