"""The labels that an emulator takes, and how they relate to the catalogue's: [X/Fe] here, [X/H] there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from stellarview.domain.arrays import FloatArray
from stellarview.domain.labels import LABELS

# In the order of the synthetic training set; abundances are [X/Fe] on the scale of its solar mixture.
ATMOSPHERE = ("teff", "logg", "feh", "vmic")
ELEMENTS = ("c", "n", "o", "mg", "al", "si", "s", "k", "ca", "ti", "cr", "mn", "ni", "cu", "na")
EMULATOR_LABELS = (*ATMOSPHERE, *(f"{element}_fe" for element in ELEMENTS))
UNITS = {"teff": "K", "vmic": "km/s"}
TEFF, LOGG, FEH, VMIC = range(4)
C_FE, N_FE, O_FE, K_FE, TI_FE = (EMULATOR_LABELS.index(key) for key in ("c_fe", "n_fe", "o_fe", "k_fe", "ti_fe"))

# [C/O] where C/O is about 0.8 (the Sun's is 0.55): beyond, C2 and CN swell faster than so few spectra can teach.
CARBON_RICH_DEX = 0.16


def usual_microturbulence(teff: ArrayLike, logg: ArrayLike) -> FloatArray:
    """The mean relation of the training set (a plane, scatter 0.15 km/s), km/s: 1.1 in the Sun, 1.5 in a red giant."""
    warmth, compactness = np.asarray(teff, dtype=float) - 5500.0, np.asarray(logg, dtype=float) - 4.2
    return np.asarray(np.clip(1.07 + 2.6e-4 * warmth - 0.31 * compactness, 0.5, 2.3))


def as_array(labels: Mapping[str, float]) -> FloatArray:
    """Labels by key as the emulator's array: [X/Fe] not given is 0, microturbulence not given is the usual one.

    Abundances may be given as [X/Fe] (`mg_fe`) or as the catalogue's [X/H] (`mgh`).
    """
    given = dict(labels)
    feh = given.setdefault("feh", 0.0)
    for element in ELEMENTS:
        if f"{element}h" in given:
            given[f"{element}_fe"] = given.pop(f"{element}h") - feh
    unknown = sorted(set(given) - set(EMULATOR_LABELS))
    if unknown or not {"teff", "logg"} <= set(given):
        raise KeyError(", ".join(unknown) or "teff and logg are needed")
    given.setdefault("vmic", float(usual_microturbulence(given["teff"], given["logg"])))
    return np.array([given.get(key, 0.0) for key in EMULATOR_LABELS])


def catalogue_labels(labels_BL: FloatArray) -> dict[str, FloatArray]:
    """The 17 labels of the catalogue, [X/H] = [Fe/H] + [X/Fe], one column each."""
    feh = labels_BL[:, FEH]
    columns = {"teff": labels_BL[:, TEFF], "logg": labels_BL[:, LOGG], "feh": feh}
    for element in ELEMENTS:
        columns[f"{element}h"] = feh + labels_BL[:, EMULATOR_LABELS.index(f"{element}_fe")]
    return {key: columns[key] for key in LABELS}
