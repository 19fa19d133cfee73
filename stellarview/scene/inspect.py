"""Builds the scene of the window's spectrum view: flux and explanation of every arm on one axis, and the overview."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.spectrum import Arm
from stellarview.scene.build import flux_limits, snr_text, title_of
from stellarview.scene.explanation import ROOM_FOR_NAMES, label_text, reach_of, y_label_of
from stellarview.scene.layers import LAYERS
from stellarview.scene.layers.lines import line_names
from stellarview.scene.layers.physics import physics_scale
from stellarview.scene.marks import CurveMark, LineLabelMark, Mark, Panel, Scene
from stellarview.scene.shown import ShownArm, SpectrumView

PanelKind = Literal["flux", "strip", "occlusion"]

_STRIP_HEIGHT, _OCCLUSION_HEIGHT = 0.5, 0.35
_LITTLE_ROOM = 0.08
_MOST_TIMES_USUAL_NOISE = 5.0
_OVERVIEW_POINTS = 2000
_OVERVIEW_HEIGHT = 0.15


def build_inspect_scene(view: SpectrumView) -> Scene:
    """Arms side by side, blue first; under each flux the strip of its explanation, where there is one."""
    panels = [_PANELS[kind](arm) for arm, kind in layout(view)]
    return Scene(tuple(panels), _title(view), view.provenance, view.columns)


def layout(view: SpectrumView) -> list[tuple[ShownArm, PanelKind]]:
    """What each panel of the scene shows, in its order."""
    rows = [view.arms[start : start + view.columns] for start in range(0, len(view.arms), view.columns)]
    kinds: list[PanelKind] = ["flux"]
    kinds += ["strip"] if view.has_strip else []
    kinds += ["occlusion"] if view.has_occlusion else []
    return [(arm, kind) for row in rows for kind in kinds for arm in row]


def names_between(view: SpectrumView, panel: int, limits: tuple[float, float]) -> tuple[LineLabelMark, ...]:
    """The names of lines when only this stretch of a flux panel's axis is seen: laid out anew, and more of them."""
    arm, kind = layout(view)[panel]
    if kind != "flux" or not view.shows("lines"):
        return ()
    return tuple(line_names(replace(arm, x_limits=limits)))


def build_overview(view: SpectrumView) -> Scene:
    """A small panel under each column, with all of its pixels but thinned so that every line survives."""
    columns = [(arm,) for arm in view.arms] if view.columns > 1 else [view.arms]
    panels = [_overview_panel(arms, _OVERVIEW_POINTS // len(view.arms)) for arms in columns]
    return Scene(tuple(panels), "", view.provenance, view.columns)


def _overview_panel(arms: Sequence[ShownArm], points: int) -> Panel:
    curves = tuple(_thinned(arm, points) for arm in arms)
    limits = min(arm.x_limits[0] for arm in arms), max(arm.x_limits[1] for arm in arms)
    flux = np.concatenate([_telling(arm.arm) for arm in arms])
    y_limits = flux_limits(flux, _LITTLE_ROOM)
    return Panel(curves, arms[0].view.axis.label, "", limits, y_limits, height=_OVERVIEW_HEIGHT)


def _thinned(arm: ShownArm, points: int) -> CurveMark:
    """The lowest and the highest flux of each stretch of pixels."""
    x, y = arm.x, np.where(arm.arm.is_good, arm.arm.flux, np.nan)
    if x.size <= points:
        return CurveMark(x, y, "flux")
    starts = np.linspace(0, x.size, points // 2, endpoint=False).astype(int)
    ends = np.append(starts[1:], x.size) - 1
    both = np.column_stack([np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)])
    return CurveMark(np.column_stack([x[starts], x[ends]]).ravel(), both.ravel(), "flux")


def _title(view: SpectrumView) -> str:
    about = view.attribution
    words = "" if about is None else f"   {about.method} for {label_text(about.label_key)}"
    return f"{title_of(view.spectrum)}{words}"


def _marks(context: ShownArm, panel: str) -> tuple[Mark, ...]:
    chosen = [layer for key, layer in LAYERS.items() if layer.panel == panel and context.view.shows(key)]
    return tuple(mark for layer in chosen for mark in layer.marks(context))


def _flux_panel(context: ShownArm) -> Panel:
    view, arm = context.view, context.arm
    room = ROOM_FOR_NAMES if view.shows("lines") else _LITTLE_ROOM
    title = f"arm {arm.name}{snr_text(context.spectrum, arm)}"
    x_label = "" if view.has_strip or view.has_occlusion else view.axis.label
    return Panel(
        _marks(context, "flux"), x_label, _flux_label(view), context.x_limits,
        flux_limits(_telling(arm), room), title,
    )  # fmt: skip


def _telling(arm: Arm) -> FloatArray:
    """The flux that the axis must hold: without bad pixels, and without the noise at the dark end of a cool star."""
    known = np.isfinite(arm.flux)
    good = arm.is_good & known
    if not good.any():
        return arm.flux[known]
    sigma = arm.sigma
    return arm.flux[good & (sigma <= _MOST_TIMES_USUAL_NOISE * np.median(sigma[good]))]


def _flux_label(view: SpectrumView) -> str:
    words = "Flux over continuum" if view.choices.flux == "normalised" else "Flux (relative)"
    pixels = view.choices.smoothing_pixels
    return f"{words}\nmean of {pixels} pixels" if pixels > 1 else words


def _strip(context: ShownArm) -> Panel:
    view, about = context.view, context.view.attribution
    zero = CurveMark(np.array(context.x_limits), np.zeros(2), "zero")
    y_label = "" if about is None or not _is_first(context) else y_label_of(about)
    title = "explanation on its way" if about is None else ""
    marks = (*_marks(context, "strip"), zero)
    x_label = "" if view.has_occlusion else view.axis.label
    return Panel(marks, x_label, y_label, context.x_limits, _strip_limits(view), title, _STRIP_HEIGHT)


def _occlusion_panel(context: ShownArm) -> Panel:
    told = context.view.occlusion
    assert told is not None  # else there is no such panel
    zero = CurveMark(np.array(context.x_limits), np.zeros(2), "zero")
    reach = reach_of([(told.values_L, told.scatter_L)])
    unit = f" ({told.unit})" if told.unit else ""
    y_label = f"change of\n{label_text(told.label_key)}{unit}" if _is_first(context) else ""
    marks = (*_marks(context, "occlusion"), zero)
    return Panel(
        marks, context.view.axis.label, y_label, context.x_limits, (-reach, reach), told.note, _OCCLUSION_HEIGHT
    )


_PANELS: dict[PanelKind, Callable[[ShownArm], Panel]] = {
    "flux": _flux_panel,
    "strip": _strip,
    "occlusion": _occlusion_panel,
}


def _strip_limits(view: SpectrumView) -> tuple[float, float]:
    """The same in all strips: the attribution with its scatter, and physics where it is laid over it."""
    shown = [] if view.attribution is None else [(view.attribution.values_L, view.attribution.scatter_L)]
    scale = physics_scale(view) if view.shows("physics") else None
    if view.physics is not None and scale is not None:
        best = view.physics.best.attribution
        shown.append((scale * best.values_L, scale * best.scatter_L))
    reach = reach_of(shown) if shown else 1.0
    return -reach, reach


def _is_first(context: ShownArm) -> bool:
    """Beside it arms say the same of their axes."""
    return context.view.columns == 1 or context is context.view.arms[0]
