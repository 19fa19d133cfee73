"""Builds the scenes of physics beside networks: two curves over each other, and how far they agree in every label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stellarview.domain.attribution import Attribution, LineShare
from stellarview.domain.explained import PhysicsExplained, Reading
from stellarview.domain.spectrum import Arm
from stellarview.scene.build import title_of
from stellarview.scene.context import axis_label
from stellarview.scene.explanation import (
    ROOM_FOR_NAMES,
    label_text,
    names_of_lines,
    reach_of,
    with_gaps,
    y_label_of,
)
from stellarview.scene.marks import BandMark, CurveMark, Mark, Panel, Role, Scene

_FLUX_HEIGHT, _BAR_HEIGHT = 0.4, 0.8
_HALF_BAR = 0.36
_NOISE_PERCENTILE = 99.9
# A bound of twice the spread of stars or more is as good as none.
_MOST_SPREADS = 2.0


def build_physics_scene(explained: PhysicsExplained, provenance: str) -> Scene:
    """For each arm the flux, what the network looked at, and what physics says, over one axis."""
    panels, start = [], 0
    for arm in explained.normalised.arms:
        part = slice(start, start + len(arm))
        start = part.stop
        panels += _panels_of_arm(explained, arm, part)
    key = explained.network.label_key
    title = (
        f"{title_of(explained.normalised)}   {label_text(key)}: network and physics, {agreement_text(explained.best)}"
    )
    return Scene(tuple(panels), title, provenance)


def agreement_text(reading: Reading) -> str:
    """`correlation 0.71 ± 0.02`."""
    if reading.correlation is None:
        return "physics knows no line of it here"
    scatter = "" if reading.scatter is None else f" ± {reading.scatter:.2f}"
    return f"correlation {reading.correlation:.2f}{scatter}"


def build_agreement_scene(explained: Sequence[PhysicsExplained], provenance: str) -> Scene:
    """For each label a bar of its correlation, and under it how its bound compares with the spread of stars."""
    names = tuple(label_text(one.network.label_key) for one in explained)
    limits = (-0.7, len(names) - 0.3)
    correlations: list[Mark] = [CurveMark(np.array(limits), np.zeros(2), "zero")]
    bounds: list[Mark] = [CurveMark(np.array(limits), np.ones(2), "zero")]
    is_named: set[Role] = set()
    for place, one in enumerate(explained):
        role: Role = "masked" if one.bounded.is_prior_dominated else "label"
        legend = "" if role in is_named else "prior-dominated" if role == "masked" else "measurable"
        is_named.add(role)
        if one.best.correlation is not None:
            correlations.append(_bar(place, one.best.correlation, role))
            ends = one.best.correlation + np.array([-1.0, 1.0]) * (one.best.scatter or 0.0)
            correlations.append(CurveMark(np.full(2, float(place)), ends, "continuum"))
        spreads = min(one.bounded.bound_of_told_by / one.bounded.population, _MOST_SPREADS)
        bounds.append(_bar(place, spreads, role, legend))
    panels = (
        Panel(
            tuple(correlations), "", "Correlation of network\nand physics", limits, _correlation_limits(explained),
            height=_BAR_HEIGHT, x_names=names,
        ),
        Panel(
            tuple(bounds), "Label", "Bound / spread of stars\n([X/Fe] for abundances)", limits, (0.0, _MOST_SPREADS),
            height=_BAR_HEIGHT, x_names=names,
        ),
    )  # fmt: skip
    return Scene(panels, f"{title_of(explained[0].normalised)}   network and physics, label by label", provenance)


def _correlation_limits(explained: Sequence[PhysicsExplained]) -> tuple[float, float]:
    readings = [one.best for one in explained if one.best.correlation is not None]
    lowest = min(((one.correlation or 0.0) - (one.scatter or 0.0) for one in readings), default=0.0)
    return min(1.1 * lowest - 0.02, 0.0), 1.0


def _bar(place: int, height: float, role: Role, legend: str = "") -> BandMark:
    x = np.array([place - _HALF_BAR, place + _HALF_BAR])
    return BandMark(x, np.zeros(2), np.full(2, height), role, legend)


def _panels_of_arm(explained: PhysicsExplained, arm: Arm, part: slice) -> list[Panel]:
    x = explained.best.attribution.wavelength_angstrom_L[part]
    limits = float(x[0]), float(x[-1])
    flux = np.where(arm.is_good, arm.flux, np.nan)
    low, high = (0.0, 1.0) if not arm.is_good.any() else np.nanpercentile(flux, [0.0, _NOISE_PERCENTILE])
    room = 0.06 * float(high - low)
    seen = Panel(
        (CurveMark(x, flux, "flux"),), "", "Flux over\ncontinuum", limits, (float(low) - room, float(high) + room),
        f"arm {arm.name}", _FLUX_HEIGHT,
    )  # fmt: skip
    network, best, own = explained.network, explained.best.attribution, explained.own
    values, scatter = with_gaps(network, part)
    band = (BandMark(x, values - scatter, values + scatter, "error", "scatter of the members"),)
    looked = (
        *(band if scatter.any() else ()),
        CurveMark(x, values, "continuum", "what the network looked at (saliency)"),
    )
    told = (
        CurveMark(x, with_gaps(best, part)[0], "continuum", "what physics says, nothing else known"),
        CurveMark(x, with_gaps(own.attribution, part)[0], "label", "all else known"),
    )
    return [
        seen,
        _panel(looked, [network], explained.network_lines, limits),
        replace(_panel(told, [best, own.attribution], own.lines, limits), x_label=axis_label(explained.normalised)),
    ]


def _panel(
    curves: tuple[Mark, ...], shown: Sequence[Attribution], lines: Sequence[LineShare], limits: tuple[float, float]
) -> Panel:
    names = names_of_lines(lines, limits, shown[0].medium)
    reach = reach_of([(one.values_L, one.scatter_L) for one in shown])
    marks = (CurveMark(np.array(limits), np.zeros(2), "zero"), *curves, *names)
    y_limits = (-reach, reach * (1 + 2 * ROOM_FOR_NAMES))
    return Panel(marks, "", y_label_of(shown[0]), limits, y_limits)
