"""How far explanations of a model can be trusted: measured on a validation set, kept in its card."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stellarview.domain.labels import LABELS

# The shares of the pixels, in percent, at which a card keeps its curves.
CURVE_PERCENT = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


@dataclass(frozen=True)
class Faithfulness:
    """Pixels are taken away (deletion) or put in (insertion) in an explanation's order and in random order.

    A factor is the area under the random order's curve over that under the explanation's: the median of `n_spectra`
    spectra, and half the width of the middle 68% of them. 1 is no better than chance. The curves, medians too, tell for
    each of `percent_of_pixels` which part of the way the output still has to go.
    """

    method: str
    label: str
    n_spectra: int
    deletion_factor: float
    deletion_scatter: float
    insertion_factor: float
    insertion_scatter: float
    percent_of_pixels: tuple[float, ...] = CURVE_PERCENT
    deletion_left: tuple[float, ...] = ()
    insertion_left: tuple[float, ...] = ()
    random_deletion_left: tuple[float, ...] = ()
    random_insertion_left: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        curves = (self.deletion_left, self.insertion_left, self.random_deletion_left, self.random_insertion_left)
        factors = (self.deletion_factor, self.insertion_factor)
        scatters = (self.deletion_scatter, self.insertion_scatter)
        if self.n_spectra < 1 or any(len(curve) != len(self.percent_of_pixels) for curve in curves):
            raise ValueError(f"the faithfulness of {self.method} has no spectra, or curves of unequal length")
        if not all(
            math.isfinite(number) for number in (*factors, *scatters, *self.percent_of_pixels, *sum(curves, ()))
        ):
            raise ValueError(f"the faithfulness of {self.method} holds values that are no numbers")
        if min(factors) <= 0 or min(scatters) < 0:
            raise ValueError(f"the faithfulness of {self.method} is impossible")

    @property
    def sentence(self) -> str:
        """What a reader should know before he believes this method."""
        label = LABELS[self.label].text if self.label in LABELS else self.label
        spectra = "1 validation spectrum" if self.n_spectra == 1 else f"{self.n_spectra} validation spectra"
        return (
            f"Taken away in the order of {self.method}, pixels move {label} {_times(self.deletion_factor)} "
            f"± {self.deletion_scatter:.2g} times as fast as in random order; put in, {_times(self.insertion_factor)} "
            f"± {self.insertion_scatter:.2g} times ({spectra})."
        )


def _times(factor: float) -> str:
    return f"{factor:.2g}" if factor < 10 else f"{factor:.0f}"
