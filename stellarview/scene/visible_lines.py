"""Which named lines can be seen in a spectrum: how deep it dips at each, and how sure that is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray
from stellarview.domain.lines import Line
from stellarview.domain.plausible_lines import is_plausible, prominence
from stellarview.domain.rest_frame import rest_factor
from stellarview.scene.context import ArmContext

_LOWEST_SIGNIFICANCE = 8.0
_NEIGHBOURHOOD_ANGSTROM = 15.0
_LEVEL = 0.75
# Night-sky lines, observed frame: their residuals look like stellar lines.
_SKY_ANGSTROM = (5578.9, 6302.0, 6365.5)

Place = tuple[float, Line]


def visible_lines(context: ArmContext) -> list[Place]:
    """The significant absorption lines with their places, the deepest and most prominent first."""
    chosen = [k for k in _within(context) if _is_expected(context, context.lines[k])]
    depth, significance = _dips(context, chosen)
    seen = [(d, k) for d, s, k in zip(depth, significance, chosen, strict=True) if s > _LOWEST_SIGNIFICANCE]
    seen.sort(key=lambda pair: -pair[0] * prominence(context.lines[pair[1]], context.teff_k))
    return _places(context, [k for _, k in seen])


def lines_of_elements(context: ArmContext, elements: tuple[str, ...]) -> list[Place]:
    """All lines of these elements, seen or not, the deepest and most prominent first."""
    chosen = [k for k in _within(context) if context.lines[k].element in elements]
    depth, _ = _dips(context, chosen)
    order = sorted(range(len(chosen)), key=lambda i: -depth[i] * prominence(context.lines[chosen[i]], context.teff_k))
    return _places(context, [chosen[i] for i in order])


def apart(places: list[Place], least: float, most: int) -> list[Place]:
    """The first so many of them that are `least` apart: one name where several lines blend; in the axis' order."""
    named: list[Place] = []
    for x, line in places:
        if len(named) < most and all(abs(x - other) > least for other, _ in named):
            named.append((x, line))
    return sorted(named, key=lambda place: place[0])


def _places(context: ArmContext, chosen: list[int]) -> list[Place]:
    return [(float(context.line_x[k]), context.lines[k]) for k in chosen]


def _within(context: ArmContext) -> list[int]:
    low, high = context.x_limits
    inside: list[int] = np.flatnonzero((context.line_x > low) & (context.line_x < high)).tolist()
    return inside


def _is_expected(context: ArmContext, line: Line) -> bool:
    """No line that this star cannot show, and none where the night sky leaves its own."""
    if not is_plausible(line, context.teff_k, context.balmer, context.arm.resolution):
        return False
    observed = line.wavelength_vacuum_angstrom * rest_factor(context.spectrum)
    return all(abs(observed - sky) > 3.0 for sky in _SKY_ANGSTROM)


def _dips(context: ArmContext, chosen: list[int]) -> tuple[FloatArray, FloatArray]:
    """How deep the flux dips at each line below its neighbourhood (share of it), and how many sigma that is."""
    x, arm = context.x, context.arm
    if not chosen or x.size < 3:
        return np.zeros(len(chosen)), np.zeros(len(chosen))
    index_K = _nearest(x, context.line_x[chosen])
    reach = max(4, round(_NEIGHBOURHOOD_ANGSTROM * context.x_per_angstrom / float(np.median(np.diff(x)))))
    good = arm.is_good & np.isfinite(arm.flux)
    around_good, around = _windows(good, False, index_K, reach), _windows(arm.flux, np.nan, index_K, reach)
    at_good, at_line, sigma = (
        _windows(values, outside, index_K, 1)
        for values, outside in ((good, True), (arm.flux, np.nan), (arm.sigma, 0.0))
    )
    level = _level(context, around, around_good, index_K)
    with np.errstate(invalid="ignore", divide="ignore"):
        dip = level - _mean(at_line)
        noise = sigma.max(axis=1) / np.sqrt(3.0)
        is_told = (around_good.sum(axis=1) >= reach) & at_good.all(axis=1) & (level > 0) & (noise > 0)
        is_told &= np.isfinite(noise) & np.isfinite(dip)
        return np.where(is_told, dip / level, 0.0), np.where(is_told, dip / noise, 0.0)


def _level(context: ArmContext, around: FloatArray, is_good: BoolArray, index_K: IntArray) -> FloatArray:
    """What a line is deep against: its neighbourhood, or in hot stars, whose lines are wider, the continuum."""
    if context.is_hot and context.arm.continuum is not None:
        return _mean(_windows(context.arm.continuum, np.nan, index_K, 1))
    ordered = np.sort(np.where(is_good, around, np.inf), axis=1)
    place = _LEVEL * np.maximum(is_good.sum(axis=1) - 1, 0)
    below, rows = np.floor(place).astype(int), np.arange(len(ordered))
    low, high = ordered[rows, below], ordered[rows, np.ceil(place).astype(int)]
    with np.errstate(invalid="ignore"):
        return np.asarray(low + (place - below) * (high - low), dtype=np.float64)


def _windows(values: NDArray[Any], outside: float, index_K: IntArray, reach: int) -> NDArray[Any]:
    """The pixels about each index; `outside` beyond the ends."""
    padded = np.concatenate([np.full(reach, outside, values.dtype), values, np.full(reach, outside, values.dtype)])
    return np.asarray(padded[index_K[:, None] + np.arange(2 * reach + 1)])


def _mean(values: FloatArray) -> FloatArray:
    """The mean of what is known of each row."""
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _nearest(x: FloatArray, places: FloatArray) -> IntArray:
    return np.searchsorted((x[1:] + x[:-1]) / 2, places)
