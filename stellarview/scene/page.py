"""Draws one star on one sheet of paper: scenes in their places, a table of its parameters, words above and below."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stellarview.io.atomic import write_atomically
from stellarview.io.names import printable
from stellarview.scene.figure import COLOURS, MAGIC, STYLE, checked_format, draw_scene, heights_of, metadata_of
from stellarview.scene.marks import Scene
from stellarview.scene.typesetting import POINTS_PER_INCH, wrapped

_WIDTH_INCH, _HEIGHT_INCH, _MARGIN_INCH = 8.27, 11.69, 0.4  # A4
_TITLE_POINTS, _HEADING_POINTS, _TEXT_POINTS, _SMALL_POINTS = 13.0, 8.0, 7.5, 6.0
_LINE = 1.35
_PANEL_INCH, _TALLEST_SPECTRUM_INCH, _PDF_INCH = 2.3, 4.6, 1.45
_TABLE_SHARE, _ROW_HEIGHT = 0.5, 1.55
_WARNING, _DOUBTFUL, _SMALL_PRINT = COLOURS["continuum"], "#777777", "#555555"
_PAGE_STYLE = STYLE | {"font.size": 6.5, "axes.labelsize": 6.5}


@dataclass(frozen=True)
class TableRow:
    """One line of the table: the first cell stands left, all others right; a doubtful one is grey."""

    cells: tuple[str, ...]
    is_heading: bool = False
    is_doubtful: bool = False


@dataclass(frozen=True)
class Table:
    """Rows, headings among them; `ends` are where the columns end, as shares of the table's width.

    `points` is the size of its letters, smaller where the rows are many.
    """

    ends: tuple[float, ...]
    rows: tuple[TableRow, ...]
    points: float = 7.0


@dataclass(frozen=True)
class Page:
    """What the sheet says. What is not there leaves its place to the others."""

    title: str
    facts: tuple[str, ...]
    warnings: tuple[str, ...]
    spectrum: Scene
    pdfs: tuple[Scene, ...]
    diagram: Scene | None
    table: Table
    notes: tuple[str, ...]
    provenance: str


def save_page(page: Page, path: Path, dpi: int = 200) -> None:
    """Draw the sheet and put it at `path`, whose ending tells the format; a failed write leaves the old file."""
    write_atomically(path, _render(page, checked_format(path), dpi), MAGIC)


def _render(page: Page, format_: str, dpi: int) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(_PAGE_STYLE):
        figure = Figure(figsize=(_WIDTH_INCH, _HEIGHT_INCH), layout="constrained")
        FigureCanvasAgg(figure)
        _draw(_within_margins(figure), page)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=format_, dpi=dpi, metadata=metadata_of(page.title, page.provenance, format_))
    return buffer.getvalue()


def _within_margins(figure: Any) -> Any:
    widths = (_MARGIN_INCH, _WIDTH_INCH - 2 * _MARGIN_INCH, _MARGIN_INCH)
    heights = (_MARGIN_INCH, _HEIGHT_INCH - 2 * _MARGIN_INCH, _MARGIN_INCH)
    return figure.subfigures(3, 3, width_ratios=widths, height_ratios=heights)[1, 1]


def _draw(sheet: Any, page: Page) -> None:
    """From top to bottom; the diagram and the table have what the others leave."""
    width = _WIDTH_INCH - 2 * _MARGIN_INCH
    head = [
        *_lines(page.facts, width, _TEXT_POINTS, "black"),
        *_lines(page.warnings, width, _TEXT_POINTS, _WARNING),
    ]
    foot = [
        *_lines(page.notes, width, _SMALL_POINTS, "black"),
        ("", "black"),
        *_lines([page.provenance], width, _SMALL_POINTS, _SMALL_PRINT),
    ]
    heights = [
        (_TITLE_POINTS * 1.7 + (len(head) + 0.5) * _TEXT_POINTS * _LINE) / POINTS_PER_INCH,
        min(0.35 + _PANEL_INCH * sum(heights_of(page.spectrum)), _TALLEST_SPECTRUM_INCH),
        _PDF_INCH if page.pdfs else 0.01,
        0.0,
        (len(foot) + 0.5) * _SMALL_POINTS * _LINE / POINTS_PER_INCH,
    ]
    heights[3] = max(_HEIGHT_INCH - 2 * _MARGIN_INCH - sum(heights), 1.0)
    top, spectrum, pdfs, below, bottom = sheet.subfigures(5, 1, height_ratios=heights)
    top.text(0.0, 1.0, printable(page.title), fontsize=_TITLE_POINTS, weight="bold", va="top")
    _write(top, head, _TEXT_POINTS, heights[0], _TITLE_POINTS * 1.7)
    draw_scene(spectrum, page.spectrum, _HEADING_POINTS)
    if page.pdfs:
        for part, scene in zip(pdfs.subfigures(1, len(page.pdfs), squeeze=False)[0], page.pdfs, strict=True):
            draw_scene(part, scene, _HEADING_POINTS)
    _draw_below(below, page, width, heights[3])
    _write(bottom, foot, _SMALL_POINTS, heights[4], 0.5 * _SMALL_POINTS)


def _lines(texts: Sequence[str], width_inch: float, points: float, colour: str) -> list[tuple[str, str]]:
    """Texts in lines that fit, with their colour."""
    return [(line, colour) for text in texts for line in wrapped(printable(text), width_inch, points)]


def _write(part: Any, lines: Sequence[tuple[str, str]], points: float, height_inch: float, start: float) -> None:
    """One line under the other, the first so many points below the top."""
    for place, (line, colour) in enumerate(lines):
        down = (start + place * points * _LINE) / POINTS_PER_INCH / height_inch
        part.text(0.0, 1.0 - down, line, fontsize=points, color=colour, va="top")


def _draw_below(part: Any, page: Page, width_inch: float, height_inch: float) -> None:
    if page.diagram is None:
        _draw_table(part, page.table, width_inch, height_inch, _TABLE_SHARE)
        return
    left, right = part.subfigures(1, 2, width_ratios=(1.0 - _TABLE_SHARE, _TABLE_SHARE))
    draw_scene(left, page.diagram, _HEADING_POINTS)
    _draw_table(right, page.table, width_inch * _TABLE_SHARE, height_inch)


def _draw_table(part: Any, table: Table, width_inch: float, height_inch: float, share: float = 1.0) -> None:
    """In letters as large as they fit; a heading has a rule below it and room above."""
    from matplotlib.lines import Line2D

    headings = sum(row.is_heading for row in table.rows)
    lines = len(table.rows) + 0.5 * headings
    points = min(table.points, height_inch * POINTS_PER_INCH / lines / _ROW_HEIGHT)
    step = points * _ROW_HEIGHT / POINTS_PER_INCH / height_inch
    left, y = 0.04 * share, 1.0 - 0.1 * step
    for place, row in enumerate(table.rows):
        y -= 0.5 * step if row.is_heading and place else 0.0
        colour = _DOUBTFUL if row.is_doubtful else "black"
        style = {"fontsize": points, "color": colour, "va": "top", "weight": "bold" if row.is_heading else "normal"}
        part.text(left, y, row.cells[0], ha="left", **style)
        for end, cell in zip(table.ends, row.cells[1:], strict=True):
            part.text(left + end * (share - left), y, cell, ha="right", **style)
        y -= step
        if row.is_heading:
            rule = Line2D([left, share], [y + 0.18 * step] * 2, color="black", lw=0.5, transform=part.transSubfigure)
            part.add_artist(rule)
