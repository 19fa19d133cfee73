"""What physics says a label rests on: the weights that the best linear reading would give a star's pixels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.attribution import Attribution
from stellarview.domain.errors import StellarViewError
from stellarview.domain.labels import LABELS
from stellarview.synthesis.emulator import Emulator, labels_array
from stellarview.synthesis.information import RRNET_WAVELENGTH_ANGSTROM, Sensitivity, sensitivity
from stellarview.synthesis.labels import ELEMENTS, EMULATOR_LABELS, FEH

_PER_CENT = 0.01


def catalogue_derivative(derivative_ML: FloatArray, label_key: str) -> FloatArray:
    """d(flux) by a label of the catalogue, the other sixteen held: [Fe/H] then moves iron alone."""
    if label_key == "feh":
        return np.asarray(derivative_ML[:, FEH] - derivative_ML[:, FEH + 2 :].sum(axis=1))
    element = label_key.removesuffix("h")
    key = f"{element}_fe" if element in ELEMENTS else label_key
    return np.asarray(derivative_ML[:, EMULATOR_LABELS.index(key)])


def physics_attribution(
    emulator: Emulator,
    labels: Mapping[str, float] | FloatArray,
    label_key: str,
    *,
    wavelength_angstrom_M: FloatArray = RRNET_WAVELENGTH_ANGSTROM,
    ivar_M: FloatArray | None = None,
    is_good_M: BoolArray | None = None,
    resolution: float = 7500.0,
) -> Attribution:
    """The change of the label per 1% of the continuum in each pixel, all other labels known: w = N d / (d^T N d).

    In the units of a network's saliency, so that the two can lie over one another.
    """
    seen = sensitivity(emulator, labels, resolution, wavelength_angstrom_M=wavelength_angstrom_M)
    note = "; ".join(emulator.flags(labels_array(labels)))
    return attribution_of(seen, label_key, ivar_M=ivar_M, is_good_M=is_good_M, note=note)


def attribution_of(
    seen: Sensitivity,
    label_key: str,
    *,
    ivar_M: FloatArray | None = None,
    is_good_M: BoolArray | None = None,
    note: str = "",
) -> Attribution:
    """The same of derivatives that are known already."""
    if label_key not in LABELS:
        raise StellarViewError(
            f"Physics cannot explain {label_key!r}.", "The emulator knows the labels of the catalogue alone.",
            f"Choose one of {', '.join(LABELS)}.",
        )  # fmt: skip
    derivative = catalogue_derivative(seen.derivative_ML, label_key)
    good = seen.is_known_M if is_good_M is None else seen.is_known_M & is_good_M
    weight = np.where(good, 1.0 if ivar_M is None else ivar_M, 0.0)
    information = float(weight @ derivative**2)
    values = _PER_CENT * weight * derivative / (information or 1.0)
    return Attribution(
        "physics",
        label_key,
        f"{LABELS[label_key].unit} per 1% of the continuum",
        values,
        np.zeros(values.size),
        seen.wavelength_angstrom_M,
        good,
        note=note,
    )
