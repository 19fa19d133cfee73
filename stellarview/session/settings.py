"""What the program remembers of its user between two starts; a damaged file costs that, never the start."""

from __future__ import annotations

import base64
import contextlib
import json
import math
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal, Self

from stellarview.domain.errors import StellarViewError
from stellarview.domain.typed_json import dataclass_from
from stellarview.io.atomic import write_atomically
from stellarview.io.file_bytes import read_file_bytes
from stellarview.io.names import full_path
from stellarview.io.user_folders import config_folder

Theme = Literal["system", "light", "dark"]

SETTINGS_FILE, _ASIDE = "settings.json", "settings.damaged.json"
_LIMIT_BYTES = 1 << 20
_MOST_RECENT = 12
SMALLEST_TEXT, LARGEST_TEXT = 0.5, 3.0


@dataclass(frozen=True)
class Settings:
    """All that is kept. `window_geometry` and `dock_layout` are the window's own bytes in base64, '' the usual ones.

    `recent_files` come newest first; `hint_step` is how far the first-start hints got; `colours` '' is the theme's own.
    """

    theme: Theme = "system"
    colours: str = ""
    text_scale: float = 1.0
    recent_files: tuple[str, ...] = ()
    hint_step: int = 0
    hint_done: bool = False
    window_geometry: str = ""
    dock_layout: str = ""
    device: str = "auto"
    samp_on: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.text_scale) and SMALLEST_TEXT <= self.text_scale <= LARGEST_TEXT):
            raise ValueError(f"a text scale of {self.text_scale} is not within {SMALLEST_TEXT} and {LARGEST_TEXT}")
        if self.hint_step < 0:
            raise ValueError(f"there is no hint {self.hint_step}")
        for text in (self.window_geometry, self.dock_layout):
            base64.b64decode(text, validate=True)
        if len(self.recent_files) > _MOST_RECENT:
            object.__setattr__(self, "recent_files", self.recent_files[:_MOST_RECENT])

    def with_recent(self, path: Path | str) -> Self:
        """With a file that was just opened or saved at the head of the list."""
        newest = str(full_path(path))
        return replace(self, recent_files=(newest, *(known for known in self.recent_files if known != newest)))


@dataclass(frozen=True)
class LoadedSettings:
    """Settings, and one line to say where they could not be read; '' where all is well."""

    settings: Settings
    notice: str = ""


def load_settings(folder: Path | None = None) -> LoadedSettings:
    """The user's settings; the usual ones where there are none. A damaged file is set aside and said."""
    path = (folder or config_folder()) / SETTINGS_FILE
    try:
        if not path.exists():
            return LoadedSettings(Settings())
        return LoadedSettings(_settings_of(read_file_bytes(path, _LIMIT_BYTES).data))
    except StellarViewError as error:
        why = error.why.rstrip(".")
    except (ValueError, TypeError, OverflowError, RecursionError, OSError) as error:
        why = " ".join(str(error).split())[:200]
    aside = path.with_name(_ASIDE)
    with contextlib.suppress(OSError):
        path.replace(aside)
    where = f"; the old file is now {aside}" if aside.exists() else ""
    return LoadedSettings(Settings(), f"Your settings could not be read ({why}): the usual ones count{where}.")


def save_settings(settings: Settings, folder: Path | None = None) -> None:
    """Write the settings; where that is impossible, a StellarViewError."""
    path = (folder or config_folder()) / SETTINGS_FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StellarViewError(
            f"Cannot save the settings in {path.parent}.",
            f"The system says: {error.strerror or error}.",
            "Check the folder, or name another with STELLARVIEW_CONFIG.",
        ) from error
    write_atomically(path, (json.dumps(asdict(settings), indent=1) + "\n").encode("ascii"))


def _settings_of(data: bytes) -> Settings:
    """What a newer version wrote besides is passed over."""
    facts = json.loads(data.decode("utf-8"))
    if not isinstance(facts, dict):
        raise TypeError("it is no JSON object")
    known = {field.name for field in fields(Settings)}
    return dataclass_from(Settings, {key: value for key, value in facts.items() if key in known}, "settings")
