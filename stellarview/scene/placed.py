"""A placement in words, for a panel: what isochrones say of a star, each number with its interval and unit."""

from __future__ import annotations

from stellarview.domain.placement import Estimate, Placement
from stellarview.domain.rounding import decimals_of

_QUANTITIES = (
    ("age", "age_gyr", "Gyr"),
    ("mass", "mass_msun", "M☉"),
    ("radius", "radius_rsun", "R☉"),
    ("luminosity", "luminosity_lsun", "L☉"),
)
# A phase less probable than this is not worth a word.
_LEAST_SHARE = 0.005
_UNBROKEN = "\N{NO-BREAK SPACE}"


def placed_text(placement: Placement) -> str:
    """`age 4.6 +2.1 −1.8 Gyr · mass ... · main sequence 93%`; nothing where no model is near."""
    if not placement.phases:
        return ""
    parts = [f"{words} {interval_text(getattr(placement, name))} {unit}" for words, name, unit in _QUANTITIES]
    phases = [f"{phase} {share:.0%}" for phase, share in placement.phases.items() if share >= _LEAST_SHARE]
    return f"{_UNBROKEN}· ".join(part.replace(" ", _UNBROKEN) for part in [*parts, ", ".join(phases)])


def interval_text(one: Estimate) -> str:
    """The median, and how far up and down 68% reach."""
    up, down = one.high - one.median, one.median - one.low
    digits = decimals_of(max(up, down))
    return f"{one.median:.{digits}f} +{up:.{digits}f} −{down:.{digits}f}"
