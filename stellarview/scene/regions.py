"""A stretch or a line that somebody pointed at in the spectrum view: where it is at rest, what it is called."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stellarview.domain.attribution import LineShare
from stellarview.domain.lines import Line
from stellarview.domain.plausible_lines import reach_angstrom
from stellarview.scene.marks import LineLabelMark
from stellarview.scene.shown import ShownArm, SpectrumView
from stellarview.scene.visible_lines import visible_lines

_USUAL_RESOLUTION = 1800.0
# So many resolution elements to either side hold a line that is not resolved.
_ELEMENTS = 1.5


@dataclass(frozen=True)
class Region:
    """Rest wavelengths in vacuum, a name ('' for none), and sentences about it; `line` where a line was meant."""

    start_angstrom: float
    stop_angstrom: float
    name: str = ""
    words: tuple[str, ...] = ()
    line: Line | None = None


def region_between(view: SpectrumView, x0: float, x1: float) -> Region:
    """The stretch between two places on the axis, named after the line that is seen best in it."""
    low, high = sorted(view.axis.wavelength_angstrom(np.array([x0, x1]), "vacuum", "rest").tolist())
    arm = _arm_at(view, (x0 + x1) / 2)
    seen = visible_lines(replace(arm, x_limits=(min(x0, x1), max(x0, x1))))
    line = seen[0][1] if seen else None
    extent = f"{low:.2f} to {high:.2f} Å at rest (vacuum)"
    words = (extent,) if line is None else (extent, *_share_words(view, line))
    return Region(low, high, line.name if line else "", words, line)


def region_of_line(view: SpectrumView, mark: LineLabelMark) -> Region | None:
    """The line that a name belongs to, as wide as this spectrum shows it."""
    arm = _arm_at(view, mark.x)
    named = [k for k, line in enumerate(arm.lines) if mark.text.startswith(line.name)]
    if not named:
        return None
    line = arm.lines[min(named, key=lambda k: abs(float(arm.line_x[k]) - mark.x))]
    centre = line.wavelength_vacuum_angstrom
    half = _ELEMENTS * centre / (arm.arm.resolution or _USUAL_RESOLUTION)
    blue, red = reach_angstrom(line, arm.teff_k)
    words = (_wavelengths(view, line), *_share_words(view, line))
    return Region(centre - half - blue, centre + half + red, line.name, words, line)


def _arm_at(view: SpectrumView, x: float) -> ShownArm:
    within = [arm for arm in view.arms if arm.x_limits[0] <= x <= arm.x_limits[1]]
    return (within or list(view.arms))[0]


def _shares(view: SpectrumView) -> tuple[LineShare, ...]:
    return view.explained.lines if view.explained is not None else ()


def _share_words(view: SpectrumView, line: Line) -> tuple[str, ...]:
    return tuple(one.sentence for one in _shares(view) if line in (one.line, one.blended_with))


def _wavelengths(view: SpectrumView, line: Line) -> str:
    """In both media, and where the star's velocity puts it."""
    vacuum, air = line.wavelength_vacuum_angstrom, line.wavelength_angstrom("air")
    said = f"{vacuum:.3f} Å vacuum, {air:.3f} Å air"
    axis = replace(view.axis, unit="angstrom", medium="vacuum", frame="observed")
    observed = float(axis.place(np.array([vacuum]), "vacuum", "rest")[0])
    return said if view.axis.star_factor == 1.0 else f"{said}; observed at {observed:.3f} Å vacuum"
