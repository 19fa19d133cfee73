"""MK subtypes as numbers and back: O0 is 0, B0 is 1, G2 is 4.2, M9 is 6.9, in units of a spectral class."""

from __future__ import annotations

import re

CLASSES = "OBAFGKM"
_SUBTYPE = re.compile(r"^[dgs]*([OBAFGKM])(\d(?:\.\d+)?)?")


def subtype_number(text: str) -> float | None:
    """The number of an MK subtype such as `G2`, `dM4`, `A7III`; None where it is none (galaxies, white dwarfs)."""
    match = _SUBTYPE.match(text.strip())
    if match is None or match[2] is None:
        return None
    return CLASSES.index(match[1]) + float(match[2]) / 10.0


def subtype_text(number: float, sigma: float | None = None) -> str:
    """`G2.3 +- 0.4`, sigma in tenths of a class too; beyond O0 and M9.9 the nearest end is named with `<` or `>`."""
    tenths = round(number * 100)
    sign = "<" if tenths < 0 else ">" if tenths >= 100 * len(CLASSES) else ""
    tenths = min(max(tenths, 0), 100 * len(CLASSES) - 1)
    subtype = f"{sign}{CLASSES[tenths // 100]}{(tenths % 100) / 10:.1f}"
    return subtype if sigma is None else f"{subtype} +- {10 * sigma:.1f}"
