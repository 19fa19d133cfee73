"""The file under a set that is being written answers as a file does, also when the disk is full."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from stellarview.io.sets.disk_file import DiskFile


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[DiskFile]:
    file = DiskFile(tmp_path / "file")
    yield file
    file.close()


class FullDisk:
    """Takes three bytes, then nothing."""

    def __init__(self, file: io.FileIO) -> None:
        self.file, self.room = file, 3

    def write(self, data: memoryview) -> int:
        if self.room == 0:
            raise OSError(28, "No space left on device")
        taken = self.file.write(data[: self.room])
        self.room -= taken
        return taken

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)


def test_that_what_is_written_is_read_back(disk: DiskFile) -> None:
    disk.write(b"abcdef")
    disk.seek(-2, io.SEEK_END)
    assert disk.read(4) == b"ef\0\0"
    disk.seek(1)
    disk.seek(1, io.SEEK_CUR)
    assert (disk.tell(), disk.read(2)) == (2, b"cd")
    disk.flush()
    disk.sync()
    assert disk.error is None


def test_that_truncation_moves_the_end(disk: DiskFile, tmp_path: Path) -> None:
    disk.write(b"abcdef")
    assert disk.truncate(4) == 4
    assert disk.seek(0, io.SEEK_END) == 4
    assert (tmp_path / "file").read_bytes() == b"abcd"


def test_that_a_full_disk_is_noted_and_nothing_is_lost(disk: DiskFile) -> None:
    disk._file = FullDisk(disk._file)  # type: ignore[assignment]
    assert disk.write(b"abcdef") == 6
    assert isinstance(disk.error, OSError)
    assert disk.write(b"ghi") == 3
    disk.seek(2)
    disk.write(b"XY")
    disk.truncate(20)
    disk.seek(1)
    assert disk.read(10) == b"bXYefghi\0\0"
    assert disk.seek(0, io.SEEK_END) == 20


def test_that_an_existing_file_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        DiskFile(tmp_path / "old")
