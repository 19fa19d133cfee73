"""Downloads from a server that misbehaves as real ones do."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.io.isochrones import download
from stellarview.io.isochrones.archive import XZ_MAGIC
from stellarview.io.isochrones.download import fetch_package

CONTENT = XZ_MAGIC + bytes(range(256)) * 4000
TAG = '"version 2"'
SUM = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """`/drop` breaks off now and then, `/plain` knows no ranges, `/page` is a page, `/gone` is not there."""

    asked: list[str]
    versions: list[str]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_GET(self) -> None:
        kind, wanted = self.path.split("/")[-2], self.headers.get("Range", "")
        self.server.asked.append(wanted)
        self.server.versions.append(self.headers.get("If-Range", ""))
        if kind in ("gone", "broken"):
            self.send_error(404 if kind == "gone" else 503)
            return
        content = b"<html>Please log in</html>" if kind == "page" else CONTENT
        if self.headers.get("If-Range", TAG) != TAG:
            wanted = ""
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and kind != "plain" else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("ETag", TAG)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        stop = start + 300_000 if kind == "drop" else None
        self.wfile.write(content[start:stop])

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "_PAUSE_S", 0.0)
    server = Server(("127.0.0.1", 0), Handler)
    server.asked, server.versions = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def url(server: Server, kind: str) -> str:
    return f"http://127.0.0.1:{server.server_port}/{kind}/package.txz"


def test_that_a_package_arrives_whole_with_its_checksum_and_progress(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    package = fetch_package(tmp_path / "new", url(server, "good"), SUM, lambda *step: seen.append(step))
    assert package.path.read_bytes() == CONTENT
    assert (package.sha256, seen[-1]) == (SUM, (len(CONTENT), len(CONTENT)))
    assert [entry.name for entry in (tmp_path / "new").iterdir()] == ["package.txz"]


def test_that_a_connection_that_breaks_off_is_taken_up_again(server: Server, tmp_path: Path) -> None:
    assert fetch_package(tmp_path, url(server, "drop")).sha256 == SUM
    assert server.asked[0] == ""
    assert server.asked[1] == "bytes=300000-"
    assert len(server.asked) == 4


def test_that_an_older_attempt_is_continued(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".package.txz.part").write_bytes(CONTENT[:1234])
    assert fetch_package(tmp_path, url(server, "good"), SUM).size_bytes == len(CONTENT)
    assert server.asked == ["bytes=1234-"]


def test_that_what_is_left_of_another_version_is_not_continued(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".package.txz.part").write_bytes(b"x" * 1234)
    (tmp_path / ".package.txz.mark").write_text('"version 1"')
    assert fetch_package(tmp_path, url(server, "good")).sha256 == SUM
    assert [entry.name for entry in tmp_path.iterdir()] == ["package.txz"]


@pytest.mark.parametrize("left", [CONTENT[:1234], CONTENT + b"too long"], ids=["shorter", "longer"])
def test_that_a_server_without_ranges_sends_it_all_again(server: Server, tmp_path: Path, left: bytes) -> None:
    (tmp_path / ".package.txz.part").write_bytes(left)
    assert fetch_package(tmp_path, url(server, "plain")).sha256 == SUM


def test_that_a_part_longer_than_the_whole_is_begun_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".package.txz.part").write_bytes(CONTENT + b"too long")
    assert fetch_package(tmp_path, url(server, "good")).sha256 == SUM


def test_that_a_package_that_is_here_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    for _ in range(2):
        fetch_package(tmp_path, url(server, "good"), SUM)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("kind", "checksum", "word"),
    [("good", "0" * 64, SUM[:12]), ("page", None, "page"), ("gone", None, "404"), ("broken", None, "503")],
)
def test_that_what_is_not_the_package_is_not_kept(
    server: Server, tmp_path: Path, kind: str, checksum: str | None, word: str
) -> None:
    with pytest.raises(StellarViewError, match=word):
        fetch_package(tmp_path, url(server, kind), checksum)
    assert list(tmp_path.iterdir()) == []


def test_that_another_attempt_asks_for_the_same_version(server: Server, tmp_path: Path) -> None:
    fetch_package(tmp_path, url(server, "drop"))
    assert server.versions == ["", *[TAG] * 3]


def test_that_the_proxy_of_the_environment_is_asked(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert fetch_package(tmp_path, "http://mist.invalid/good/package.txz").sha256 == SUM


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://mist.invalid/a.txz", "package.txz"])
def test_that_only_the_web_is_asked(tmp_path: Path, address: str) -> None:
    with pytest.raises(StellarViewError, match="web address"):
        fetch_package(tmp_path, address)
