"""The table of stars, one row each: what the window lists and what a report writes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.domain.inspection import Inspection
from stellarview.domain.label_pdf import PLACED_LABELS
from stellarview.domain.labels import label_named
from stellarview.domain.results import Column, known
from stellarview.domain.spectrum import RadialVelocity, Spectrum
from stellarview.domain.subtype import subtype_text
from stellarview.io.names import SPECTRUM_ENDINGS, printable

_NAMES = (
    Column("name", "text", "the star's designation, its name, or else that of the file"),
    Column("file", "text", "the file; in a spectrum set with #row, counted from 0"),
    Column("snr", "number", "signal-to-noise ratio per pixel, that of the best band"),
    Column("class", "text", "the most probable class"),
    Column("class_probability", "number", "its probability, mean of the members"),
    Column("mk", "text", "MK subtype with sigma in tenths of a spectral class"),
)
_VERDICT = (
    Column("rv", "number", "radial velocity that was used", "km/s"),
    Column("rv_sigma", "number", "one standard deviation of rv", "km/s"),
    Column("rv_source", "text", "who gave rv: user, catalogue, header or cross-correlation"),
    Column("flags", "text", "what to know before believing this row"),
    Column("novelty", "number", "percentile among the training spectra, 0 to 100"),
    Column("error", "text", "what could not be told, and why"),
)


def summary_columns() -> tuple[Column, ...]:
    """The columns of a table of stars, one row each."""
    labels = [
        Column(f"{key}{part}", "number", f"{words}{label_named(key).meaning}", label_named(key).unit)
        for key in (*PLACED_LABELS, "subtype")
        for part, words in (("", ""), ("_sigma", "one standard deviation, all parts together, of the "))
    ]
    return (*_NAMES, *labels, *_VERDICT)


def summary_row(inspection: Inspection, file: str = "") -> dict[str, Any]:
    """The row of one star: a value for each column, None where nothing is known; `file` where it is a row of a set."""
    spectrum, classified, subtype = inspection.spectrum, inspection.classified, inspection.telling("subtype")
    best = None if classified is None else classified.best_class
    mk = None if subtype is None else subtype.labels["subtype"]
    facts: dict[str, Any] = {
        "name": star_name(spectrum),
        "file": printable(file or spectrum.source.path),
        "snr": best_snr(spectrum),
        "class": best and best.name,
        "class_probability": best and best.probability,
        "mk": mk and subtype_text(mk.mean, mk.sigma),
        "flags": list(inspection.flags),
        "novelty": inspection.novelty and inspection.novelty.percentile,
        **_velocity_facts(spectrum.velocity),
    }
    for key in (*PLACED_LABELS, "subtype"):
        if (told := inspection.telling(key)) is not None:
            facts |= {key: told.labels[key].mean, f"{key}_sigma": told.labels[key].sigma}
    if inspection.refusals:
        facts["error"] = [f"{of}: {' '.join(error.as_dict().values())}" for of, error in inspection.refusals.items()]
    return {column.name: known(facts.get(column.name)) for column in summary_columns()}


def failed_row(file: str, error: StellarViewError) -> dict[str, Any]:
    """The row of a file that could not even be read."""
    facts = {"file": printable(file), "error": error.as_dict()}
    return {column.name: facts.get(column.name) for column in summary_columns()}


def star_name(spectrum: Spectrum) -> str:
    """What a star is called on the screen."""
    header = spectrum.header
    return printable(header.designation or header.object_name or spectrum.source.file_name)


def sheet_name(path: Path, row: int = -1, taken: Collection[str] = ()) -> str:
    """What a star's sheet is called, without ending: as its file, with the row in a set, and unlike those before."""
    ending = next((one for one in SPECTRUM_ENDINGS[::-1] if path.name.lower().endswith(one)), "")
    stem = path.name.removesuffix(path.name[len(path.name) - len(ending) :]) or path.name
    name = stem if row < 0 else f"{stem}-{row}"
    own, count = name, 1
    while own in taken:  # files of one name may come from several folders
        count += 1
        own = f"{name}-{count}"
    return own


def best_snr(spectrum: Spectrum) -> float | None:
    """The signal-to-noise ratio of the best band, or of the best arm where the header has none."""
    arms = [arm.snr for arm in spectrum.arms if arm.snr is not None]
    return max([*spectrum.header.snr.known().values()] or arms, default=None)


def is_star(inspection: Inspection) -> bool:
    """As far as is known."""
    best = inspection.classified.best_class if inspection.classified else None
    return best is None or best.name == "STAR"


def doubts(inspection: Inspection) -> tuple[str, ...]:
    """What makes all that is told of the star doubtful."""
    said = []
    best = inspection.classified.best_class if inspection.classified else None
    if best is not None and best.name != "STAR":
        said.append(f"This is probably no star but a {best.name}: the stellar parameters below mean nothing.")
    if inspection.novelty is not None and inspection.novelty.is_unlike:
        said.append("Unlike the training set: what is told below is not to be believed.")
    if inspection.beyond_by_type:
        words = inspection.beyond_by_type
        said.append(f"{words[0].upper()}{words[1:]}: what is told of the star's labels is not to be believed.")
    velocity = inspection.spectrum.velocity
    if velocity is not None and not velocity.is_reliable:
        said.append("The radial velocity is unreliable: the spectrum may not be at rest.")
    return tuple(said)


def _velocity_facts(velocity: RadialVelocity | None) -> dict[str, Any]:
    if velocity is None:
        return {}
    return {"rv": velocity.value_km_s, "rv_sigma": velocity.sigma_km_s, "rv_source": velocity.source}
