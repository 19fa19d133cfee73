"""Curves between the curves of a grid: along equivalent evolutionary points, never at fixed mass.

At fixed mass a star near the end of hydrogen burning would be blended with one that is a giant already; at a fixed
evolutionary point both are in the same state. Ages are blended in their logarithm; phases are the nearer curve's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray
from stellarview.domain.isochrones import COLUMNS, NO_PHASE, Isochrone, IsochroneGrid, age_gyr

# Beyond such steps the blend of two curves is a sketch (docs/isochrones.md tells how good it is).
_WIDE_AGE_DEX, _WIDE_FEH_DEX = 0.2, 0.3
_SAME = 1e-6
_FEW_AGES, _ROUND_AGES_GYR = 8, (1.0, 3.0, 5.0, 7.0, 10.0, 13.0)


@dataclass(frozen=True)
class Answer:
    """One curve, or the nearest ones where nothing can be interpolated; `note` says what a reader must know."""

    curves: tuple[Isochrone, ...]
    note: str = ""
    is_stand_in: bool = False


def isochrone_at(grid: IsochroneGrid, log10_age_yr: float, feh: float) -> Answer:
    """The curve of this age and metallicity, blended from the two or four curves around it."""
    has_curve_AF = grid.has_curve_AF
    rows = [f for f in range(len(grid.feh_F)) if _spans(grid.log10_age_yr_A[has_curve_AF[:, f]], log10_age_yr)]
    below = [f for f in rows if grid.feh_F[f] <= feh + _SAME]
    above = [f for f in rows if grid.feh_F[f] >= feh - _SAME]
    if not (below and above):
        return _nearest(grid, has_curve_AF, log10_age_yr, feh)
    low, high = below[-1], above[0]
    one, gap = _in_row(grid, has_curve_AF, low, log10_age_yr)
    notes = [f"ages {gap:.2f} dex apart"] if gap > _WIDE_AGE_DEX else []
    if high != low:
        other, _ = _in_row(grid, has_curve_AF, high, log10_age_yr)
        width = float(grid.feh_F[high] - grid.feh_F[low])
        one = blend(one, other, (feh - float(grid.feh_F[low])) / width)
        notes += [f"[Fe/H] {width:.2f} dex apart"] if width > _WIDE_FEH_DEX else []
    return Answer((one,), f"A sketch: blended from curves with {' and '.join(notes)}." if notes else "")


def ages_to_show(grid: IsochroneGrid, feh: float) -> tuple[float, ...]:
    """Ages (Gyr) for a diagram: round ones of a full grid, and of a poor one those that it has at this metallicity."""
    if len(grid.log10_age_yr_A) > _FEW_AGES:
        return _ROUND_AGES_GYR
    has_curve_AF, ages = grid.has_curve_AF, []
    for a, log10_age in enumerate(grid.log10_age_yr_A):
        own = grid.feh_F[has_curve_AF[a]]
        if own.size and own[0] - _SAME <= feh <= own[-1] + _SAME:
            ages.append(age_gyr(float(log10_age)))
    return tuple(ages) or tuple(age_gyr(float(log10_age)) for log10_age in grid.log10_age_yr_A)


def isochrones_at(grid: IsochroneGrid, ages_gyr: Sequence[float], feh: float) -> Answer:
    """The curves of several ages, each once; for those that cannot be had the nearest stand in, and it is said."""
    answers = [isochrone_at(grid, float(np.log10(age)) + 9.0, feh) for age in ages_gyr]
    curves = {(curve.log10_age_yr, curve.feh): curve for answer in answers for curve in answer.curves}
    others = [age for age, answer in zip(ages_gyr, answers, strict=True) if answer.is_stand_in]
    notes = dict.fromkeys(answer.note for answer in answers if answer.note and not answer.is_stand_in)
    if others:
        notes[_missing(grid, others, feh, "the nearest are drawn")] = None
    return Answer(tuple(curves[key] for key in sorted(curves)), " ".join(notes))


def blend(one: Isochrone, other: Isochrone, share: float) -> Isochrone:
    """The curve between two, at the evolutionary points that both have; `share` is the other's."""
    _, mine, its = np.intersect1d(one.eep_E, other.eep_E, assume_unique=True, return_indices=True)
    columns = {
        f"{name}_E": (1.0 - share) * getattr(one, f"{name}_E")[mine] + share * getattr(other, f"{name}_E")[its]
        for name in COLUMNS
    }
    return Isochrone(
        (1.0 - share) * one.log10_age_yr + share * other.log10_age_yr,
        (1.0 - share) * one.feh + share * other.feh,
        one.eep_E[mine],
        **columns,
        phase_E=one.phase_E[mine] if share < 0.5 else other.phase_E[its],
    )


def with_steps(grid: IsochroneGrid, age_step_dex: float) -> IsochroneGrid:
    """The part of a grid in which stars can be placed, with ages no further apart than this.

    Curves without masses are left out, and so is a metallicity known at one age alone, if another is known at more.
    """
    usable_AF = grid.has_masses_AF
    most = int(usable_AF.sum(axis=0).max(initial=0))
    rows = np.flatnonzero(usable_AF.sum(axis=0) >= min(most, 2)) if most else np.arange(0)
    ages = _subdivided([grid.log10_age_yr_A[usable_AF[:, f]] for f in rows], age_step_dex)
    if len(ages) == len(grid.log10_age_yr_A) and usable_AF.all():
        return grid
    shape = (len(ages), len(rows), len(grid.eep_E))
    columns = {column: np.full(shape, np.nan, dtype) for column, dtype in COLUMNS.items()}
    phase = np.full(shape, NO_PHASE, np.int8)
    for place, f in enumerate(rows):
        known = np.flatnonzero(usable_AF[:, f])
        low, high, share = _brackets(grid.log10_age_yr_A[known], ages)
        inside = low >= 0
        low, high, share = known[low[inside]], known[high[inside]], share[inside][:, None]
        for column, values in columns.items():
            source = getattr(grid, f"{column}_AFE")[:, f]
            values[inside, place] = np.where(
                share == 0.0, source[low], (1 - share) * source[low] + share * source[high]
            )
        phase[inside, place] = np.where(share < 0.5, grid.phase_AFE[low, f], grid.phase_AFE[high, f])
    named = {f"{column}_AFE": values for column, values in columns.items()}
    return IsochroneGrid(grid.name, grid.about, ages, grid.feh_F[rows], grid.eep_E, **named, phase_AFE=phase)


def _spans(ages: FloatArray, log10_age_yr: float) -> bool:
    return ages.size > 0 and bool(ages[0] - _SAME <= log10_age_yr <= ages[-1] + _SAME)


def _in_row(grid: IsochroneGrid, has_curve_AF: BoolArray, f: int, log10_age_yr: float) -> tuple[Isochrone, float]:
    """The curve of this age at one of the grid's metallicities, and how far apart its two parents are."""
    known = np.flatnonzero(has_curve_AF[:, f])
    (low,), (high,), (share,) = _brackets(grid.log10_age_yr_A[known], np.array([log10_age_yr]))
    one = grid.curve(int(known[low]), f)
    if share == 0.0:
        return one, 0.0
    other = grid.curve(int(known[high]), f)
    return blend(one, other, float(share)), other.log10_age_yr - one.log10_age_yr


def _brackets(nodes: FloatArray, wanted: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """For each wanted value the nodes below and above, and the upper one's share; -1 where it lies outside."""
    low = np.searchsorted(nodes, wanted + _SAME, side="right") - 1
    low = np.where((low < 0) | (wanted > nodes[-1] + _SAME), -1, low)
    high = np.minimum(low + 1, len(nodes) - 1)
    gap = nodes[high] - nodes[low]
    share = np.where(gap > 0, (wanted - nodes[low]) / np.where(gap > 0, gap, 1.0), 0.0)
    share = np.where(np.abs(share) < _SAME, 0.0, share)
    return low, high, share


def _subdivided(rows: list[FloatArray], step: float) -> FloatArray:
    parts = [np.round(ages, 9) for ages in rows]
    for ages in rows:
        for young, old in pairwise(ages):
            pieces = max(1, int(np.ceil((old - young) / step - _SAME)))
            parts.append(np.round(np.linspace(young, old, pieces + 1), 9)[1:-1])
    return np.unique(np.concatenate(parts)) if parts else np.empty(0)


def _nearest(grid: IsochroneGrid, has_curve_AF: BoolArray, log10_age_yr: float, feh: float) -> Answer:
    places = np.argwhere(has_curve_AF)
    distance = np.hypot(
        (grid.log10_age_yr_A[places[:, 0]] - log10_age_yr) / _WIDE_AGE_DEX,
        (grid.feh_F[places[:, 1]] - feh) / _WIDE_FEH_DEX,
    )
    curves = tuple(grid.curve(int(a), int(f)) for a, f in places[np.argsort(distance, kind="stable")[:2]])
    names = " and ".join(curve.name for curve in curves)
    return Answer(curves, _missing(grid, [age_gyr(log10_age_yr)], feh, f"the nearest are {names}"), is_stand_in=True)


def _missing(grid: IsochroneGrid, ages_gyr: Sequence[float], feh: float, instead: str) -> str:
    ages = ", ".join(f"{age:.3g}" for age in ages_gyr)
    return f"The grid {grid.name} has no curves around {ages} Gyr, [Fe/H] {feh:+.2f}: {instead}."
