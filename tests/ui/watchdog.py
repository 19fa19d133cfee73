"""Measures how long the GUI thread was busy at a stretch: a timer that should fire each millisecond notes its gaps."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer


class Watchdog(QObject):
    """`gaps_ms` are the times between two turns of the event loop, from its start on.

    `busy_ms` are what of each gap this process itself worked, in any thread: on a machine that others keep busy, a gap
    may be theirs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self.busy_ms: list[float] = []
        self._last, self._last_busy = time.perf_counter(), time.process_time()
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        now, busy = time.perf_counter(), time.process_time()
        self.gaps_ms.append(1e3 * (now - self._last))
        self.busy_ms.append(1e3 * (busy - self._last_busy))
        self._last, self._last_busy = now, busy

    def stop(self) -> None:
        """No more gaps are noted."""
        self._timer.stop()

    @property
    def longest_ms(self) -> float:
        """The longest stall."""
        return max(self.gaps_ms, default=0.0)

    @property
    def longest_busy_ms(self) -> float:
        """The longest stall that was our own work."""
        return max(self.busy_ms, default=0.0)

    def percentile_ms(self, percent: float) -> float:
        """So many percent of the turns were shorter."""
        ordered = sorted(self.gaps_ms)
        return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] if ordered else 0.0
