"""The columns of the table of stars, as data: what each says of a row of facts, and what it is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class StarColumn:
    """One column. `key` names the fact that rows are sorted by; `text` is what the cell shows."""

    key: str
    title: str
    tip: str
    text: Callable[[Row], str]
    width: int = 70
    is_number: bool = True
    is_editable: bool = False


def _plain(key: str, decimals: int = 0) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        value = row.get(key)
        return "" if value is None else f"{value:.{decimals}f}".replace("-", "−")

    return text


def _with_sigma(key: str, decimals: int) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        value, sigma = row.get(key), row.get(f"{key}_sigma")
        if value is None:
            return ""
        plus_minus = "" if sigma is None else f" ± {sigma:.{decimals}f}"
        return f"{value:.{decimals}f}{plus_minus}".replace("-", "−")

    return text


def _words(key: str) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        value = row.get(key)
        return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")

    return text


def _subtype(row: Row) -> str:
    """Results are ASCII, the screen is not."""
    return str(row.get("mk") or "").replace("+-", "±")


def _name(row: Row) -> str:
    """All stars of the survey begin alike: that word would leave no room for what tells them apart."""
    return str(row.get("name") or "").removeprefix("LAMOST ")


STAR_COLUMNS: tuple[StarColumn, ...] = (
    StarColumn("name", "Name", "Designation, or the file's name", _name, 150, is_number=False),
    StarColumn("snr", "S/N", "Signal-to-noise ratio per pixel: that of the best band or arm", _plain("snr"), 46),
    StarColumn("class", "Class", "Star, galaxy or quasar: what is most probable", _words("class"), 62, is_number=False),
    StarColumn("mk", "MK", "MK subtype; sigma in tenths of a spectral class", _subtype, 82, is_number=False),
    StarColumn("teff", "Teff (K)", "Effective temperature, K, with one sigma", _with_sigma("teff", 0), 92),
    StarColumn("logg", "log g", "Logarithm of surface gravity in cm/s², with one sigma", _with_sigma("logg", 2), 92),
    StarColumn("feh", "[Fe/H]", "Iron abundance relative to the Sun, dex, with one sigma", _with_sigma("feh", 2), 98),
    StarColumn("rv", "RV (km/s)", "Radial velocity, km/s, positive when receding", _with_sigma("rv", 1), 96),
    StarColumn("novelty", "Novelty", "Percentile of the distance from training spectra: 99.9 and above is unlike them",
               _plain("novelty", 1), 60),
    StarColumn("flags", "Flags", "What to know before believing this row", _words("flags"), 220, is_number=False),
    StarColumn("note", "Note", "Your own words about the star: double-click to write", _words("note"), 160,
               is_number=False, is_editable=True),
)  # fmt: skip


def sorting_key(row: Row, key: str) -> tuple[bool, Any]:
    """What is not known comes last, whichever way is up; texts without regard to case."""
    value = row.get(key)
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    if isinstance(value, str):
        value = value.casefold()
    return (value in (None, ""), value if value not in (None, "") else 0)
