"""A scene made ready for paper: of what is seen on the screen, with as many names of lines as there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from stellarview.scene.figure import heights_of, natural_height
from stellarview.scene.marks import LineLabelMark, Mark, Panel, Scene, SpanMark
from stellarview.scene.overlays.line_labels import spread

# What is seen of an axis, low to high, in its own coordinates: logarithms (base 10) on logarithmic axes.
Range = tuple[float, float]
Ranges = tuple[Range, Range]

_NAME_POINTS, _POINTS_PER_INCH = 5.5, 72.0
# A rotated name is as wide as its letters are high with a little air, and about half as long as it has letters.
_NAME_INCH = 1.3 * _NAME_POINTS / _POINTS_PER_INCH
_LETTER_INCH = 0.6 * _NAME_POINTS / _POINTS_PER_INCH
_TICK_SHARE = 0.07
# What axes leave to their numbers and words, beside them and below.
_BESIDE_INCH, _BELOW_SHARE = 0.75, 0.3
_LOWEST_FOOT = 0.4
# Narrower than this no panel can be read.
_LEAST_COLUMN_INCH = 2.4


def on_paper(
    scene: Scene, width_inch: float, height_inch: float | None = None, seen: Sequence[Ranges] | None = None
) -> Scene:
    """The scene at this size; with `seen`, only what lies within these ranges of its panels, and room for names."""
    if seen is not None:
        panels = tuple(_within(panel, ranges) for panel, ranges in zip(scene.panels, seen, strict=True))
        scene = replace(scene, panels=panels)
    if scene.columns > 1 and width_inch / scene.columns < _LEAST_COLUMN_INCH:
        scene = _in_one_column(scene)
    height = natural_height(scene, width_inch) if height_inch is None else height_inch
    shares = scene.widths or (1.0,) * scene.columns
    rows = heights_of(scene)
    placed = []
    for index, panel in enumerate(scene.panels):
        wide = max(width_inch - _BESIDE_INCH * scene.columns, 0.5) * shares[index % scene.columns] / sum(shares)
        high = (1 - _BELOW_SHARE) * height * rows[index // scene.columns] / sum(rows)
        placed.append(_with_names(panel, wide, high))
    return replace(scene, panels=tuple(placed))


def _in_one_column(scene: Scene) -> Scene:
    """One column under the other; what a panel left to its neighbour on the left it says itself."""
    rows = [scene.panels[start : start + scene.columns] for start in range(0, len(scene.panels), scene.columns)]
    panels = []
    for column in range(scene.columns):
        for row in rows:
            if column < len(row) and not row[column].is_blank:
                panels.append(replace(row[column], y_label=row[column].y_label or row[0].y_label))
    return replace(scene, panels=tuple(panels), columns=1, widths=())


def _within(panel: Panel, seen: Ranges) -> Panel:
    """Directions of axes stay, and what would stick out is left out."""
    x, y = seen
    if panel.x_scale == "log":
        x = (10 ** x[0], 10 ** x[1])
    marks = tuple(_with_legends([mark for mark in panel.marks if _reaches(mark, x)], panel.marks))
    return replace(panel, marks=marks, x_limits=_as_before(panel.x_limits, x), y_limits=_as_before(panel.y_limits, y))


def _with_legends(kept: list[Mark], before: Sequence[Mark]) -> Iterator[Mark]:
    """Of many spans alike the first carries the legend: if that one is gone, the next."""
    legends = {mark.role: mark.legend for mark in before if isinstance(mark, SpanMark) and mark.legend}
    for mark in kept:
        yield replace(mark, legend=legends.pop(mark.role, "")) if isinstance(mark, SpanMark) else mark


def _reaches(mark: Mark, x: Range) -> bool:
    if isinstance(mark, LineLabelMark):
        return x[0] <= mark.x <= x[1]
    if isinstance(mark, SpanMark):
        return max(mark.start, mark.stop) >= x[0] and min(mark.start, mark.stop) <= x[1]
    return True


def _as_before(before: Range, now: Range) -> Range:
    low, high = sorted(now)
    return (high, low) if before[0] > before[1] else (low, high)


def _with_names(panel: Panel, wide_inch: float, high_inch: float) -> Panel:
    """Names laid out anew: none touches another, none leaves the axes; the axis is longer where they need the room."""
    names = sorted((mark for mark in panel.marks if isinstance(mark, LineLabelMark)), key=lambda mark: mark.x)
    if not names:
        return panel
    others = tuple(mark for mark in panel.marks if not isinstance(mark, LineLabelMark))
    most = max(int(wide_inch / _NAME_INCH), 1)
    if len(names) > most:  # evenly thinned, as on the screen
        names = [names[k] for k in np.linspace(0, len(names) - 1, most).round().astype(int)]
    low, high = sorted(panel.x_limits)
    texts = spread([mark.x for mark in names], _NAME_INCH / wide_inch * (high - low), (low, high))
    foot = min(names[0].foot, 1.0 - _TICK_SHARE - max(len(mark.text) for mark in names) * _LETTER_INCH / high_inch)
    foot = max(foot, _LOWEST_FOOT)
    bottom, top = panel.y_limits
    top = bottom + (top - bottom) * names[0].foot / foot
    placed = tuple(replace(mark, text_x=x, foot=foot) for mark, x in zip(names, texts, strict=True))
    return replace(panel, marks=(*others, *placed), y_limits=(bottom, top))
