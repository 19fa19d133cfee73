"""The log of a run: one row an epoch and member, as CSV that any program reads while the run goes on."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import write_atomically
from stellarview.training.state import Row


class Board(Protocol):
    """What TensorBoard's writer does for us."""

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        """One point of a curve."""

    def flush(self) -> None:
        """Force it to the disk."""


def write_log(path: Path, rows: Sequence[Row]) -> None:
    """All rows so far: written whole each epoch, so that a resumed run has no row twice."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode())


def tensorboard(folder: Path) -> Board:
    """A writer for TensorBoard, where that is installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise StellarViewError(
            "TensorBoard cannot be written for.",
            f"It is not installed: {error}.",
            "pip install tensorboard, or leave it out.",
        ) from error
    board: Board = SummaryWriter(str(folder))  # type: ignore[no-untyped-call, unused-ignore]
    return board


def show(board: Board, rows: Sequence[Row]) -> None:
    """The newest rows as points of curves, one curve a member."""
    for row in rows:
        for name, value in row.items():
            if name not in ("epoch", "member"):
                board.add_scalar(f"{name}/member {row['member']}", float(value), row["epoch"])
    board.flush()
