"""What is believed of a star before its labels are looked at: which masses are born how often, which ages occur."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError


def chabrier(mass_msun: FloatArray) -> FloatArray:
    """Stars born per solar mass; Chabrier (2003, table 1): log-normal below the Sun's mass, a power law above."""
    log10_mass = np.log10(mass_msun)
    low = 0.158 * np.exp(-0.5 * ((log10_mass - np.log10(0.079)) / 0.69) ** 2)
    return np.asarray(np.where(mass_msun < 1.0, low, 0.0443 * mass_msun**-1.3) / mass_msun)


def salpeter(mass_msun: FloatArray) -> FloatArray:
    """Stars born per solar mass; Salpeter (1955)."""
    return np.asarray(mass_msun**-2.35)


INITIAL_MASS_FUNCTIONS: dict[str, Callable[[FloatArray], FloatArray]] = {"chabrier": chabrier, "salpeter": salpeter}


@dataclass(frozen=True)
class Prior:
    """Flat in [Fe/H] within the grid; flat in age, or in its logarithm, up to the oldest that is believed.

    Contracting stars (pre-main sequence) are left out unless asked for: every field dwarf could be one by its labels,
    and hardly any is.
    """

    imf: str = "chabrier"
    age: Literal["flat", "log"] = "flat"
    oldest_gyr: float = 13.8
    with_pre_main_sequence: bool = False

    def __post_init__(self) -> None:
        for given, known in ((self.imf, tuple(INITIAL_MASS_FUNCTIONS)), (self.age, ("flat", "log"))):
            if given not in known:
                raise StellarViewError(
                    f"There is no prior {given!r}.", f"The choices are {', '.join(known)}.", "Choose one of these."
                )

    def age_weight(self, edges_gyr: FloatArray) -> FloatArray:
        """The prior probability between neighbouring edges, not normalised."""
        edges = np.minimum(edges_gyr, self.oldest_gyr)
        return np.asarray(np.diff(edges if self.age == "flat" else np.log(edges)))


DEFAULT_PRIOR = Prior()
