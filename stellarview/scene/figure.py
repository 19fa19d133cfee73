"""Draws a scene with matplotlib for a paper: vector, fonts as text, provenance in the file, written atomically."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import write_atomically
from stellarview.io.names import printable
from stellarview.scene.marks import (
    BandMark,
    ColouredCurveMark,
    ColourScale,
    ContourMark,
    CurveMark,
    DensityMark,
    HeatStripMark,
    LineLabelMark,
    Mark,
    Panel,
    PointsMark,
    Scene,
    SpanMark,
)
from stellarview.scene.typesetting import LETTER_SHARE, POINTS_PER_INCH, fitting_points, wrapped

FORMATS = ("pdf", "svg", "png")
# What a figure begins with: only a figure is written over.
MAGIC = (b"%PDF", b"<?xml", b"\x89PNG")
# Okabe and Ito's palette: told apart with any colour vision, and in grey.
COLOURS = {
    "flux": "#222222", "error": "#56B4E9", "continuum": "#D55E00", "masked": "#999999", "label": "#0072B2",
    "zero": "#999999", "first": "#D55E00", "second": "#0072B2", "third": "#009E73", "fourth": "#CC79A7",
    "fifth": "#E69F00", "sixth": "#56B4E9",
    "isochrone": "#0072B2", "star": "#D55E00", "catalogue": "#999999",
    "ghost": "#CC79A7", "sky": "#F0E442", "edit": "#009E73", "known": "#777777",
}  # fmt: skip
_WIDTHS = {"thin": 0.5, "plain": 0.9, "bold": 1.6}
# From one of the palette's colours to another over a dark middle: a line of no importance is still seen on white.
_DIVERGING = ("#56B4E9", "#0072B2", "#222222", "#D55E00", "#E69F00")
_COLOURED = (ColouredCurveMark, HeatStripMark)
# Even in lightness and told apart with any colour vision.
_COLOUR_MAP = "viridis"
_TITLE_POINTS, _LEGEND_POINTS = 7.5, 6.5
_PANEL_INCH, _NARROW_INCH = 3.1, 6.5
_LEAST_POINTS, _NARROW_POINTS = 5.0, 6.5
# How wide a legend's key is with the space about it, in letters; less where panels stand side by side.
_KEY, _COMPACT_KEY = 9, 4
_BETWEEN_FACTS, _HARD_SPACE = "   ", "\u00a0"
# An axis' words may be longer than the axis by what lies between panels.
_OVERHANG = 1.2
STYLE = {
    "font.size": 8, "axes.linewidth": 0.6, "xtick.direction": "in", "ytick.direction": "in", "xtick.top": True,
    "ytick.right": True, "pdf.fonttype": 42, "svg.fonttype": "none", "font.family": ["DejaVu Sans", "sans-serif"],
}  # fmt: skip


def save_figure(
    scene: Scene, path: Path, width_inch: float = 10.0, dpi: int = 200, height_inch: float | None = None
) -> None:
    """Draw the scene and put it at `path`, whose ending tells the format; a failed write leaves the old file."""
    height = natural_height(scene, width_inch) if height_inch is None else height_inch
    write_atomically(path, figure_bytes(scene, checked_format(path), (width_inch, height), dpi), MAGIC)


def natural_height(scene: Scene, width_inch: float) -> float:
    """So high that panels look as on a page of their own; in a narrow column they are lower."""
    return 0.5 + _PANEL_INCH * min(1.0, 0.3 + 0.7 * width_inch / _NARROW_INCH) * sum(heights_of(scene))


def checked_format(path: Path) -> str:
    """The format that a name's ending tells; an error where nothing can be drawn so."""
    format_ = path.suffix.lower().lstrip(".")
    if format_ not in FORMATS:
        raise StellarViewError(
            f"Cannot draw a figure as {path.suffix or 'a file without ending'}.",
            f"The formats are {', '.join(FORMATS)}.",
            f"Name the file {path.stem}.pdf, for example.",
        )
    return format_


def figure_bytes(scene: Scene, format_: str, size_inch: tuple[float, float], dpi: int) -> bytes:
    """The file of a figure, width by height."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    narrow = {"font.size": _NARROW_POINTS} if size_inch[0] < _NARROW_INCH else {}
    with mpl.rc_context(STYLE | narrow):
        figure = Figure(figsize=size_inch, layout="constrained")
        FigureCanvasAgg(figure)
        draw_scene(figure, scene)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=format_, dpi=dpi, metadata=metadata_of(scene.title, scene.provenance, format_))
    return buffer.getvalue()


def draw_scene(part: Any, scene: Scene, title_points: float = 9.0) -> None:
    """Draw it on a figure, or on a part of one (a subfigure)."""
    heights = heights_of(scene)
    part.suptitle(_in_lines(printable(scene.title), part.bbox.width / part.dpi, title_points), fontsize=title_points)
    ratios = {"height_ratios": heights, "width_ratios": scene.widths or None}
    axes = part.subplots(len(heights), scene.columns, squeeze=False, **ratios).ravel()
    for axis, panel in zip(axes, scene.panels, strict=False):
        _draw_panel(axis, panel)
    _draw_legends(list(axes[: len(scene.panels)]), scene.columns)
    for axis, panel in zip_longest(axes, scene.panels):
        if panel is None or panel.is_blank:
            axis.remove()
    _draw_colour_bar(part, [axis for axis in axes if axis.figure is not None], scene)


def _in_lines(title: str, width_inch: float, points: float) -> str:
    """Broken between its facts, which wide spaces part, and not within them."""
    facts = [fact.replace(" ", _HARD_SPACE) for fact in title.split(_BETWEEN_FACTS)]
    lines = wrapped(_BETWEEN_FACTS.join(facts), width_inch, points)
    return "\n".join(line.strip(" ") for line in lines).replace(_HARD_SPACE, " ")


def heights_of(scene: Scene) -> list[float]:
    """The heights of its rows, in units of a usual panel's."""
    starts = range(0, len(scene.panels), scene.columns)
    return [max(panel.height for panel in scene.panels[start : start + scene.columns]) for start in starts]


def metadata_of(title: str, provenance: str, format_: str) -> dict[str, Any]:
    """Provenance under the names that each format knows; no date, so that the same figure is the same file."""
    title, provenance = printable(title), printable(provenance)
    if format_ == "pdf":
        return {"Title": title, "Subject": provenance, "Creator": "StellarView", "CreationDate": None}
    if format_ == "svg":
        return {"Title": title, "Description": provenance, "Creator": "StellarView", "Date": None}
    return {"Title": title, "Description": provenance, "Software": "StellarView"}


def _draw_panel(axis: Any, panel: Panel) -> None:
    from matplotlib.ticker import LogLocator

    colour_of = _colour_bar(axis, panel.colour_scale) if panel.colour_scale else None
    for mark in panel.marks:
        _DRAW[type(mark)](axis, mark)
        if colour_of and isinstance(mark, CurveMark) and mark.value is not None:
            axis.lines[-1].set_color(colour_of(mark.value))
    axis.set_xscale(panel.x_scale)
    axis.set(xlim=panel.x_limits, ylim=panel.y_limits, xlabel=panel.x_label, ylabel=panel.y_label)
    if panel.x_names:
        axis.set_xticks(range(len(panel.x_names)), panel.x_names)
    elif panel.x_scale == "linear":
        axis.minorticks_on()
        axis.locator_params(axis="x", nbins=_ticks(axis))
    else:  # powers of ten would overlap within two decades
        axis.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter("")
    for label, room in ((axis.xaxis.label, _size_inch(axis)[0]), (axis.yaxis.label, _size_inch(axis)[1])):
        label.set_size(fitting_points(label.get_text(), _OVERHANG * room, label.get_size(), _LEAST_POINTS))
    axis.tick_params(labelbottom=bool(panel.x_label), labelleft=bool(panel.y_label))
    axis.set_title(panel.title, loc="left", fontsize=_TITLE_POINTS, pad=3)


def _draw_legends(axes: list[Any], columns: int) -> None:
    """Above the axes, where they can hide nothing; side by side each word once, for there is little room."""
    place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.0}
    if columns > 1:
        place |= {"columnspacing": 0.8, "handlelength": 1.2, "handletextpad": 0.3}
    told: set[str] = set()
    for axis in axes:
        rows = [(handle, name) for handle, name in zip(*axis.get_legend_handles_labels(), strict=True)]
        new = [(handle, name) for handle, name in rows if columns == 1 or name not in told]
        told |= {name for _, name in rows}
        if new:
            handles, names = zip(*new, strict=True)
            columns_ = _columns(axis, [*names])
            axis.legend(handles, names, fontsize=_LEGEND_POINTS, frameon=False, ncols=columns_, **place)
            keys = _COMPACT_KEY if columns > 1 else _KEY
            _lift_title(axis, [*names], columns_, keys)


def _lift_title(axis: Any, names: list[str], columns: int, key: int) -> None:
    """Above the legend, where both have no room side by side."""
    title, rows = axis.get_title(loc="left"), -(-len(names) // columns)
    row = sum(map(len, names)) if rows == 1 else columns * max(map(len, names))
    width = (row + columns * key) * _LEGEND_POINTS + len(title) * _TITLE_POINTS
    if title and LETTER_SHARE * width > _size_inch(axis)[0] * POINTS_PER_INCH:
        axis.set_title(title, loc="left", fontsize=_TITLE_POINTS, pad=4 + 1.6 * rows * _LEGEND_POINTS)


def _size_inch(axis: Any) -> tuple[float, float]:
    extent = axis.get_window_extent()
    return extent.width / axis.figure.dpi, extent.height / axis.figure.dpi


def _ticks(axis: Any) -> int:
    """As many intervals as have room for their numbers."""
    return int(min(max(2.2 * _size_inch(axis)[0], 3), 9))


def _columns(axis: Any, names: list[str]) -> int:
    """As many entries side by side as the axes are wide; a key is as wide as four letters."""
    room = _size_inch(axis)[0] * POINTS_PER_INCH
    return max(1, min(len(names), int(room / (LETTER_SHARE * _LEGEND_POINTS * (4 + max(map(len, names)))))))


def _draw_colour_bar(figure: Any, axes: list[Any], scene: Scene) -> None:
    """One bar for all panels: their curves are coloured alike."""
    from matplotlib.cm import ScalarMappable

    coloured = [mark for panel in scene.panels for mark in panel.marks if isinstance(mark, _COLOURED)]
    if coloured:
        norm, colours = _colouring(coloured[0].reach)
        bar = figure.colorbar(ScalarMappable(norm, colours), ax=axes, fraction=0.03, pad=0.01, aspect=40)
        room = sum(_size_inch(axis)[1] for axis in axes[:: scene.columns])
        points = fitting_points(coloured[0].legend, room, bar.ax.yaxis.label.get_size(), _LEAST_POINTS)
        bar.set_label(coloured[0].legend, size=points)


def _colouring(reach: float) -> tuple[Any, Any]:
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    return Normalize(-reach, reach), LinearSegmentedColormap.from_list("diverging", _DIVERGING)


def _colour_bar(axis: Any, scale: ColourScale) -> Any:
    """The bar beside the axes; returns which colour a value has."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LogNorm, Normalize

    norm = LogNorm if scale.is_log else Normalize
    colours = ScalarMappable(norm(scale.low, scale.high), _COLOUR_MAP)
    bar = axis.figure.colorbar(colours, ax=axis, ticks=scale.ticks, pad=0.02, fraction=0.05, label=scale.text)
    bar.ax.set_yticks(scale.ticks, [f"{tick:g}" for tick in scale.ticks])
    bar.ax.minorticks_off()
    return colours.to_rgba


def _draw_points(axis: Any, mark: PointsMark) -> None:
    many = len(mark.x) > 20
    style = {"ms": 2.2, "alpha": 0.6, "mew": 0} if many else {"ms": 3, "mew": 0}
    axis.plot(mark.x, mark.y, "o", color=COLOURS[mark.role], label=mark.legend or None, rasterized=many, **style)


def _draw_density(axis: Any, mark: DensityMark) -> None:
    from matplotlib.colors import LogNorm

    counts = mark.count_YX.astype(float)
    counts[counts <= 0] = float("nan")
    axis.pcolormesh(mark.x_edges, mark.y_edges, counts, cmap="Greys", norm=LogNorm(vmin=0.3), rasterized=True, zorder=0)


def _draw_contours(axis: Any, mark: ContourMark) -> None:
    widths = [0.7 + 0.5 * place / len(mark.levels) for place in range(len(mark.levels))]
    axis.contour(mark.x, mark.y, mark.density_YX, mark.levels, colors=COLOURS[mark.role], linewidths=widths, zorder=4)
    axis.plot([], [], color=COLOURS[mark.role], lw=1.0, label=mark.legend or None)


def _draw_curve(axis: Any, mark: CurveMark) -> None:
    is_thin = mark.role in ("flux", "zero") and mark.weight == "plain"
    width = _WIDTHS["thin" if is_thin else mark.weight]
    axis.plot(mark.x, mark.y, color=COLOURS[mark.role], lw=width, label=mark.legend or None)


def _draw_coloured_curve(axis: Any, mark: ColouredCurveMark) -> None:
    """Pieces between neighbours, each with the mean of its ends."""
    import numpy as np
    from matplotlib.collections import LineCollection

    points = np.column_stack([mark.x, mark.y])
    norm, colours = _colouring(mark.reach)
    pieces = LineCollection([*np.stack([points[:-1], points[1:]], axis=1)], norm=norm, cmap=colours, linewidths=0.8)
    pieces.set_array((mark.values[:-1] + mark.values[1:]) / 2)
    axis.add_collection(pieces)


def _draw_heat_strip(axis: Any, mark: HeatStripMark) -> None:
    """One cell a pixel, from midway to its neighbours."""
    import numpy as np

    middle = (mark.x[1:] + mark.x[:-1]) / 2
    edges = np.concatenate([[2 * mark.x[0] - middle[0]], middle, [2 * mark.x[-1] - middle[-1]]])
    norm, colours = _colouring(mark.reach)
    cells = np.ma.masked_invalid(mark.values)[None]
    style = {"norm": norm, "cmap": colours, "rasterized": True, "zorder": 1.5}
    axis.pcolormesh(edges, [mark.bottom, mark.top], cells, transform=axis.get_xaxis_transform(), **style)


def _draw_band(axis: Any, mark: BandMark) -> None:
    alpha = 0.6 if mark.role == "error" else 0.3  # of several, none may hide the others
    axis.fill_between(
        mark.x, mark.low, mark.high, color=COLOURS[mark.role], alpha=alpha, lw=0, label=mark.legend or None
    )


def _draw_span(axis: Any, mark: SpanMark) -> None:
    style = {"fill": False, "hatch": "////", "lw": 0.4} if mark.is_hatched else {"lw": 0}
    alpha = 0.2 if mark.role == "sky" else 0.35
    axis.axvspan(mark.start, mark.stop, color=COLOURS[mark.role], alpha=alpha, label=mark.legend or None, **style)
    if mark.text:
        place = {"transform": axis.get_xaxis_transform(), "ha": "center", "va": "bottom", "clip_on": True}
        axis.text((mark.start + mark.stop) / 2, 0.045, mark.text, fontsize=5.5, color="#666666", **place)


def _draw_line_label(axis: Any, mark: LineLabelMark) -> None:
    """A tick over the line and a rotated name at the top, joined by a thin elbow."""
    from matplotlib.transforms import blended_transform_factory

    top = blended_transform_factory(axis.transData, axis.transAxes)
    colour = COLOURS[mark.role]
    tick = [mark.foot, mark.foot + 0.03, mark.foot + 0.06]
    axis.plot([mark.x, mark.x, mark.text_x], tick, transform=top, color=colour, lw=0.4)
    behind = {"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.3}
    place = {"rotation": 90, "ha": "center", "va": "bottom", "bbox": behind}
    axis.text(mark.text_x, mark.foot + 0.07, mark.text, transform=top, fontsize=5.5, color=colour, **place)


_DRAW: dict[type[Mark], Callable[[Any, Any], None]] = {
    CurveMark: _draw_curve,
    ColouredCurveMark: _draw_coloured_curve,
    HeatStripMark: _draw_heat_strip,
    BandMark: _draw_band,
    SpanMark: _draw_span,
    LineLabelMark: _draw_line_label,
    PointsMark: _draw_points,
    DensityMark: _draw_density,
    ContourMark: _draw_contours,
}
