"""Packages: the official kind, and those that mean harm."""

from __future__ import annotations

import lzma
import tarfile
from pathlib import Path

import pytest
from mist_files import write_package

from stellarview.domain.errors import StellarViewError
from stellarview.io.isochrones import archive
from stellarview.io.isochrones.archive import archived_isochrones


def link(kind: bytes, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo("package/a.iso")
    info.type, info.linkname = kind, target
    return info


def test_that_isochrones_come_out_of_a_package_and_nothing_else_does(tmp_path: Path) -> None:
    content = {
        "package/a.iso": b"one",
        "package/b.iso.cmd": b"two",
        "package/README": b"read me",
        "package/._a.iso": b"what macOS adds",
    }
    path = write_package(tmp_path / "p.txz", content)
    assert list(archived_isochrones(path)) == [("package/a.iso", b"one"), ("package/b.iso.cmd", b"two")]
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.txz"]


HOSTILE = [
    ({"/etc/a.iso": b"x"}, "outside"),
    ({"../../a.iso": b"x"}, "outside"),
    ({"package/../../a.iso": b"x"}, "outside"),
    ({"..\\a.iso": b"x"}, "outside"),
    ({"C:/a.iso": b"x"}, "outside"),
    ({"a": link(tarfile.SYMTYPE, "/etc/passwd")}, "link"),
    ({"a": link(tarfile.LNKTYPE, "b.iso")}, "link"),
    ({"a": link(tarfile.FIFOTYPE, "")}, "link"),
    ({"a": link(tarfile.CHRTYPE, "")}, "link"),
]


@pytest.mark.parametrize(("members", "word"), HOSTILE, ids=[f"{word} {n}" for n, (_, word) in enumerate(HOSTILE)])
def test_that_members_that_lead_elsewhere_end_the_reading(
    tmp_path: Path, members: dict[str, bytes | tarfile.TarInfo], word: str
) -> None:
    path = write_package(tmp_path / "p.txz", members)
    with pytest.raises(StellarViewError, match=word):
        list(archived_isochrones(path))


def test_that_a_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_SMALL_BYTES", 1 << 20)
    path = write_package(tmp_path / "bomb.txz", {"a.iso": bytes(32 << 20)})
    assert path.stat().st_size < 20_000
    with pytest.raises(StellarViewError, match="far more"):
        list(archived_isochrones(path))


def test_that_too_large_and_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_package(tmp_path / "p.txz", {f"{n}.iso": b"12345" for n in range(4)})
    monkeypatch.setattr(archive, "_MOST_MEMBERS", 3)
    with pytest.raises(StellarViewError, match="more than 3 members"):
        list(archived_isochrones(path))
    monkeypatch.setattr(archive, "_LARGEST_MEMBER_BYTES", 4)
    with pytest.raises(StellarViewError, match="larger than any"):
        list(archived_isochrones(path))


@pytest.mark.parametrize("keep", [10, 60, 100])
def test_that_a_package_that_was_cut_off_is_refused(tmp_path: Path, keep: int) -> None:
    path = write_package(tmp_path / "p.txz", {"a.iso": bytes(range(256)) * 400})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(StellarViewError, match=r"cut short|too early"):
        list(archived_isochrones(path))


def test_that_what_is_no_tar_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.txz"
    path.write_bytes(lzma.compress(b"no tar at all" * 100))
    with pytest.raises(StellarViewError, match="damaged"):
        list(archived_isochrones(path))
