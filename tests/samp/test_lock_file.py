"""Where the hub is, from the file that it leaves, and what is no hub for us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from samp_hub import home_folder

from stellarview.domain.errors import StellarViewError
from stellarview.samp.lock_file import find_hub

HUB = "# SAMP\n\nsamp.secret=a=b\nsamp.hub.xmlrpc.url=http\\://127.0.0.1\\:21012/xmlrpc\nnonsense\n"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with home_folder(tmp_path) as folder:
        yield folder


def test_that_the_hub_of_the_home_folder_is_found(home: Path) -> None:
    (home / ".samp").write_text(HUB)
    assert find_hub() == {"samp.secret": "a=b", "samp.hub.xmlrpc.url": "http://127.0.0.1:21012/xmlrpc"}


def test_that_the_variable_names_another_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home / "my hub"
    path.write_text(HUB)
    monkeypatch.setenv("SAMP_HUB", f"std-lockurl:{path.as_uri()}")
    assert find_hub()["samp.secret"] == "a=b"


@pytest.mark.parametrize("value", ["", "std-lockurl:http://127.0.0.1/hub", "web:file:///hub", "std-lockurl:hub"])
def test_that_a_variable_that_names_no_file_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    (home / ".samp").write_text(HUB)
    monkeypatch.setenv("SAMP_HUB", value)
    with pytest.raises(StellarViewError, match="SAMP_HUB names no file"):
        find_hub()


@pytest.mark.parametrize("content", ["", "samp.secret=a", "samp.hub.xmlrpc.url=http://127.0.0.1", "\0\xff=1\n="])
def test_that_an_incomplete_file_is_said(home: Path, content: str) -> None:
    (home / ".samp").write_text(content)
    with pytest.raises(StellarViewError, match="incomplete"):
        find_hub()


def test_that_a_folder_in_its_place_is_said(home: Path) -> None:
    (home / ".samp").mkdir()
    with pytest.raises(StellarViewError, match="cannot be read"):
        find_hub()


@pytest.mark.parametrize("url", ["http://192.0.2.1:21012", "no address", "http://", "http://[", "http://a..b/"])
def test_that_only_this_computer_is_talked_to(home: Path, url: str) -> None:
    (home / ".samp").write_text(f"samp.secret=a\nsamp.hub.xmlrpc.url={url}\n")
    with pytest.raises(StellarViewError, match="on another computer"):
        find_hub()
