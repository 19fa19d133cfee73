"""Takes folders of runs away or gives them other names, and nobody starts a run meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import is_model_name
from stellarview.io.names import display_name
from stellarview.io.process_lock import ProcessLock
from stellarview.training.config_file import read_config
from stellarview.training.status import read_status

TRASH, NAMES_LOCK_FILE = ".trash", "names.lock"
_PATIENCE_S = 5.0


@contextmanager
def names_stay(runs: Path) -> Iterator[None]:
    """Meanwhile nobody else starts, renames or deletes a run of this folder."""
    try:
        lock = ProcessLock.wait(runs / NAMES_LOCK_FILE, _PATIENCE_S)
    except OSError as error:
        raise StellarViewError(
            f"The runs in {display_name(runs)} cannot be changed.",
            f"The system says: {error.strerror or error}.",
            "Look at the folder's rights.",
        ) from error
    if lock is None:
        raise StellarViewError(
            f"The runs in {display_name(runs)} cannot be changed now.",
            "Another program is changing them.",
            "Try it again in a moment.",
        )
    try:
        yield
    finally:
        lock.release()


def delete_run(run_folder: Path) -> Path:
    """Where the run lies now; one that goes on is refused."""
    trash = run_folder.parent / TRASH
    names = (run_folder.name, *(f"{run_folder.name}.{number}" for number in range(2, 10_000)))
    try:
        with names_stay(run_folder.parent):
            status = read_status(run_folder)
            if status is not None and (status.is_alive or status.state == "queued"):
                raise _refused(run_folder, "deleted", "It goes on, or waits.", "Cancel it first.")
            trash.mkdir(exist_ok=True)
            target = next(trash / name for name in names if not (trash / name).exists())
            shutil.move(run_folder, target)
    except OSError as error:
        raise _system(run_folder, "deleted", error) from error
    return target


def rename_run(run_folder: Path, name: str) -> Path:
    """The same run under another name, which is its folder's; what it has taught so far stays as it is."""
    if not is_model_name(name):
        raise StellarViewError(
            f"{name!r} is no name for a run.",
            "A name has small letters, digits, '-', '.' and '_', 64 at most, and begins with a letter or digit.",
            "Choose another name.",
        )
    target = run_folder.with_name(name)
    if target == run_folder:
        return target
    try:
        with names_stay(run_folder.parent):
            _refuse_to_rename(run_folder, target)
            run_folder.rename(target)
    except OSError as error:
        raise _system(run_folder, "renamed", error) from error
    return target


def _refuse_to_rename(run_folder: Path, target: Path) -> None:
    status = read_status(run_folder)
    if status is not None and status.is_alive:
        raise _refused(run_folder, "renamed", "It goes on.", "Wait for its end, or stop it.")
    if target.exists():
        raise StellarViewError(
            f"There is a run {target.name} already.", "Runs are never replaced.", "Choose another name."
        )
    child = _child_of(run_folder)
    if child is not None:
        raise _refused(
            run_folder,
            "renamed",
            f"The run {display_name(child)} starts from its model, and would not find it any more.",
            "Leave the name as it is, or delete that run first.",
        )


def _child_of(run_folder: Path) -> Path | None:
    """A run beside it that names a folder of this one as its start."""
    own = run_folder.resolve()
    for path in sorted(run_folder.parent.glob("*/config.toml")):
        try:
            start = Path(read_config(path).network.init_from)
        except StellarViewError:
            continue
        is_folder = start.is_absolute() or start.is_dir()  # else it is a model's name
        if is_folder and own in start.resolve().parents:
            return path.parent
    return None


def _refused(run_folder: Path, done: str, why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError(f"The run {display_name(run_folder)} cannot be {done}.", why, what_to_do)


def _system(run_folder: Path, done: str, error: OSError) -> StellarViewError:
    return _refused(run_folder, done, f"The system says: {error.strerror or error}.", "Look at the folder's rights.")
