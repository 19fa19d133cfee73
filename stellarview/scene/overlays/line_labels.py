"""Names of the lines that can be seen in this very spectrum, laid out so that no two names touch."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.lines import Line
from stellarview.domain.plausible_lines import is_plausible, prominence
from stellarview.domain.rest_frame import rest_factor
from stellarview.scene.context import ArmContext
from stellarview.scene.marks import LineLabelMark, Mark

_MOST_LABELS = 24
# The width of a rotated name is its height: this share of the axis holds at a figure's usual size.
_SPACING_SHARE = 0.02
_LOWEST_SIGNIFICANCE = 8.0
# Night-sky lines, observed frame: their residuals look like stellar lines.
_SKY_ANGSTROM = (5578.9, 6302.0, 6365.5)


def line_labels(context: ArmContext) -> list[Mark]:
    """The most significant absorption lines, one name where several lines blend."""
    depths = [(line, *_depth(context, line)) for line in context.lines if _is_plausible(context, line)]
    visible = [entry for entry in depths if entry[2] > _LOWEST_SIGNIFICANCE]
    visible.sort(key=lambda entry: -entry[1] * prominence(entry[0], context.teff_k))
    spacing = _SPACING_SHARE * (context.x_limits[1] - context.x_limits[0])
    named: list[tuple[float, Line]] = []
    for line, _, _ in visible:
        x = line.wavelength_angstrom(context.medium)
        if len(named) < _MOST_LABELS and all(abs(x - other) > 0.6 * spacing for other, _ in named):
            named.append((x, line))
    named.sort(key=lambda pair: pair[0])
    places = spread([x for x, _ in named], spacing, context.x_limits)
    return [
        LineLabelMark(x, _flux_at(context, x), text_x, line.name)
        for (x, line), text_x in zip(named, places, strict=True)
    ]


def _is_plausible(context: ArmContext, line: Line) -> bool:
    """No line that this star cannot show, and none where the night sky leaves its own."""
    if not is_plausible(line, context.teff_k, context.balmer, context.arm.resolution):
        return False
    observed = line.wavelength_vacuum_angstrom * rest_factor(context.spectrum)
    return all(abs(observed - sky) > 3.0 for sky in _SKY_ANGSTROM)


def spread(positions: list[float], spacing: float, limits: tuple[float, float]) -> list[float]:
    """Places for names in the order of their lines, at least `spacing` apart, as near to the lines as that allows.

    Names that would collide are merged into a block that is centred on its lines, again until no blocks touch.
    """
    blocks: list[tuple[float, int]] = []  # centre, members

    def inside(centre: float, members: int) -> float:
        """The centre at which a block of so many names stays within the axis."""
        half = members * spacing / 2
        return min(max(centre, limits[0] + half), max(limits[1] - half, limits[0] + half))

    for position in positions:
        centre, members = inside(position, 1), 1
        while blocks and centre - blocks[-1][0] < (members + blocks[-1][1]) * spacing / 2:
            other, count = blocks.pop()
            centre = inside((centre * members + other * count) / (members + count), members + count)
            members += count
        blocks.append((centre, members))
    return [centre + (k - (members - 1) / 2) * spacing for centre, members in blocks for k in range(members)]


def _depth(context: ArmContext, line: Line) -> tuple[float, float]:
    """How deep the flux dips at a line below its neighbourhood (share of it), and how many sigma that is."""
    x = line.wavelength_angstrom(context.medium)
    if not context.x_limits[0] < x < context.x_limits[1]:
        return 0.0, 0.0
    index = int(np.argmin(np.abs(context.x - x)))
    reach = max(4, round(15.0 / float(np.median(np.diff(context.x)))))
    around, at_line = _slice(context, index, reach), _slice(context, index, 1)
    good = context.arm.is_good[around]
    if good.sum() < reach or not context.arm.is_good[at_line].all():
        return 0.0, 0.0
    level = _level(context, around, at_line)
    dip = level - float(context.arm.flux[at_line].mean())
    sigma = float(context.arm.sigma[at_line].max()) / np.sqrt(3.0)
    return (dip / level, dip / sigma) if level > 0 and np.isfinite(sigma) and sigma > 0 else (0.0, 0.0)


def _level(context: ArmContext, around: slice, at_line: slice) -> float:
    """What a line is deep against: its neighbourhood, or in hot stars, whose lines are wider, the continuum."""
    if context.is_hot and context.arm.continuum is not None:
        return float(context.arm.continuum[at_line].mean())
    return float(np.percentile(context.arm.flux[around][context.arm.is_good[around]], 75))


def _slice(context: ArmContext, index: int, reach: int) -> slice:
    return slice(max(index - reach, 0), min(index + reach + 1, context.x.size))


def _flux_at(context: ArmContext, x: float) -> float:
    flux: FloatArray = context.arm.flux
    return float(np.interp(x, context.x, flux))
