"""What the user does to a stretch of a spectrum to see what it matters: mask it, scale its lines, shift them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EditKind = Literal["mask", "scale", "shift"]


@dataclass(frozen=True)
class Edit:
    """A stretch of rest wavelength in vacuum. `amount` is the factor of a scaling, or the km/s of a shift."""

    start_angstrom: float
    stop_angstrom: float
    kind: EditKind = "mask"
    amount: float = 0.0
    name: str = ""
