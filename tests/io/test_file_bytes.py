"""Files as bytes: gzip by content, whole, bounded."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.io.file_bytes import read_file_bytes


def refused(path: Path, **limits: int) -> StellarViewError:
    with pytest.raises(StellarViewError) as caught:
        read_file_bytes(path, **limits)
    assert all(caught.value.as_dict().values())
    return caught.value


def test_that_gzip_is_recognised_by_content_and_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "plain.fits"
    path.write_bytes(gzip.compress(b"hello") + gzip.compress(b" world"))
    assert read_file_bytes(path).data == b"hello world"


def test_that_the_checksum_is_that_of_the_file_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"hello"))
    assert read_file_bytes(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("cut", [5, 12, 40, -9, -1])
def test_that_a_truncated_gzip_is_refused_wherever_it_ends(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.fits.gz"
    path.write_bytes(gzip.compress(os.urandom(200))[:cut])
    assert "ends too early" in refused(path).why or "damaged" in refused(path).why


def test_that_a_flipped_byte_is_found_by_the_checksum(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(os.urandom(1000)))
    data[500] ^= 0xFF
    path = tmp_path / "a.fits.gz"
    path.write_bytes(bytes(data))
    assert "damaged" in refused(path).why


def test_that_a_gzip_bomb_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.fits.gz"
    path.write_bytes(gzip.compress(b"\0" * (200 << 20), 9))
    assert path.stat().st_size < 300_000
    assert "far beyond" in refused(path).why
    assert re.search(r"unpacks to more than 9\.\d MB, 50 times its size", refused(path).why)


def test_that_hundreds_of_thousands_of_empty_members_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.fits.gz"
    path.write_bytes(gzip.compress(b"") * 200_000)
    assert "more than 10,000 gzip files" in refused(path).why


def test_that_thousands_of_members_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "blocks.fits.gz"
    blocks = [os.urandom(1 + 40 * (k % 400)) for k in range(3000)]
    path.write_bytes(b"".join(gzip.compress(block, 1) for block in blocks) + b"\0" * 100)
    assert read_file_bytes(path).data == b"".join(blocks)


def test_that_a_member_of_many_pieces_comes_back(tmp_path: Path) -> None:
    path, data = tmp_path / "large.fits.gz", os.urandom(5 << 20)
    path.write_bytes(gzip.compress(data, 1))
    assert read_file_bytes(path).data == data


def test_that_a_file_of_unknown_size_is_read_to_its_end() -> None:
    path = Path("/proc/self/status")
    if not path.exists():
        pytest.skip("this system has no /proc")
    assert path.stat().st_size == 0
    assert read_file_bytes(path).data.startswith(b"Name:")
    assert "far beyond" in refused(path, limit_bytes=100).why


@pytest.mark.parametrize("name", [".", ".."])
def test_that_a_folder_is_called_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert str((inner / name).resolve()) in refused(Path(name)).what


def test_that_names_that_are_no_utf8_can_be_printed(tmp_path: Path) -> None:
    assert str(refused(tmp_path / "bad\udcffname.fits")).encode()


def test_that_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.fits"
    with path.open("wb") as file:
        file.truncate(3 << 30)
    assert "far beyond" in refused(path).why


@pytest.mark.parametrize(("name", "why"), [("missing.fits", "no such file"), ("", "folder")])
def test_that_what_is_no_file_is_refused(tmp_path: Path, name: str, why: str) -> None:
    assert why in refused(tmp_path / name).why


def test_that_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.fits"
    path.touch()
    assert "empty" in refused(path).why


def test_that_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert "pipe" in refused(path).why


def test_that_a_file_without_permission_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.fits"
    path.write_bytes(b"x")

    def deny(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)  # root may read anything, so chmod alone proves nothing
    assert "permission" in refused(path).why
