"""What another model says of the same star: label by label, and whether that is more than members differ anyway."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stellarview.domain.labels import label_named
from stellarview.domain.prediction import Mixture, Prediction
from stellarview.domain.results import mixtures
from stellarview.domain.rounding import decimals_of, number_text

# What two ensembles that learned the same may differ by.
_NOTEWORTHY = 2.0


@dataclass(frozen=True)
class LabelChange:
    """One label (or [X/Fe]) before and after, in its unit; `scatter_*` is that of the members' means.

    A class has its probability, and no sigma.
    """

    key: str
    before: float
    after: float
    sigma_before: float
    sigma_after: float
    scatter_before: float
    scatter_after: float

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def ratio(self) -> float:
        """The change in units of both ensembles' scatter; infinite where neither has any."""
        scatter = math.hypot(self.scatter_before, self.scatter_after)
        return abs(self.change) / scatter if scatter > 0 else math.inf if self.change else 0.0

    @property
    def is_noteworthy(self) -> bool:
        """True where the members' scatter does not explain it."""
        return self.ratio > _NOTEWORTHY

    @property
    def text(self) -> str:
        """`Teff 5772 → 5731 K (−41; members differ by 18 and 12)`."""
        label, decimals = label_named(self.key), decimals_of(min(self.scatter_before, self.scatter_after) or 0.01)
        before, after, change = (number_text(value, decimals) for value in (self.before, self.after, self.change))
        plus = "+" if self.change > 0 else ""
        scatter = f"{self.scatter_before:.{decimals}f} and {self.scatter_after:.{decimals}f}"
        value = f"{label.text} {before} → {after} {label.unit}".rstrip()
        return f"{value} ({plus}{change}; members differ by {scatter})"


def compare_predictions(before: Prediction, after: Prediction) -> tuple[LabelChange, ...]:
    """What both tell, in the order of the new model; what only one of them tells is left out."""
    old, new = mixtures(before), mixtures(after)
    labels = tuple(_of_label(key, old[key], mixture) for key, mixture in new.items() if key in old)
    known = {one.name: one for one in before.classes}
    classes = (
        LabelChange(
            one.name, known[one.name].probability, one.probability, 0.0, 0.0, known[one.name].scatter, one.scatter
        )
        for one in after.classes
        if one.name in known
    )
    return (*labels, *classes)


def _of_label(key: str, old: Mixture, new: Mixture) -> LabelChange:
    return LabelChange(key, old.mean, new.mean, old.sigma, new.sigma, old.epistemic, new.epistemic)
