"""Everything about one star, as the window and the report show it: all usual models, one label explained, its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stellarview.domain.errors import StellarViewError
from stellarview.domain.explained import Explained, PhysicsExplained
from stellarview.domain.placement import Placement
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class Inspection:
    """What is known of one star by now. `predictions` are by model; what a model could not do is in `refusals`."""

    spectrum: Spectrum
    exposures: tuple[str, ...] = ("coadd",)
    predictions: Mapping[str, Prediction] | None = None
    refusals: Mapping[str, StellarViewError] | None = None
    explained: Explained | None = None
    physics: PhysicsExplained | None = None
    placement: Placement | None = None
