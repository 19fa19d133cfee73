"""What is known of one star by now: apart from the work that finds it out, so that a window need not load that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stellarview.domain.errors import StellarViewError
from stellarview.domain.explained import Explained, PhysicsExplained
from stellarview.domain.label_pdf import PLACED_LABELS
from stellarview.domain.placement import Placement
from stellarview.domain.prediction import Novelty, Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.type_range import file_class_beyond, subtype_beyond


@dataclass(frozen=True, eq=False)
class Inspection:
    """What is known of one star by now. `predictions` are by model, as it was asked for; what one could not do is in
    `refusals`.

    `ranges` are what the models were trained on, by label. Among the refusals a label stands for itself where no model
    tells it, and `physics` for what physics could not say.
    """

    spectrum: Spectrum
    exposures: tuple[str, ...] = ("coadd",)
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    refusals: Mapping[str, StellarViewError] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    explained: Explained | None = None
    physics: PhysicsExplained | None = None
    placement: Placement | None = None

    def telling(self, key: str) -> Prediction | None:
        """What tells this label: the answer of the first model that has it."""
        return next((one for one in self.predictions.values() if key in one.labels), None)

    @property
    def classified(self) -> Prediction | None:
        """The answer of the model that tells classes."""
        return next((one for one in self.predictions.values() if one.classes), None)

    @property
    def placeable(self) -> Prediction | None:
        """The answer that tells Teff, log g and [Fe/H], all three."""
        return next((one for one in self.predictions.values() if set(PLACED_LABELS) <= one.labels.keys()), None)

    @property
    def beyond_by_type(self) -> str:
        """What the MK type, told or in the file, says against Teff: no training star can have had it; '' else."""
        subtype, range_k = self.telling("subtype"), self.ranges.get("teff")
        if range_k is None or self.telling("teff") is None:
            return ""
        told = "" if subtype is None else subtype_beyond(subtype.labels["subtype"], range_k)
        return told or file_class_beyond(self.spectrum.header.subclass or "", range_k)

    @property
    def flags(self) -> tuple[str, ...]:
        """What to know before believing it: each once, with its model where the others are silent."""
        told: dict[str, list[str]] = {}
        for one in self.predictions.values():
            for flag in one.flags:
                told.setdefault(flag, []).append(one.model)
        whole = len(self.predictions)
        said = [flag if len(by) == whole else f"{flag} ({', '.join(by)})" for flag, by in told.items()]
        by_type = f"extrapolation: {self.beyond_by_type}" if self.beyond_by_type else ""
        return (*said, *([by_type] if by_type and not any(flag.startswith(by_type) for flag in said) else []))

    @property
    def novelty(self) -> Novelty | None:
        """How new the spectrum is to the model that tells the labels, or else to the first that can say."""
        models = [self.placeable, *self.predictions.values()]
        return next((one.novelty for one in models if one is not None and one.novelty is not None), None)
