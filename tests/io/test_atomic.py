"""Nothing that was there before is ever lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import write_atomically


def test_that_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "天文 ä.txt"
    path.write_bytes(b"old and longer")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o400


@pytest.mark.parametrize("failing", ["os.fsync", "pathlib.Path.replace"])
def test_that_a_failed_write_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "table.txt"
    path.write_bytes(b"old")

    def disk_full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(failing, disk_full)
    with pytest.raises(StellarViewError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.txt"]
