"""Runs are taken away into a trash, and only where nobody works on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.training.run_folders import TRASH, delete_run
from stellarview.training.status import Status, write_status


def test_that_a_deleted_run_lies_in_the_trash_beside_others_of_its_name(tmp_path: Path) -> None:
    for expected in ("mine", "mine.2"):
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "log.csv").write_text(expected, encoding="utf-8")
        assert delete_run(tmp_path / "mine") == tmp_path / TRASH / expected
        assert (tmp_path / TRASH / expected / "log.csv").read_text(encoding="utf-8") == expected
    with pytest.raises(StellarViewError, match="cannot be deleted"):
        delete_run(tmp_path / "mine")


def test_that_a_waiting_run_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    write_status(tmp_path / "mine", Status(state="queued"))
    with pytest.raises(StellarViewError, match="goes on, or waits"):
        delete_run(tmp_path / "mine")
    assert (tmp_path / "mine").is_dir()
