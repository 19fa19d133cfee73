"""How a label answers to flux on the average over many stars of similar temperature (RRNet fig. 4)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from stellarview.domain.attribution import Attribution, LineShare

TeffSource = Literal["labels", "model"]
TeffRange = tuple[float, float]
ANY_TEFF: TeffRange = (0.0, math.inf)


@dataclass(frozen=True, eq=False)
class DerivativeAverage:
    """The average over `n_spectra` whose Teff lies in the range, and the lines that it falls to."""

    teff_range_k: TeffRange
    teff_source: TeffSource
    n_spectra: int
    attribution: Attribution
    lines: tuple[LineShare, ...]

    @property
    def name(self) -> str:
        """`4000-4300 K (53 spectra)`."""
        spectra = "1 spectrum" if self.n_spectra == 1 else f"{self.n_spectra} spectra"
        if self.teff_range_k == ANY_TEFF:
            return f"all ({spectra})"
        return f"{self.teff_range_k[0]:g}-{self.teff_range_k[1]:g} K ({spectra})"


def middle_k(teff_range_k: TeffRange) -> float | None:
    """The temperature that stands for a range, where it has an end."""
    middle = (teff_range_k[0] + teff_range_k[1]) / 2
    return middle if math.isfinite(middle) else None
