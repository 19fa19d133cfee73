"""Where a user's own small files belong on each system: what he chose, and what a crash shall not cost him."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_NAME = "stellarview"


def config_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """For settings; STELLARVIEW_CONFIG names another folder."""
    return _folder(("STELLARVIEW_CONFIG", "XDG_CONFIG_HOME", "APPDATA"), (".config",), environment, platform)


def state_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """For sessions that were not saved; STELLARVIEW_STATE names another folder."""
    return _folder(("STELLARVIEW_STATE", "XDG_STATE_HOME", "LOCALAPPDATA"), (".local", "state"), environment, platform)


def models_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """For the user's own models; STELLARVIEW_MODELS names another folder."""
    return _data_folder("models", "STELLARVIEW_MODELS", environment, platform)


def runs_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """For the user's training runs; STELLARVIEW_RUNS names another folder."""
    return _data_folder("runs", "STELLARVIEW_RUNS", environment, platform)


def _data_folder(what: str, variable: str, environment: Mapping[str, str], platform: str) -> Path:
    own = environment.get(variable, "")
    names = ("", "XDG_DATA_HOME", "LOCALAPPDATA")
    return Path(own) if own else _folder(names, (".local", "share"), environment, platform) / what


def _folder(
    variables: tuple[str, str, str], usual: tuple[str, ...], environment: Mapping[str, str], platform: str
) -> Path:
    own, of_linux, of_windows = (environment.get(name, "") for name in variables)
    if own:
        return Path(own)
    if platform == "win32":
        return Path(of_windows or Path.home() / "AppData" / "Local") / _NAME
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _NAME
    # The standard says that a relative path is no path.
    return (Path(of_linux) if Path(of_linux).is_absolute() else Path.home().joinpath(*usual)) / _NAME
