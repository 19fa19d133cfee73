"""Names of the lines that can be seen in this very spectrum, laid out so that no two names touch."""

from __future__ import annotations

import numpy as np

from stellarview.scene.context import ArmContext
from stellarview.scene.marks import LineLabelMark, Mark
from stellarview.scene.visible_lines import Place, apart, visible_lines

_MOST_LABELS = 24
# The width of a rotated name is its height: this share of the axis holds at a figure's usual size.
SPACING_SHARE = 0.02


def line_labels(context: ArmContext) -> list[Mark]:
    """The most significant absorption lines, one name where several lines blend."""
    return list(names(context, visible_lines(context), SPACING_SHARE, _MOST_LABELS))


def names(context: ArmContext, places: list[Place], spacing_share: float, most: int) -> list[LineLabelMark]:
    """The first of these lines by name, as many as have room on the axis."""
    spacing = spacing_share * (context.x_limits[1] - context.x_limits[0])
    named = apart(places, 0.6 * spacing, most)
    text_x = spread([x for x, _ in named], spacing, context.x_limits)
    flux = np.interp([x for x, _ in named], context.x, context.arm.flux)
    return [LineLabelMark(x, float(y), text, line.name) for (x, line), y, text in zip(named, flux, text_x, strict=True)]


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
