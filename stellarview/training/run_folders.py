"""Takes folders of runs away: into a trash beside them, from where they can be moved back by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.io.names import display_name
from stellarview.training.status import read_status

TRASH = ".trash"


def delete_run(run_folder: Path) -> Path:
    """Where the run lies now; one that goes on is refused."""
    status = read_status(run_folder)
    if status is not None and (status.is_alive or status.state == "queued"):
        raise StellarViewError(
            f"The run {display_name(run_folder)} cannot be deleted.", "It goes on, or waits.", "Cancel it first."
        )
    trash = run_folder.parent / TRASH
    names = (run_folder.name, *(f"{run_folder.name}.{number}" for number in range(2, 10_000)))
    try:
        trash.mkdir(exist_ok=True)
        target = next(trash / name for name in names if not (trash / name).exists())
        shutil.move(run_folder, target)
    except OSError as error:
        raise StellarViewError(
            f"The run {display_name(run_folder)} cannot be deleted.",
            f"The system says: {error.strerror or error}.",
            "Look at the folder's rights.",
        ) from error
    return target
