"""The columns of the table of measured lines, as data; and its rows, as they are shown and copied."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stellarview.domain.line_measurement import Measured
from stellarview.domain.measured_line import MEASURED_COLUMNS, MeasuredLine
from stellarview.session.session import Session

Row = Mapping[str, Any]


@dataclass(frozen=True)
class LineColumn:
    """One column: its title, what it means, how wide it is, and what stands in it."""

    title: str
    tip: str
    width: int
    text: Callable[[Row], str]


@dataclass(frozen=True)
class MeasuredRow:
    """One line, whose it is, and which of that star's lines."""

    key: str
    index: int
    line: MeasuredLine


def _pair(name: str, unit: str = "") -> Callable[[Row], str]:
    def text(row: Row) -> str:
        value, sigma = row.get(name), row.get(f"{name}_sigma")
        return "" if value is None else Measured(value, math.nan if sigma is None else sigma).text(unit)

    return text


def _chi2(row: Row) -> str:
    return "" if row.get("reduced_chi2") is None else f"{row['reduced_chi2']:.2f}"


LINE_TABLE: tuple[LineColumn, ...] = (
    LineColumn("Star", "The file", 190, lambda row: row["file"] or ""),
    LineColumn("Exposure", "Which exposure, or the coadd", 80, lambda row: row["exposure"] or ""),
    LineColumn("Line", "The line, or the stretch at rest in vacuum", 130, lambda row: row["name"]),
    LineColumn("EW (Å)", "Equivalent width between the ends at rest, absorption positive", 120, _pair("ew")),
    LineColumn("Profile", "What was fitted", 75, lambda row: row["profile"] if row["profile"] != "none" else ""),
    LineColumn("Centre (Å)", "Centre of the profile at rest, vacuum", 130, _pair("centre")),
    LineColumn("FWHM (Å)", "Full width at half maximum, instrument included", 110, _pair("fwhm")),
    LineColumn("Velocity (km/s)", "Radial velocity of the line", 120, _pair("line_rv")),
    LineColumn("χ²/dof", "Chi squared of the fit per degree of freedom", 60, _chi2),
    LineColumn("Flags", "What to know before believing the row", 320, lambda row: "; ".join(row["flags"])),
)


def measured_rows(session: Session) -> list[MeasuredRow]:
    """All lines that were measured, star by star."""
    return [MeasuredRow(star.key, index, line) for star in session.stars for index, line in enumerate(star.measured)]


def row_of(line: MeasuredLine) -> Row:
    """What the columns take."""
    return {**line.row, "name": line.name}


def rows_as_text(rows: Sequence[MeasuredRow]) -> str:
    """All that is known of the lines between tabs, numbers in full, titles first."""
    text = ["\t".join(f"{one.name} ({one.unit})" if one.unit else one.name for one in MEASURED_COLUMNS)]
    for row in rows:
        facts = row.line.row
        text.append("\t".join(_cell(facts[column.name]) for column in MEASURED_COLUMNS))
    return "\n".join(text)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else (f"{value:.7g}" if isinstance(value, float) else str(value))
