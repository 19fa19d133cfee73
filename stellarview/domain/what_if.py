"""What an edit of the spectrum did to a prediction: each label before and after, and how sure the members are of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stellarview.domain.edit import Edit
from stellarview.domain.labels import label_named
from stellarview.domain.prediction import Prediction
from stellarview.domain.results import mixtures


@dataclass(frozen=True)
class Change:
    """After less before. `scatter` is that of the members' own changes, in the same unit.

    A member is compared with itself, so what it always gets wrong cancels; the noise of the spectrum is the same before
    and after, and cancels too. None of a class, whose members are not kept. `sigma_before` is the label's own sigma.
    """

    key: str
    unit: str
    value: float
    scatter: float | None
    sigma_before: float | None

    @property
    def in_sigmas(self) -> float | None:
        """The change over the label's sigma before: beyond 1 the edit moved the label further than its error."""
        return None if self.sigma_before is None else self.value / self.sigma_before


@dataclass(frozen=True, eq=False)
class WhatIf:
    """One model's predictions of a spectrum as it is and as edited. `flags` are what the edits brought, in words."""

    edits: tuple[Edit, ...]
    before: Prediction
    after: Prediction
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        members = [{key: one.mean_M.size for key, one in told.labels.items()} for told in (self.before, self.after)]
        names = [[one.name for one in told.classes] for told in (self.before, self.after)]
        if self.before.model != self.after.model or members[0] != members[1] or names[0] != names[1]:
            raise ValueError("before and after are told by different models")

    @property
    def keys(self) -> tuple[str, ...]:
        """All that `delta` answers to: labels, the [X/Fe] that follow from them, classes."""
        return (*mixtures(self.before), *(one.name for one in self.before.classes))

    def delta(self, key: str) -> Change:
        """The change of a label, of an [X/Fe] (`mg_fe`), or of the probability of a class."""
        before, after = mixtures(self.before), mixtures(self.after)
        if key in before:
            change_M = after[key].mean_M - before[key].mean_M
            unit = label_named(key).unit or ("dex" if key.endswith("_fe") else "")
            return Change(key, unit, float(change_M.mean()), float(np.std(change_M)), before[key].sigma)
        probabilities = [{one.name: one.probability for one in told.classes} for told in (self.before, self.after)]
        return Change(key, "", probabilities[1][key] - probabilities[0][key], None, None)

    def sentence(self, key: str) -> str:
        """`Teff 5772 -> 5921 K (+149 ± 30, 1.6 sigma)`: the scatter is that of the members' own changes."""
        change, before, after = self.delta(key), mixtures(self.before), mixtures(self.after)
        if key not in before:
            told = [{one.name: one.probability for one in each.classes}[key] for each in (self.before, self.after)]
            return f"{key} {100 * told[0]:.1f} → {100 * told[1]:.1f}% ({100 * change.value:+.1f})"
        digits = 0 if change.unit == "K" else 2
        unit = f" {change.unit}" if change.unit else ""
        scatter = f" ± {change.scatter:.{digits}f}" if change.scatter else ""
        sigmas = f", {abs(change.in_sigmas):.1f} sigma" if change.in_sigmas is not None else ""
        return (
            f"{label_named(key).text} {before[key].mean:.{digits}f} → {after[key].mean:.{digits}f}{unit} "
            f"({change.value:+.{digits}f}{scatter}{sigmas})"
        )
