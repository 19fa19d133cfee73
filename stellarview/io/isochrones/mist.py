"""Reads official MIST isochrones (`.iso`, `.iso.cmd`): one age or many, log or linear, `EEP` with `#` or without."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.isochrones import NO_PHASE, PHASES, Isochrone
from stellarview.io.names import display_name

# Our columns by MIST's names.
_COLUMNS = {
    "log10_teff": "log_Teff",
    "logg": "log_g",
    "log10_luminosity": "log_L",
    "initial_mass": "initial_mass",
    "mass": "star_mass",
}
_AGES = ("log10_isochrone_age_yr", "isochrone_age_yr")
_BLOCK = re.compile(r"#\s*number of EEPs, cols =\s*(\d+)\s+(\d+)\s*$")
_MARK = "# MIST version number"
# What the files of other models say within their first lines.
_OTHER_MODELS = (
    ("PARSEC", r"parsec|stev\.oapd|padova|cmd 3\.\d"),
    ("Dartmouth", r"mix-len|#number of ages="),
    ("BaSTI", r"basti"),
    ("Yonsei-Yale", r"y2 isochrone|yonsei"),
    ("Geneva", r"geneva|syclist"),
    ("MIST's tracks, each of one star,", r"star_age"),
)
_FIRST_BYTES = 4000
_LARGEST_EEP = 10_000
_AGE_DIGITS, _FEH_DIGITS = 6, 4


@dataclass(frozen=True, eq=False)
class MistFile:
    """The curves of one file and the models that they come from."""

    curves: tuple[Isochrone, ...]
    version: str
    rotation: float

    @property
    def models(self) -> str:
        """What files must share to stand in one grid."""
        return f"MIST {self.version}, v/vcrit = {self.rotation:g}"


def parse_mist(data: bytes, path: Path) -> MistFile:
    """Every isochrone of a file with this content, or an error that tells what it is instead."""
    text = data.decode("ascii", "replace")
    if not text.startswith(_MARK):
        raise _refused(path, _what_it_is(text), "Give isochrones of MIST (.iso or .iso.cmd), or their .txz package.")
    try:
        lines = text.splitlines()
        feh, rotation = _composition(lines)
        places = [(at, match) for at, line in enumerate(lines) if (match := _BLOCK.match(line))]
        curves = tuple(_curve(lines, at, int(match[1]), int(match[2]), feh) for at, match in places)
    except (ValueError, IndexError, KeyError) as error:
        raise _refused(path, f"It is damaged or cut short: {error}.", "Download it again.") from error
    promised = re.search(r"# number of isochrones =\s*(\d+)", text[:_FIRST_BYTES])
    if not curves or (promised and len(curves) != int(promised[1])):
        due = promised[1] if promised else "at least one"
        raise _refused(path, f"It is cut short: {len(curves)} isochrones where {due} are due.", "Download it again.")
    return MistFile(curves, lines[0].rpartition("=")[2].strip(), rotation)


def _composition(lines: list[str]) -> tuple[float, float]:
    """Initial [Fe/H] and rotation: the line of numbers under the line of names."""
    for names, values in pairwise(lines[:13]):
        if "[Fe/H]" in names and "v/vcrit" in names:
            numbers = dict(zip(names.lstrip("# ").split(), values.lstrip("# ").split(), strict=True))
            return round(float(numbers["[Fe/H]"]), _FEH_DIGITS), float(numbers["v/vcrit"])
    raise ValueError("no line of its header tells [Fe/H]")


def _curve(lines: list[str], at: int, count: int, width: int, feh: float) -> Isochrone:
    """The block that begins at this line: sizes, column numbers, names, then one row an EEP."""
    names = lines[at + 2].lstrip("# ").split()
    rows = lines[at + 3 : at + 3 + count]
    age_name = next((name for name in _AGES if name in names), None)
    missing = [name for name in ("EEP", *_COLUMNS.values(), "phase") if name not in names]
    if age_name is None or missing or len(names) != width:
        raise ValueError(f"no column {missing[0]}" if missing else "its columns are not those that it promises")
    if len(rows) != count or count < 2:
        raise ValueError(f"{len(rows)} rows where {count} are due")
    wanted = [names.index(name) for name in ("EEP", age_name, "phase", *_COLUMNS.values())]
    eep, age, phase, *columns = np.loadtxt(rows, usecols=wanted, unpack=True, ndmin=2)
    log10_age = float(age[0] if age_name == _AGES[0] else np.log10(age[0]))
    if not (np.diff(eep) > 0).all() or eep[0] < 0 or eep[-1] > _LARGEST_EEP:
        raise ValueError("its EEPs do not rise")
    if not np.allclose(age, age[0], rtol=1e-6) or not 4.0 < log10_age < 10.5:
        raise ValueError("a block does not have one age between 10,000 years and 30 Gyr")
    # Models that did not converge are no reason to lose the others.
    sound = np.isfinite(columns).all(axis=0) & (np.abs(columns[0] - 4.0) < 2.0) & (columns[3] > 0)
    if np.count_nonzero(sound) < 0.9 * count:
        raise ValueError("temperatures or masses that no star has")
    named = {f"{name}_E": values[sound] for name, values in zip(_COLUMNS, columns, strict=True)}
    known = np.where(np.isin(phase, list(PHASES)), phase, NO_PHASE)[sound]
    return Isochrone(round(log10_age, _AGE_DIGITS), feh, eep[sound], **named, phase_E=known)


def _what_it_is(text: str) -> str:
    first = text[:_FIRST_BYTES].lower()
    for model, pattern in _OTHER_MODELS:
        if re.search(pattern, first):
            return f"It comes from {model}: these are no isochrones of MIST."
    return "It is no isochrone file of MIST: those begin with their MIST version number."


def _refused(path: Path, why: str, what_to_do: str) -> StellarViewError:
    return StellarViewError(f"{display_name(path)} is refused.", why, what_to_do)
