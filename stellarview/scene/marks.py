"""What can be drawn: a few kinds of marks, in data coordinates, that any canvas can render."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from stellarview.domain.arrays import FloatArray

# What a mark is for decides how it looks; the themes map roles to colours.
Role = Literal[
    "flux", "error", "continuum", "masked", "label", "zero", "first", "second", "third", "fourth", "fifth", "sixth",
    "isochrone", "star", "catalogue", "ghost", "sky", "edit", "known",
]  # fmt: skip
Weight = Literal["thin", "plain", "bold"]


@dataclass(frozen=True, eq=False)
class CurveMark:
    """A line through points; gaps where y is NaN. With a value, its colour is that of the panel's scale.

    A thin one stays behind the others, a bold one stands out.
    """

    x: FloatArray
    y: FloatArray
    role: Role
    legend: str = ""
    value: float | None = None
    weight: Weight = "plain"


@dataclass(frozen=True, eq=False)
class DensityMark:
    """How many things lie in each cell of a rectangle; rows are y."""

    x_edges: FloatArray
    y_edges: FloatArray
    count_YX: FloatArray
    role: Role


@dataclass(frozen=True, eq=False)
class ContourMark:
    """Lines of equal density, at rising levels; rows are y."""

    x: FloatArray
    y: FloatArray
    density_YX: FloatArray
    levels: tuple[float, ...]
    role: Role
    legend: str = ""


@dataclass(frozen=True, eq=False)
class ColouredCurveMark:
    """A line whose colour tells a second quantity, from `-reach` to `reach`; `legend` names it with its unit.

    Where the quantity is NaN nothing is drawn.
    """

    x: FloatArray
    y: FloatArray
    values: FloatArray
    reach: float
    legend: str


@dataclass(frozen=True, eq=False)
class PointsMark:
    """Points that no line joins: one a star."""

    x: FloatArray
    y: FloatArray
    role: Role
    legend: str = ""


@dataclass(frozen=True, eq=False)
class BandMark:
    """The area between two curves."""

    x: FloatArray
    low: FloatArray
    high: FloatArray
    role: Role
    legend: str = ""


@dataclass(frozen=True, eq=False)
class HeatStripMark:
    """A second quantity as a strip of colours along the axis; nothing where it is NaN. `bottom` and `top` are shares of
    the axis' height, `reach` and `legend` as those of a coloured curve."""

    x: FloatArray
    values: FloatArray
    reach: float
    legend: str
    bottom: float = 0.0
    top: float = 0.035


@dataclass(frozen=True)
class SpanMark:
    """A stretch of the x axis with a reason, over the whole height; `text` stands at its foot."""

    start: float
    stop: float
    role: Role
    reason: str
    legend: str = ""
    text: str = ""
    is_hatched: bool = False


@dataclass(frozen=True)
class LineLabelMark:
    """The name of a spectral line: a tick at the line, the text above it, moved aside where names would collide.

    `foot` is where the tick begins, as a share of the axis' height.
    """

    x: float
    y: float
    text_x: float
    text: str
    role: Role = "label"
    foot: float = 0.70


Mark = (
    CurveMark | ColouredCurveMark | HeatStripMark | PointsMark | DensityMark | ContourMark | BandMark | SpanMark
    | LineLabelMark
)  # fmt: skip


@dataclass(frozen=True)
class ColourScale:
    """What the colours of a panel mean: a quantity from low to high, with the ticks of its bar."""

    text: str
    low: float
    high: float
    ticks: tuple[float, ...]
    is_log: bool = False

    def share(self, value: float) -> float:
        """Where a value lies between the ends: 0 to 1."""
        low, high, at = map(math.log, (self.low, self.high, value)) if self.is_log else (self.low, self.high, value)
        return (at - low) / ((high - low) or 1.0)


@dataclass(frozen=True)
class Panel:
    """One plot: its marks, axes and limits.

    Without an `x_label` it shares the axis of the panel below it in its column, without a `y_label` that of the panel
    to its left.
    """

    marks: tuple[Mark, ...]
    x_label: str
    y_label: str
    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    title: str = ""
    height: float = 1.0  # in units of a usual panel's
    x_scale: Literal["linear", "log"] = "linear"
    colour_scale: ColourScale | None = None
    x_names: tuple[str, ...] = ()  # of a panel of bars: what stands at 0, 1, 2 ...

    @property
    def is_blank(self) -> bool:
        """True for a place that is left empty, with not even axes."""
        return not (self.marks or self.x_label or self.y_label)


@dataclass(frozen=True)
class Scene:
    """Panels from top to bottom (in columns: row by row), a title, and where it all came from.

    `widths` are those of the columns, relative to each other; equal, where there are none.
    """

    panels: tuple[Panel, ...]
    title: str
    provenance: str
    columns: int = 1
    widths: tuple[float, ...] = ()

    def shares_y(self, place: int) -> bool:
        """True where this panel has no y axis of its own, but that of the one to its left."""
        panel, is_first = self.panels[place], place % self.columns == 0
        return not (is_first or panel.y_label or panel.is_blank or self.panels[place - 1].is_blank)
