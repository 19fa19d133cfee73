"""Nothing that was there before is ever lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import writable_target, write_atomically


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


def refused(path: Path, magic: tuple[bytes, ...] = ()) -> StellarViewError:
    with pytest.raises(StellarViewError) as caught:
        write_atomically(path, b"new", magic)
    assert all(caught.value.as_dict().values())
    return caught.value


def test_that_only_files_are_ever_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "device or a pipe" in refused(tmp_path / "pipe").why
    assert "device or a pipe" in refused(Path("/dev/null")).why
    for folder in (tmp_path, Path(), Path("..")):
        assert "folder of this name" in refused(folder).why
    assert (tmp_path / "pipe").is_fifo()


def test_that_a_link_stays_a_link_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, target = tmp_path / "link.txt", tmp_path / "there" / "target.txt"
    link.symlink_to(target)
    for content in (b"first", b"second"):  # at first the link leads to nothing
        write_atomically(link, content)
        assert link.is_symlink()
        assert target.read_bytes() == content
    assert writable_target(link) == target.resolve()


def test_that_links_in_a_circle_and_links_to_devices_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "null").symlink_to("/dev/null")
    refused(tmp_path / "a")
    assert "device" in refused(tmp_path / "null").why


def test_that_a_file_of_another_kind_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "thesis.tex"
    path.write_bytes(b"years of work")
    assert "another kind" in refused(path, (b"%PDF", b"\x89PNG")).why
    assert path.read_bytes() == b"years of work"
    for old in (b"", b"\x89PNG old"):
        path.write_bytes(old)
        write_atomically(path, b"\x89PNG new", (b"%PDF", b"\x89PNG"))
        assert path.read_bytes() == b"\x89PNG new"


@pytest.mark.parametrize("name", ["bad\udcffname.png", "n" * 250 + ".png"])
def test_that_odd_and_long_names_can_be_written(tmp_path: Path, name: str) -> None:
    write_atomically(tmp_path / name, b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_that_messages_name_the_final_path(tmp_path: Path) -> None:
    error = refused(tmp_path / "nowhere" / "bad\udcffname.png")
    assert "name.png" in error.what
    assert ".part" not in str(error)
    assert str(error).encode()
