"""Bounds of what a network told of thousands of stars: derivatives on a coarse grid, noise of each star's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.synthesis.emulator import Emulator
from stellarview.synthesis.information import Information, Sensitivity, information, sensitivity
from stellarview.synthesis.labels import ATMOSPHERE, ELEMENTS, FEH, TEFF, as_array
from stellarview.synthesis.spreads import POPULATION_SIGMA
from stellarview.synthesis.view import StarView

# Derivatives take ten times as long as all else; over such a step bounds change by a few per cent (decision 0024).
_STEP = (200.0, 0.5, 0.25)
_NODES_KEPT = 256  # half a megabyte each


def labels_told(told: Mapping[str, float]) -> FloatArray | None:
    """What a network told, as the emulator's labels; None without Teff and log g, or where they are no numbers."""
    known = {key: told[key] for key in (*ATMOSPHERE, *(f"{element}h" for element in ELEMENTS)) if key in told}
    if not {"teff", "logg"} <= set(known) or not np.isfinite(list(known.values())).all():
        return None
    return as_array(known)


def star_bounds(emulator: Emulator, told: Mapping[str, float], view: StarView) -> dict[str, float] | None:
    """Key of a label, as [X/H] and as [X/Fe] -> its bound, nothing else known; inf where the spectrum tells nothing.

    Derivatives are those of the nearest node in Teff, log g and [Fe/H] with the Sun's abundance ratios. None where the
    star lies outside of what the emulator learned.
    """
    labels_L = labels_told(told)
    if labels_L is None or not _is_known(emulator, labels_L):
        return None
    node = tuple(float(np.round(value / step) * step) for value, step in zip(labels_L[: FEH + 1], _STEP, strict=True))
    grid = np.ascontiguousarray(view.wavelength_angstrom_M, dtype=float).tobytes()
    seen = _sensitivity_at(emulator, node, grid, round(view.resolution, -1))
    return bounds_of(information_of(seen, view))


def information_of(seen: Sensitivity, view: StarView) -> Information:
    """What the good pixels of this star tell."""
    return information(seen, np.where(view.is_good_M, view.ivar_M, 0.0))


def bounds_of(told: Information) -> dict[str, float]:
    """The bounds of all labels of the catalogue and of all [X/Fe]."""
    bounds = {key: told.sigma(key) for key in ATMOSPHERE}
    for element in ELEMENTS:
        bounds |= _of_element(told, element)
    return bounds


def prior_dominated(bounds: Mapping[str, float], key: str) -> bool:
    """True where the bound exceeds the spread of stars; of [X/H] that of [X/Fe] is asked, for it always follows [Fe/H].

    What the emulator does not know is not judged.
    """
    asked = judged_by(key)
    return asked in bounds and not bounds[asked] < POPULATION_SIGMA[asked]


def judged_by(key: str) -> str:
    """The label whose bound decides: `mg_fe` for `mgh`."""
    element = key.removesuffix("h")
    return f"{element}_fe" if element in ELEMENTS else key


def _of_element(told: Information, element: str) -> dict[str, float]:
    ratio = f"{element}_fe"
    return {ratio: told.sigma(ratio), f"{element}h": told.sigma("feh", ratio)}


def _is_known(emulator: Emulator, labels_L: FloatArray) -> bool:
    """Abundances may lie outside: the node has the Sun's."""
    inside = emulator.within_range(labels_L)
    return bool((inside == labels_L)[TEFF : FEH + 1].all()) and emulator.has_neighbours(inside)


@lru_cache(maxsize=_NODES_KEPT)
def _sensitivity_at(emulator: Emulator, node: tuple[float, ...], grid: bytes, resolution: float) -> Sensitivity:
    labels_L = emulator.within_range(as_array(dict(zip(ATMOSPHERE, node, strict=False))))
    seen = sensitivity(emulator, labels_L, resolution, wavelength_angstrom_M=np.frombuffer(grid))
    return replace(seen, derivative_ML=seen.derivative_ML.astype(np.float32))
