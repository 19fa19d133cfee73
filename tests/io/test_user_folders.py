"""Where settings and unsaved sessions lie on each system."""

from __future__ import annotations

from pathlib import Path

import pytest

from stellarview.io.user_folders import config_folder, models_folder, state_folder

HOME = Path.home()
FULL = str(Path("/x").absolute())

CASES = [
    ("linux", {}, HOME / ".config" / "stellarview", HOME / ".local" / "state" / "stellarview"),
    (
        "linux",
        {"XDG_CONFIG_HOME": FULL, "XDG_STATE_HOME": FULL},
        Path(FULL, "stellarview"),
        Path(FULL, "stellarview"),
    ),
    (
        "linux",
        {"XDG_CONFIG_HOME": "not/full", "XDG_STATE_HOME": ""},
        HOME / ".config" / "stellarview",
        HOME / ".local" / "state" / "stellarview",
    ),
    ("darwin", {}, *[HOME / "Library" / "Application Support" / "stellarview"] * 2),
    ("win32", {"APPDATA": "R", "LOCALAPPDATA": "L"}, Path("R/stellarview"), Path("L/stellarview")),
    ("win32", {}, *[HOME / "AppData" / "Local" / "stellarview"] * 2),
    ("linux", {"STELLARVIEW_CONFIG": "c", "STELLARVIEW_STATE": "s"}, Path("c"), Path("s")),
]


@pytest.mark.parametrize(("platform", "environment", "config", "state"), CASES)
def test_that_folders_are_where_each_system_keeps_them(
    platform: str, environment: dict[str, str], config: Path, state: Path
) -> None:
    assert config_folder(environment, platform) == config
    assert state_folder(environment, platform) == state


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, HOME / ".local" / "share" / "stellarview" / "models"),
        ("linux", {"XDG_DATA_HOME": FULL}, Path(FULL, "stellarview", "models")),
        ("linux", {"XDG_DATA_HOME": FULL, "STELLARVIEW_MODELS": "m"}, Path("m")),
        ("darwin", {}, HOME / "Library" / "Application Support" / "stellarview" / "models"),
        ("win32", {"LOCALAPPDATA": "L"}, Path("L/stellarview/models")),
    ],
)
def test_that_the_users_models_have_their_place(platform: str, environment: dict[str, str], folder: Path) -> None:
    assert models_folder(environment, platform) == folder
