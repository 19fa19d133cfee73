"""What an explanation says: how much each pixel has to do with an output, and which named lines those pixels are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray, read_only
from stellarview.domain.labels import LABELS
from stellarview.domain.lines import Line
from stellarview.domain.plausible_lines import hydrogen_angstrom, is_plausible, prominence, reach_angstrom
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Frame, Medium

# A line stands out if at most one stretch of its width in a hundred gets more: of a hundred lines one does by chance.
_MOST_BEATEN_BY = 0.01
# Where all places get about the same none stands out, though one must be the first.
_LEAST_TIMES_USUAL = 2.0


@dataclass(frozen=True, eq=False)
class Attribution:
    """One output of an ensemble, pixel by pixel: the members' mean and their scatter, in `unit`.

    `label_key` names a label or a class. Pixels that are not good have values of zero and take no part in anything.
    `note` says what a reader must know before he trusts it; it is empty where there is nothing to say. `members_ML` are
    the members' own values, where they were kept: only they tell how far members disagree on a whole line.
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
    members_ML: FloatArray | None = None

    def __post_init__(self) -> None:
        for name in ("values_L", "scatter_L", "wavelength_angstrom_L"):
            object.__setattr__(self, name, read_only(getattr(self, name), np.float64))
        object.__setattr__(self, "is_good_L", read_only(self.is_good_L, np.bool_))
        shapes = {a.shape for a in (self.values_L, self.scatter_L, self.wavelength_angstrom_L, self.is_good_L)}
        if self.members_ML is not None:
            object.__setattr__(self, "members_ML", read_only(self.members_ML, np.float64))
            shapes.add(self.members_ML.shape[1:])
        if len(shapes) != 1 or self.values_L.ndim != 1:
            raise ValueError("an attribution needs one value, scatter, wavelength and verdict for each pixel")
        if not (np.isfinite(self.values_L).all() and np.isfinite(self.scatter_L).all()):
            raise ValueError("an attribution holds finite numbers only")

    @property
    def magnitude_L(self) -> FloatArray:
        """How much each pixel matters, up or down; zero where a pixel is not good."""
        return np.where(self.is_good_L, np.abs(self.values_L), 0.0)

    def joined(self, rest: Self) -> Self:
        """One map of two parts, which know different pixels of it."""
        return replace(
            rest,
            values_L=self.values_L + rest.values_L,
            scatter_L=self.scatter_L + rest.scatter_L,
            is_good_L=self.is_good_L | rest.is_good_L,
        )

    def at_observed(self, velocity_km_s: float) -> Self:
        """The same values at the wavelengths where the star's velocity put them, to be drawn over its own spectrum."""
        if self.frame != "rest":
            raise ValueError("this attribution is at observed wavelengths already")
        wavelength = self.wavelength_angstrom_L * (1.0 + velocity_km_s / SPEED_OF_LIGHT_KM_S)
        return replace(self, wavelength_angstrom_L=wavelength, frame="observed")


@dataclass(frozen=True)
class LineShare:
    """What falls to one line: its share of all |attribution|, and the signed sum in the attribution's unit.

    `scatter` is that of the members' sums, where they are known. `blended_with` stands within the same resolution
    element and cannot be told apart. `times_usual` compares the share with that of an average stretch of as many
    pixels, `beaten_by` is the part of such stretches elsewhere that get more, `is_agreed` whether the members' mean
    is more than their scatter.
    """

    line: Line
    label_key: str
    share: float
    signed_sum: float
    n_pixels: int
    scatter: float | None = None
    blended_with: Line | None = None
    times_usual: float = math.inf
    beaten_by: float = 0.0
    is_agreed: bool = True

    @property
    def stands_out(self) -> bool:
        """True where a network can be said to look at this line: hardly any other place of this width gets as much."""
        return self.times_usual >= _LEAST_TIMES_USUAL and self.beaten_by <= _MOST_BEATEN_BY and self.is_agreed

    @property
    def name(self) -> str:
        """`Mg b1`, or of two that cannot be told apart `Fe I 5270 + Ca I 5270`."""
        return " + ".join(line.name for line in (self.line, self.blended_with) if line)

    @property
    def sentence(self) -> str:
        """`Mg b 5184: 31% of the attribution to log g`; in doubt it says so."""
        label = LABELS[self.label_key].text if self.label_key in LABELS else self.label_key
        doubt = "" if self.stands_out else ", does not stand out"
        return f"{self.name}: {self.share_text} of the attribution to {label}{doubt}"

    @property
    def share_text(self) -> str:
        """`31%`, or of small shares `1.3%`."""
        return f"{100 * self.share:.{0 if self.share >= 0.1 else 1}f}%"


def rank_lines(
    attribution: Attribution, lines: Sequence[Line], resolution: float, teff_k: float | None = None
) -> list[LineShare]:
    """The lines with good pixels within a resolution element to either side, the most important first.

    Lines that no star of this temperature shows have no part; of those that share an element the most prominent is
    named, with one more where both are as prominent. A pixel near several lines is counted for the nearest alone, so
    that shares never sum to more than 1.
    """
    if attribution.frame != "rest":
        raise ValueError("lines have rest wavelengths: rank them before the shift to the observed frame")
    total = float(attribution.magnitude_L.sum())
    if total == 0.0:
        return []
    named = _named(attribution, lines, resolution, teff_k)
    if not named:
        return []
    centre_K = np.array([line.wavelength_angstrom(attribution.medium) for line, _ in named])
    owner_L = _nearest_line(attribution, named, centre_K, resolution, teff_k)
    shares = []
    for index, (line, other) in enumerate(named):
        of_line = owner_L == index
        if of_line.any():
            nearest = _in_its_wing(attribution, of_line, index, centre_K, resolution)
            blended = other or (None if nearest is None else named[nearest][0])
            shares.append(_share(attribution, of_line, total, (line, blended)))
    return sorted(shares, key=lambda one: -one.share)


def _in_its_wing(
    attribution: Attribution, of_line: BoolArray, own: int, centre_K: FloatArray, resolution: float
) -> int | None:
    """The other line that stands where a wide line matters most, if that is far from its centre: it may be either."""
    peak = float(attribution.wavelength_angstrom_L[np.argmax(np.where(of_line, attribution.magnitude_L, -1.0))])
    off_K = np.abs(centre_K - peak)
    nearest = int(np.argmin(off_K))
    return nearest if nearest != own and off_K[nearest] <= peak / resolution < off_K[own] else None


def _share(attribution: Attribution, of_line: BoolArray, total: float, named: tuple[Line, Line | None]) -> LineShare:
    members_ML = attribution.members_ML
    share = float(attribution.magnitude_L[of_line].sum()) / total
    return LineShare(
        line=named[0],
        label_key=attribution.label_key,
        share=share,
        signed_sum=float(attribution.values_L[of_line].sum()),
        n_pixels=int(of_line.sum()),
        scatter=None if members_ML is None else float(members_ML[:, of_line].sum(axis=1).std()),
        blended_with=named[1],
        times_usual=share * int(attribution.is_good_L.sum()) / int(of_line.sum()),
        beaten_by=_beaten_by(attribution, of_line, share * total),
        is_agreed=share * total > float(attribution.scatter_L[of_line].sum()),
    )


def _beaten_by(attribution: Attribution, of_line: BoolArray, amount: float) -> float:
    """The part of all stretches of as many good pixels beside the line that hold more than it does."""
    good = attribution.is_good_L
    summed = np.concatenate([[0.0], np.cumsum(attribution.magnitude_L[good])])
    place, count = np.flatnonzero(of_line[good]), int(of_line.sum())
    start = np.arange(summed.size - count)
    is_beside = (start + count <= place[0]) | (start > place[-1])
    amounts = (summed[count:] - summed[:-count])[is_beside]
    return float((amounts > amount).mean()) if amounts.size else 0.0


def _named(
    attribution: Attribution, lines: Sequence[Line], resolution: float, teff_k: float | None
) -> list[tuple[Line, Line | None]]:
    """The lines that give their names, each with what is blended into it; of equals the one that matters more leads."""
    hydrogen = hydrogen_angstrom(lines)
    wavelength_L = attribution.wavelength_angstrom_L
    reach = (wavelength_L[0] * (1 - 1 / resolution), wavelength_L[-1] * (1 + 1 / resolution))
    candidates = [
        (line.wavelength_angstrom(attribution.medium), line)
        for line in lines
        if reach[0] <= line.wavelength_angstrom(attribution.medium) <= reach[1]
        and is_plausible(line, teff_k, hydrogen, resolution)
    ]
    matters = {
        line: float(attribution.magnitude_L[np.argmin(np.abs(wavelength_L - centre))]) for centre, line in candidates
    }
    candidates.sort(key=lambda pair: (-prominence(pair[1], teff_k), -matters[pair[1]], pair[0]))
    named: dict[Line, Line | None] = {}
    for centre, line in candidates:
        near = [
            other
            for other in named
            if abs(centre - other.wavelength_angstrom(attribution.medium)) <= centre / resolution
        ]
        if not near:
            named[line] = None
        elif named[near[0]] is None and prominence(line, teff_k) == prominence(near[0], teff_k):
            named[near[0]] = line
    return list(named.items())


def _nearest_line(
    attribution: Attribution,
    named: Sequence[tuple[Line, Line | None]],
    centre_K: FloatArray,
    resolution: float,
    teff_k: float | None,
) -> IntArray:
    """For each pixel the index of its line, or -1; bands and broad lines take what lies within their own reach."""
    centre_K1 = centre_K[:, None]
    reach_K2 = np.array([reach_angstrom(line, teff_k) for line, _ in named])
    x_L = attribution.wavelength_angstrom_L
    beyond_KL = np.maximum(centre_K1 - reach_K2[:, :1] - x_L, x_L - centre_K1 - reach_K2[:, 1:])
    distance_KL = np.maximum(beyond_KL, 0.0)
    owner_L = np.argmin(distance_KL, axis=0)
    is_near_L = distance_KL[owner_L, np.arange(x_L.size)] <= x_L / resolution
    return np.where(attribution.is_good_L & is_near_L, owner_L, -1)
