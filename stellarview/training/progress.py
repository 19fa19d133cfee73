"""How far a run is, as whoever watches it is told after every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stellarview.training.state import Row


@dataclass(frozen=True)
class Progress:
    """Epochs done (a fraction counts) of how many, the newest rows of the log, and what a status tells.

    Tuples have a value for each member.
    """

    done: float
    epochs: int
    seconds_left: float
    rows: tuple[Row, ...]
    step: int = 0
    steps: int = 0
    batch: int = 0
    rate: float = 0.0
    best_epoch: tuple[int, ...] = ()
    best_loss: tuple[float, ...] = ()
    waited: tuple[int, ...] = ()
    note: str = ""


# Asked after every step; True means: stop, and keep the best.
Watch = Callable[[Progress], bool]
