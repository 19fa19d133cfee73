"""What messages call a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from stellarview.io.names import display_name, printable


@pytest.mark.parametrize(
    ("path", "name"), [("a/b.fits", "b.fits"), ("/", "/"), ("a/天文.h5", "天文.h5"), ("bad\udcff.fits", "bad?.fits")]
)
def test_that_files_are_called_by_their_last_part(path: str, name: str) -> None:
    assert display_name(Path(path)) == name


def test_that_the_folder_here_is_called_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert display_name(Path()) == str(tmp_path.resolve())
    assert display_name(Path("..")) == str(tmp_path.parent.resolve())


def test_that_printable_texts_stay_as_they_are() -> None:
    assert printable("é 星") == "é 星"
