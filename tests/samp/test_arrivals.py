"""URLs that strangers send: only files of this computer and of the web, within limits, refused in words."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.errors import StellarViewError
from stellarview.samp import arrivals
from stellarview.samp.arrivals import local_file, one_line

CONTENT = b"<VOTABLE/>" * 100


class Web(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        elif self.path.startswith("/absent"):
            self.send_response(404)
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT) + (self.path == "/cut")))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Web) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("start", ["file://", "file:", "file://localhost"])
def test_that_a_file_of_this_computer_is_taken_as_it_is(tmp_path: Path, start: str) -> None:
    path = tmp_path / "星 表 #1.vot"
    path.write_bytes(CONTENT)
    assert local_file(start + path.as_uri().removeprefix("file://"), tmp_path) == path


def test_that_a_file_of_the_web_is_fetched_into_a_folder_of_its_own(
    web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # which knows nothing of this computer's own servers
    for variable in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    urls = ("/a/table.vot?x=1", "/a/table.vot", "/", "/to//table.vot", "/..%2f..%2fpasswd", "/.hidden")
    paths = [local_file(web + url, tmp_path) for url in urls]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        *("000/table.vot", "001/table.vot", "002/file", "003/table.vot", "004/2f..2fpasswd", "005/hidden")
    ]
    assert all(path.read_bytes() == CONTENT for path in paths)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("/absent", "the server answers 404 Not Found"),
        ("/cut", "only 1,000 of 1,001 bytes came"),
        ("/to/file:///etc/hostname", "could not be fetched"),
        ("/to/ftp://127.0.0.1/file", "could not be fetched"),
    ],
)
def test_that_what_the_web_does_not_give_is_said(web: str, tmp_path: Path, url: str, why: str) -> None:
    with pytest.raises(StellarViewError, match=why):
        local_file(web + url, tmp_path)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("limit", "why"),
    [({"LARGEST_BYTES": 999}, "it is larger than"), ({"LONGEST_WAIT_S": -1.0}, "it did not come within")],
)
def test_that_neither_size_nor_slowness_is_without_limit(
    web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: dict[str, float], why: str
) -> None:
    for name, value in limit.items():
        monkeypatch.setattr(arrivals, name, value)
    with pytest.raises(StellarViewError, match=why):
        local_file(f"{web}/table.vot", tmp_path)


def test_that_a_folder_that_is_gone_is_said(web: str, tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="No such file or directory"):
        local_file(f"{web}/table.vot", tmp_path / "gone")


def test_that_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))  # and does not listen
        with pytest.raises(StellarViewError, match="could not be fetched: Connection refused"):
            local_file(f"http://127.0.0.1:{mute.getsockname()[1]}/a", tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        *("", None, 5, ["a"], {"a": "b"}, "x" * 9000, "/etc/passwd", "C:\\stars.fits", "ftp://example.org/a"),
        *("javascript:alert(1)", "data:,a", "http://", "http://[", "http:///a", "https:a", "http://a:b:c/"),
        *("file:relative", "file:///", "file://other/etc/passwd", "file:///a%00b", "file:///" + "a" * 5000),
        "file:///dev/null",
    ],
)
def test_that_anything_else_is_refused(tmp_path: Path, url: object) -> None:
    with pytest.raises(StellarViewError, match="Cannot take what another program sent"):
        local_file(url, tmp_path)


@given(st.text() | st.text().map("file://{}".format))
def test_that_no_text_is_more_than_refused(text: str) -> None:
    try:
        assert local_file(text, Path("absent")).is_file()
    except StellarViewError as error:
        assert error.why.isprintable()


@given(st.text(alphabet=st.characters()) | st.integers())
def test_that_what_is_shown_is_one_printable_line(text: object) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= 200
    line.encode()
