"""Draws a scene with matplotlib for a paper: vector, fonts as text, provenance in the file, written atomically."""

from __future__ import annotations

import io
from collections.abc import Callable
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
    LineLabelMark,
    Mark,
    Panel,
    PointsMark,
    Scene,
    SpanMark,
)

FORMATS = ("pdf", "svg", "png")
# What a figure begins with: only a figure is written over.
_MAGIC = (b"%PDF", b"<?xml", b"\x89PNG")
# Okabe and Ito's palette: told apart with any colour vision, and in grey.
_COLOURS = {
    "flux": "#222222", "error": "#56B4E9", "continuum": "#D55E00", "masked": "#999999", "label": "#0072B2",
    "zero": "#999999", "first": "#D55E00", "second": "#0072B2", "third": "#009E73", "fourth": "#CC79A7",
    "isochrone": "#0072B2", "star": "#D55E00", "catalogue": "#999999",
}  # fmt: skip
# From one of the palette's colours to another over a dark middle: a line of no importance is still seen on white.
_DIVERGING = ("#56B4E9", "#0072B2", "#222222", "#D55E00", "#E69F00")
# Even in lightness and told apart with any colour vision.
_COLOUR_MAP = "viridis"
_STYLE = {
    "font.size": 8, "axes.linewidth": 0.6, "xtick.direction": "in", "ytick.direction": "in", "xtick.top": True,
    "ytick.right": True, "pdf.fonttype": 42, "svg.fonttype": "none", "font.family": ["DejaVu Sans", "sans-serif"],
}  # fmt: skip


def save_figure(scene: Scene, path: Path, width_inch: float = 10.0, dpi: int = 200) -> None:
    """Draw the scene and put it at `path`, whose ending tells the format; a failed write leaves the old file."""
    format_ = path.suffix.lower().lstrip(".")
    if format_ not in FORMATS:
        raise StellarViewError(
            f"Cannot draw a figure as {path.suffix or 'a file without ending'}.",
            f"The formats are {', '.join(FORMATS)}.",
            f"Name the file {path.stem}.pdf, for example.",
        )
    write_atomically(path, _render(scene, format_, width_inch, dpi), _MAGIC)


def _render(scene: Scene, format_: str, width_inch: float, dpi: int) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        rows = [scene.panels[start : start + scene.columns] for start in range(0, len(scene.panels), scene.columns)]
        heights = [max(panel.height for panel in row) for row in rows]
        figure = Figure(figsize=(width_inch, 0.5 + 3.1 * sum(heights)), layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(printable(scene.title), fontsize=9)
        axes = figure.subplots(len(rows), scene.columns, squeeze=False, height_ratios=heights).ravel()
        for axis, panel in zip(axes, scene.panels, strict=False):
            _draw_panel(axis, panel)
        for axis in axes[len(scene.panels) :]:
            axis.remove()
        _draw_colour_bar(figure, list(axes[: len(scene.panels)]), scene)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=format_, dpi=dpi, metadata=_metadata(scene, format_))
    return buffer.getvalue()


def _metadata(scene: Scene, format_: str) -> dict[str, Any]:
    """Provenance under the names that each format knows; no date, so that the same figure is the same file."""
    title, provenance = printable(scene.title), printable(scene.provenance)
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
    else:  # powers of ten would overlap within two decades
        axis.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter("")
    axis.tick_params(labelbottom=bool(panel.x_label))
    axis.set_title(panel.title, loc="left", fontsize=7.5, pad=3)
    handles, names = axis.get_legend_handles_labels()
    if handles:  # above the axes, where it can hide nothing
        place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.0}
        axis.legend(handles, names, fontsize=6.5, frameon=False, ncols=len(handles), **place)


def _draw_colour_bar(figure: Any, axes: list[Any], scene: Scene) -> None:
    """One bar for all panels: their curves are coloured alike."""
    from matplotlib.cm import ScalarMappable

    coloured = [mark for panel in scene.panels for mark in panel.marks if isinstance(mark, ColouredCurveMark)]
    if coloured:
        norm, colours = _colouring(coloured[0].reach)
        bar = figure.colorbar(ScalarMappable(norm, colours), ax=axes, fraction=0.03, pad=0.01, aspect=40)
        bar.set_label(coloured[0].legend)


def _colouring(reach: float) -> tuple[Any, Any]:
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    return Normalize(-reach, reach), LinearSegmentedColormap.from_list("diverging", _DIVERGING)


def _colour_bar(axis: Any, scale: ColourScale) -> Any:
    """The bar beside the axes; returns which colour a value has."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    colours = ScalarMappable(Normalize(scale.low, scale.high), _COLOUR_MAP)
    bar = axis.figure.colorbar(colours, ax=axis, ticks=scale.ticks, pad=0.02, fraction=0.05, label=scale.text)
    bar.ax.minorticks_off()
    return colours.to_rgba


def _draw_points(axis: Any, mark: PointsMark) -> None:
    many = len(mark.x) > 20
    style = {"ms": 2.2, "alpha": 0.6, "mew": 0} if many else {"ms": 3, "mew": 0}
    axis.plot(mark.x, mark.y, "o", color=_COLOURS[mark.role], label=mark.legend or None, rasterized=many, **style)


def _draw_density(axis: Any, mark: DensityMark) -> None:
    from matplotlib.colors import LogNorm

    counts = mark.count_YX.astype(float)
    counts[counts <= 0] = float("nan")
    axis.pcolormesh(mark.x_edges, mark.y_edges, counts, cmap="Greys", norm=LogNorm(vmin=0.3), rasterized=True, zorder=0)


def _draw_contours(axis: Any, mark: ContourMark) -> None:
    widths = [0.7 + 0.5 * place / len(mark.levels) for place in range(len(mark.levels))]
    axis.contour(mark.x, mark.y, mark.density_YX, mark.levels, colors=_COLOURS[mark.role], linewidths=widths, zorder=4)
    axis.plot([], [], color=_COLOURS[mark.role], lw=1.0, label=mark.legend or None)


def _draw_curve(axis: Any, mark: CurveMark) -> None:
    width = 0.5 if mark.role in ("flux", "zero") else 0.9
    axis.plot(mark.x, mark.y, color=_COLOURS[mark.role], lw=width, label=mark.legend or None)


def _draw_coloured_curve(axis: Any, mark: ColouredCurveMark) -> None:
    """Pieces between neighbours, each with the mean of its ends."""
    import numpy as np
    from matplotlib.collections import LineCollection

    points = np.column_stack([mark.x, mark.y])
    norm, colours = _colouring(mark.reach)
    pieces = LineCollection([*np.stack([points[:-1], points[1:]], axis=1)], norm=norm, cmap=colours, linewidths=0.8)
    pieces.set_array((mark.values[:-1] + mark.values[1:]) / 2)
    axis.add_collection(pieces)


def _draw_band(axis: Any, mark: BandMark) -> None:
    alpha = 0.6 if mark.role == "error" else 0.3  # of several, none may hide the others
    axis.fill_between(
        mark.x, mark.low, mark.high, color=_COLOURS[mark.role], alpha=alpha, lw=0, label=mark.legend or None
    )


def _draw_span(axis: Any, mark: SpanMark) -> None:
    axis.axvspan(mark.start, mark.stop, color=_COLOURS[mark.role], alpha=0.35, lw=0, label=mark.legend or None)


def _draw_line_label(axis: Any, mark: LineLabelMark) -> None:
    """A tick over the line and a rotated name at the top, joined by a thin elbow."""
    from matplotlib.transforms import blended_transform_factory

    top = blended_transform_factory(axis.transData, axis.transAxes)
    colour = _COLOURS[mark.role]
    tick = [mark.foot, mark.foot + 0.03, mark.foot + 0.06]
    axis.plot([mark.x, mark.x, mark.text_x], tick, transform=top, color=colour, lw=0.4)
    place = {"rotation": 90, "ha": "center", "va": "bottom"}
    axis.text(mark.text_x, mark.foot + 0.07, mark.text, transform=top, fontsize=5.5, color=colour, **place)


_DRAW: dict[type[Mark], Callable[[Any, Any], None]] = {
    CurveMark: _draw_curve,
    ColouredCurveMark: _draw_coloured_curve,
    BandMark: _draw_band,
    SpanMark: _draw_span,
    LineLabelMark: _draw_line_label,
    PointsMark: _draw_points,
    DensityMark: _draw_density,
    ContourMark: _draw_contours,
}
