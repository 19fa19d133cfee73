"""How many digits a value deserves: those that its sigma leaves it."""

from __future__ import annotations

import math


def decimals_of(sigma: float) -> int:
    """Two digits of sigma say enough of it, and as many decimals enough of the value; beyond four they are noise."""
    return min(max(1 - math.floor(math.log10(sigma)), 0), 4) if math.isfinite(sigma) and sigma > 0 else 1


def number_text(value: float, decimals: int) -> str:
    """For print: with a minus sign, which is not a hyphen, and none before nothing."""
    return f"{value:z.{decimals}f}".replace("-", "−")
