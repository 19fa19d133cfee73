"""What an explanation says: how much each pixel has to do with an output, and which named lines those pixels are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray, read_only
from stellarview.domain.labels import LABELS
from stellarview.domain.lines import Line
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Frame, Medium


@dataclass(frozen=True, eq=False)
class Attribution:
    """One output of an ensemble, pixel by pixel: the members' mean and their scatter, in `unit`.

    `label_key` names a label or a class. Pixels that are not good have values of zero and take no part in anything.
    `note` says what a reader must know before he trusts it; it is empty where there is nothing to say.
    """

    method: str
    label_key: str
    unit: str
    values_L: FloatArray
    scatter_L: FloatArray
    wavelength_angstrom_L: FloatArray
    is_good_L: BoolArray
    medium: Medium = "vacuum"
    frame: Frame = "rest"
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("values_L", "scatter_L", "wavelength_angstrom_L"):
            object.__setattr__(self, name, read_only(getattr(self, name), np.float64))
        object.__setattr__(self, "is_good_L", read_only(self.is_good_L, np.bool_))
        shapes = {a.shape for a in (self.values_L, self.scatter_L, self.wavelength_angstrom_L, self.is_good_L)}
        if len(shapes) != 1 or self.values_L.ndim != 1:
            raise ValueError("an attribution needs one value, scatter, wavelength and verdict for each pixel")
        if not (np.isfinite(self.values_L).all() and np.isfinite(self.scatter_L).all()):
            raise ValueError("an attribution holds finite numbers only")

    @property
    def magnitude_L(self) -> FloatArray:
        """How much each pixel matters, up or down; zero where a pixel is not good."""
        return np.where(self.is_good_L, np.abs(self.values_L), 0.0)

    def at_observed(self, velocity_km_s: float) -> Self:
        """The same values at the wavelengths where the star's velocity put them, to be drawn over its own spectrum."""
        if self.frame != "rest":
            raise ValueError("this attribution is at observed wavelengths already")
        wavelength = self.wavelength_angstrom_L * (1.0 + velocity_km_s / SPEED_OF_LIGHT_KM_S)
        return replace(self, wavelength_angstrom_L=wavelength, frame="observed")


@dataclass(frozen=True)
class LineShare:
    """What falls to one line: its share of all |attribution|, and the signed sum in the attribution's unit."""

    line: Line
    label_key: str
    share: float
    signed_sum: float
    n_pixels: int

    @property
    def sentence(self) -> str:
        """`Mg b 5184: 31% of the attribution to log g`."""
        label = LABELS[self.label_key].text if self.label_key in LABELS else self.label_key
        return f"{self.line.name}: {100 * self.share:.0f}% of the attribution to {label}"


def rank_lines(attribution: Attribution, lines: Sequence[Line], width_angstrom: float) -> list[LineShare]:
    """The lines with good pixels within half of `width_angstrom`, the most important first.

    A pixel in the windows of several lines is counted for the nearest alone, so that shares never sum to more than 1.
    """
    if attribution.frame != "rest":
        raise ValueError("lines have rest wavelengths: rank them before the shift to the observed frame")
    magnitude_L = attribution.magnitude_L
    total = float(magnitude_L.sum())
    if total == 0.0 or not lines:
        return []
    owner_L = _nearest_line(attribution, lines, width_angstrom)
    shares = []
    for index, line in enumerate(lines):
        of_line = owner_L == index
        if of_line.any():
            share, signed = float(magnitude_L[of_line].sum()) / total, float(attribution.values_L[of_line].sum())
            shares.append(LineShare(line, attribution.label_key, share, signed, int(of_line.sum())))
    return sorted(shares, key=lambda one: -one.share)


def _nearest_line(attribution: Attribution, lines: Sequence[Line], width_angstrom: float) -> IntArray:
    """For each pixel the index of its line, or -1."""
    centre = np.array([line.wavelength_angstrom(attribution.medium) for line in lines])
    order = np.argsort(centre, kind="stable")
    between = (centre[order][1:] + centre[order][:-1]) / 2
    owner_L = order[np.searchsorted(between, attribution.wavelength_angstrom_L)]
    distance_L = np.abs(attribution.wavelength_angstrom_L - centre[owner_L])
    return np.where(attribution.is_good_L & (distance_L <= width_angstrom / 2), owner_L, -1)
