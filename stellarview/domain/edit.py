"""An edit: one change to a spectrum that somebody wants to try, `what if this line were not there?`"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from stellarview.domain.errors import StellarViewError

EditKind = Literal["mask", "scale", "shift"]

# Beyond these nothing is left that a star could look like. (low, high, what the amount is)
_AMOUNTS: dict[EditKind, tuple[float, float, str]] = {
    "mask": (-math.inf, math.inf, "not used"),
    "scale": (0.0, 10.0, "a factor from 0 to 10"),
    "shift": (-1000.0, 1000.0, "a velocity from -1000 to 1000 km/s"),
}


@dataclass(frozen=True)
class Edit:
    """A change to a stretch of rest wavelength in vacuum, both ends included.

    `mask` takes its pixels from the model's sight. `scale` multiplies the depth below the local continuum by `amount`:
    0 takes a line away, 2 doubles it. `shift` moves what is in the stretch by `amount` km/s, to the red if positive.
    """

    start_angstrom: float
    stop_angstrom: float
    kind: EditKind = "mask"
    amount: float = 0.0
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in _AMOUNTS:
            raise _refused(f"{self.kind!r} is not one of {', '.join(get_args(EditKind))}")
        if not (math.isfinite(self.stop_angstrom) and 0.0 < self.start_angstrom < self.stop_angstrom):
            raise _refused(f"it reaches from {self.start_angstrom:g} to {self.stop_angstrom:g} A")
        low, high, meaning = _AMOUNTS[self.kind]
        if not (math.isfinite(self.amount) and low <= self.amount <= high):
            raise _refused(f"the amount of a {self.kind} is {meaning}, not {self.amount:g}")

    @property
    def words(self) -> str:
        """`Mg b 5165.0-5190.0 A: depth times 2`."""
        what = {
            "mask": "masked",
            "scale": f"depth times {self.amount:g}",
            "shift": f"moved by {self.amount:+g} km/s",
        }[self.kind]
        return f"{self.name} {self.start_angstrom:.1f}-{self.stop_angstrom:.1f} A: {what}".lstrip()


def _refused(why: str) -> StellarViewError:
    return StellarViewError(
        "This edit cannot be made.",
        why[0].upper() + why[1:] + ".",
        "Give a stretch of rest wavelengths (vacuum, Angstrom), start before stop, and an amount within its range.",
    )
