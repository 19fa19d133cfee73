"""Ranked lines as a reader sees them and as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from stellarview.domain.attribution import LineShare

_MOST_LINES = 10


def line_facts(lines: Sequence[LineShare]) -> list[dict[str, Any]]:
    """Each line with its share, and its signed sum with the members' scatter in the attribution's unit."""
    return [
        {
            "line": one.name,
            "wavelength_vacuum_angstrom": one.line.wavelength_vacuum_angstrom,
            "share": one.share,
            "beaten_by": one.beaten_by,
            "stands_out": one.stands_out,
            "signed_sum": one.signed_sum,
            "members_scatter": one.scatter,
        }
        for one in lines
    ]


def line_sentences(lines: Sequence[LineShare], unit: str) -> list[str]:
    """`Mg b1: 31% of the attribution to log g (-0.21 ± 0.03 dex)` of the first ones; those that stand out lead."""
    ordered = sorted(lines, key=lambda one: not one.stands_out)
    return [f"{one.sentence} ({_sum(one)} {unit})".replace(" )", ")") for one in ordered[:_MOST_LINES]]


def _sum(one: LineShare) -> str:
    """With as many digits as the scatter leaves: two of it count."""
    if not one.scatter:
        return f"{one.signed_sum:+.3g}"
    digits = max(0, 1 - math.floor(math.log10(one.scatter)))
    return f"{one.signed_sum:+.{digits}f} ± {one.scatter:.{digits}f}"
