"""Settings come back as they were; a damaged file is set aside and never stops the start."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.errors import StellarViewError
from stellarview.session.settings import SETTINGS_FILE, Settings, load_settings, save_settings

FULL = Settings(
    "dark", "okabe-ito", 1.5, ("/nights/星.fits", "/b.stellarview"), 3, True, "AdnQywAD", "AAAA/w==", "cuda", True
)


@pytest.mark.parametrize("settings", [FULL, Settings()], ids=["full", "usual"])
def test_that_settings_come_back_as_they_were(tmp_path: Path, settings: Settings) -> None:
    save_settings(settings, tmp_path / "new" / "folder")
    loaded = load_settings(tmp_path / "new" / "folder")
    assert loaded.settings == settings
    assert loaded.notice == ""


def test_that_the_first_start_has_the_usual_settings_and_writes_nothing(tmp_path: Path) -> None:
    assert load_settings(tmp_path).settings == Settings()
    assert list(tmp_path.iterdir()) == []


DAMAGED = {
    "empty": b"",
    "no JSON": b"{",
    "no text": b"\xff\xff",
    "a list": b"[]",
    "another theme": b'{"theme": "pink"}',
    "a scale of words": b'{"text_scale": "large"}',
    "a scale of nothing": b'{"text_scale": 0}',
    "a scale that is no number": b'{"text_scale": NaN}',
    "a scale beyond numbers": b'{"text_scale": 1' + b"0" * 400 + b"}",
    "a hint before the first": b'{"hint_step": -1}',
    "a hint that is true": b'{"hint_step": true}',
    "no base64": b'{"dock_layout": "!"}',
    "base64 of no ASCII": '{"dock_layout": "é"}'.encode(),
    "files that are no list": b'{"recent_files": "a.fits"}',
    "nested too deeply": b"[" * 100_000,
    "too long": b" " * (1 << 20) + b"{}",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_that_damaged_settings_are_set_aside_and_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(content)
    loaded = load_settings(tmp_path)
    assert loaded.settings == Settings()
    assert "the usual ones count; the old file is now" in loaded.notice
    assert "\n" not in loaded.notice
    assert (tmp_path / "settings.damaged.json").read_bytes() == content
    assert load_settings(tmp_path).notice == ""
    save_settings(FULL, tmp_path)
    assert load_settings(tmp_path).settings == FULL


def test_that_settings_in_place_of_which_a_folder_stands_do_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).mkdir()
    assert load_settings(tmp_path).settings == Settings()


@given(st.binary())
def test_that_no_content_stops_the_start(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / SETTINGS_FILE).write_bytes(content)
    assert load_settings(folder).settings == Settings()


def test_that_what_a_newer_version_wrote_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(json.dumps({"theme": "dark", "of_tomorrow": [1]}), encoding="utf-8")
    assert load_settings(tmp_path).settings == Settings("dark")


def test_that_recent_files_are_newest_first_and_a_dozen(tmp_path: Path) -> None:
    settings = Settings()
    for number in (*range(15), 10):
        settings = settings.with_recent(tmp_path / "x" / ".." / f"{number}.fits")
    names = [Path(path).name for path in settings.recent_files]
    assert names == [f"{number}.fits" for number in (10, 14, 13, 12, 11, 9, 8, 7, 6, 5, 4, 3)]


def test_that_settings_that_cannot_be_saved_say_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StellarViewError, match="settings"):
        save_settings(Settings(), tmp_path / "file")


def test_that_the_usual_folder_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STELLARVIEW_CONFIG", str(tmp_path))
    save_settings(replace(Settings(), theme="light"))
    assert load_settings(tmp_path).settings.theme == "light"
