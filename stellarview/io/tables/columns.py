"""Guesses which column of a table holds which stellar label, its uncertainty, a velocity, or the name of the star."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from stellarview.domain.labels import LABELS, Label

GuessKind = Literal["exact", "alias", "prefix", "logarithm"]

# What a catalogue's own velocity may be called; it comes second in our order of precedence.
RV = Label(
    *("rv", "RV", "km/s", "radial velocity"),
    ("radial_velocity", "vrad", "v_rad", "hrv", "rv_helio", "helio_rv", "vhelio", "v_helio", "radvel"),
)
REDSHIFT = Label("redshift", "z", "", "redshift", ("z",))
QUANTITIES: Mapping[str, Label] = {**LABELS, RV.key: RV, REDSHIFT.key: REDSHIFT}

KEY_NAMES = {
    "obsid": ("obsid", "lamostobsid", "lmobsid"),
    "file": (
        *("file", "filename", "fits", "fitsfile", "fitsname", "fitsfilename"),
        *("specfile", "spectrum", "spectrumfile", "path", "filepath"),
    ),
}

_LOG_TEFF_NAMES = ("logteff", "lgteff", "log10teff", "logt", "logtemperature")
_LOGARITHM_WORDS = {"dex", "log", "log10", "lg"}
_ERROR_WORDS = ("err", "error", "errs", "e", "sigma", "sig", "unc", "uncertainty", "std", "stddev", "rms")
_OTHER_WORDS = {
    *("flag", "flags", "quality", "bits", "ref", "source", "src", "bibcode", "name", "class"),
    *("lower", "upper", "lo", "hi", "low", "high", "up", "min", "max", "snr"),
}
_KINDS: tuple[GuessKind, ...] = ("exact", "alias", "prefix", "logarithm")


@dataclass(frozen=True)
class Guess:
    """A column that may hold a quantity, and how well its name fits."""

    column: str
    kind: GuessKind


def words_of(name: str) -> list[str]:
    """`[Fe/H]_err` -> fe, h, err."""
    return re.findall(r"[^\W_]+", name.lower())


def plain_name(name: str) -> str:
    """`T_EFF` and `Teff` -> teff."""
    return "".join(words_of(name))


def guess_columns(names: Sequence[str]) -> dict[str, tuple[Guess, ...]]:
    """For each quantity the columns that may hold it, best first; equally good ones in the table's order."""
    guesses: dict[str, tuple[Guess, ...]] = {}
    for key, label in QUANTITIES.items():
        found = [Guess(name, kind) for name in names if (kind := _fit(name, label)) is not None]
        if found:
            guesses[key] = tuple(sorted(found, key=lambda guess: _KINDS.index(guess.kind)))
    return guesses


def _fit(name: str, label: Label) -> GuessKind | None:
    words = words_of(name)
    whole = "".join(words)
    others = {plain_name(alias) for alias in label.aliases}
    if whole == label.key:
        return "exact"
    if whole in others:
        return "alias"
    if label.key == "teff" and whole in _LOG_TEFF_NAMES:
        return "logarithm"
    if _OTHER_WORDS.union(_ERROR_WORDS).intersection(words):
        return None
    # Whole words only: `feh_lasp` is a metallicity, `chi2` is no carbon abundance and `z_mag` no redshift.
    beginnings = {"".join(words[:count]) for count in range(1, len(words))}
    return "prefix" if any(len(name) > 1 for name in beginnings & {label.key, *others}) else None


def guess_sigma(names: Iterable[str], column: str, key: str) -> str | None:
    """The column that holds the uncertainties of `column`, if its name says so."""
    label = QUANTITIES.get(key)
    bases = [plain_name(column), key, *(plain_name(alias) for alias in (label.aliases if label else ()))]
    candidates = {name: _without_error_word(name) for name in names}
    for base in bases:
        for name, rests in candidates.items():
            if name != column and base in rests:
                return name
    return None


def _without_error_word(name: str) -> set[str]:
    """What a name may be the error of: `e_Teff`, `teff_err` and `TEFFERR` -> teff."""
    words = words_of(name)
    rests = {"".join(words[:place] + words[place + 1 :]) for place, word in enumerate(words) if word in _ERROR_WORDS}
    whole = "".join(words)
    rests |= {whole.removesuffix(word) for word in _ERROR_WORDS if len(word) > 1 and whole.endswith(word)}
    return rests | {whole.removeprefix(word) for word in _ERROR_WORDS if whole.startswith(word)}


def guess_keys(names: Sequence[str]) -> list[tuple[str, str]]:
    """(kind, column) of the columns that may name the star, observation numbers before file names."""
    return [(kind, name) for kind, known in KEY_NAMES.items() for name in names if plain_name(name) in known]


def says_logarithm(name: str, unit: str) -> bool:
    """True where a column's name or unit says that it holds log10 of a temperature."""
    words = set(words_of(name))
    named = bool(words & _LOGARITHM_WORDS) or any(known in "".join(words_of(name)) for known in _LOG_TEFF_NAMES)
    return named or unit.strip().startswith("[") or bool(set(words_of(unit)) & _LOGARITHM_WORDS)
