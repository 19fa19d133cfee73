"""What isochrones say of a star: how old, massive, large and bright it can be, and how much that is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from stellarview.domain.arrays import FloatArray

# One bit halves the range of ages that the prior leaves open.
_LEAST_BITS = 1.0
_FARTHEST_SIGMAS = 3.0


@dataclass(frozen=True)
class Estimate:
    """The median of a posterior, and its 16th and 84th percentile."""

    median: float
    low: float
    high: float


UNKNOWN = Estimate(np.nan, np.nan, np.nan)


@dataclass(frozen=True, eq=False)
class Placement:
    """The posterior of one star over a grid of isochrones.

    `age_probability_B` lies between the edges `age_edges_gyr`; `age_bits` is what the labels add to the age prior
    (its relative entropy); `distance_sigmas` is how far the nearest model lies from the labels. `shortfall` says what
    the grid lacks for a star that it cannot place, and how to get it: the posterior is that of another star then.
    """

    grid: str
    age_gyr: Estimate
    mass_msun: Estimate
    radius_rsun: Estimate
    luminosity_lsun: Estimate
    phases: Mapping[str, float]
    age_edges_gyr: FloatArray
    age_probability_B: FloatArray
    age_bits: float
    distance_sigmas: float
    notes: tuple[str, ...] = ()
    samples: Mapping[str, FloatArray] = field(default_factory=dict)
    shortfall: str = ""

    @property
    def is_on_grid(self) -> bool:
        """False where even the nearest model is hard to believe."""
        return bool(self.distance_sigmas <= _FARTHEST_SIGMAS)

    @property
    def is_age_constrained(self) -> bool:
        """True where the labels, and not the prior alone, tell the age."""
        return self.is_on_grid and self.age_bits >= _LEAST_BITS

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What must be said before anybody believes it; nothing where all is well."""
        if not self.is_on_grid:
            if self.shortfall:
                return (f"NOT PLACED: {self.shortfall}",)
            far = f"{self.distance_sigmas:.1f}" if np.isfinite(self.distance_sigmas) else "more than 4"
            return (f"OFF THE GRID: the nearest model lies {far} sigma away; age and mass are not to be believed.",)
        if not self.is_age_constrained:
            return (f"AGE UNCONSTRAINED: the labels add {self.age_bits:.1f} bits to the prior (1 halves its range).",)
        return ()
