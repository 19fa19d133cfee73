"""What physics says a label rests on: how ideal readers of it answer to each pixel of a star."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.attribution import Attribution
from stellarview.domain.errors import StellarViewError
from stellarview.domain.labels import LABELS
from stellarview.synthesis.information import Information, Sensitivity
from stellarview.synthesis.labels import ELEMENTS, FEH

_PER_CENT = 0.01


def best_reading(
    told: Information, seen: Sensitivity, label_key: str, is_good_M: BoolArray, note: str = ""
) -> Attribution:
    """How the best unbiased estimate of the label answers to 1% of the continuum in each pixel, nothing else known.

    Weights w with w d = 1 for the label's derivative d and w d = 0 for those of all others and of the continuum. They
    have the units of a network's saliency, so that the two can lie over one another.
    """
    element = _element_of(label_key)
    values = told.reading("feh", f"{element}_fe") if element else told.reading(label_key)
    return _attribution(values, seen, label_key, is_good_M, note)


def own_reading(told: Information, seen: Sensitivity, label_key: str, is_good_M: BoolArray) -> Attribution:
    """The same where the other sixteen labels are known: what is left are the label's own lines."""
    element = _element_of(label_key)
    derivative = seen.of(f"{element}_fe" if element else label_key)
    if label_key == "feh":  # [X/H] of all others held: iron moves alone
        derivative = derivative - seen.derivative_ML[:, FEH + 2 :].sum(axis=1)
    return _attribution(told.own_reading(derivative), seen, label_key, is_good_M, "")


def _element_of(label_key: str) -> str:
    """`mg` of `mgh`; nothing of labels that the emulator takes as they are."""
    if label_key not in LABELS:
        raise StellarViewError(
            f"Physics cannot explain {label_key!r}.", "The emulator knows the labels of the catalogue alone.",
            f"Choose one of {', '.join(LABELS)}.",
        )  # fmt: skip
    element = label_key.removesuffix("h")
    return element if element in ELEMENTS else ""


def _attribution(values: FloatArray, seen: Sensitivity, label_key: str, is_good_M: BoolArray, note: str) -> Attribution:
    good = seen.is_known_M & is_good_M
    return Attribution(
        "physics",
        label_key,
        f"{LABELS[label_key].unit} per 1% of the continuum",
        np.where(good, _PER_CENT * values, 0.0),
        np.zeros(values.size),
        seen.wavelength_angstrom_M,
        good,
        note=note,
    )
