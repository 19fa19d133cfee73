"""A lock is held by one, and ends when it is given back; that it ends with its process is tested with autosave."""

from __future__ import annotations

from pathlib import Path

import pytest

from stellarview.io.process_lock import ProcessLock, is_held


def test_that_a_lock_is_held_by_one_until_it_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    first = ProcessLock.take(path)
    assert first is not None
    assert ProcessLock.take(path) is None
    first.release()
    assert not path.exists()
    second = ProcessLock.take(path)
    assert second is not None
    second.release()


@pytest.mark.parametrize("again", [False, True])
def test_that_a_lock_removed_or_replaced_while_it_was_taken_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    path = tmp_path / "a.lock"

    def removed(descriptor: int) -> None:
        path.rename(tmp_path / "older")
        if again:
            path.touch()

    monkeypatch.setattr("stellarview.io.process_lock._lock", removed)
    assert ProcessLock.take(path) is None


def test_that_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ProcessLock.take(tmp_path / "no folder" / "a.lock")


def test_that_asking_whether_a_lock_is_held_neither_takes_nor_removes_it(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "a.lock")
    lock = ProcessLock.take(tmp_path / "a.lock")
    assert lock is not None
    assert is_held(tmp_path / "a.lock")
    assert is_held(tmp_path / "a.lock")
    assert ProcessLock.take(tmp_path / "a.lock") is None
    lock.release()
    assert not is_held(tmp_path / "a.lock")
    (tmp_path / "b.lock").touch()
    assert not is_held(tmp_path / "b.lock")
    assert (tmp_path / "b.lock").exists()
