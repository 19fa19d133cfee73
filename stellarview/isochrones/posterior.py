"""Weighted models made into numbers: medians, intervals, phases, the age PDF, and what must be said about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import FloatArray, IntArray
from stellarview.domain.isochrones import PHASES
from stellarview.domain.placement import UNKNOWN, Estimate, Placement
from stellarview.isochrones.cells import Cells

# log g of the Sun, log10(cm/s2) (IAU 2015 nominal values).
_SUN_LOGG = 4.43812
_QUANTILES = (0.5, 0.16, 0.84)
_BINS = 400
_UNKNOWN_PHASE = "unknown"


@dataclass(frozen=True, eq=False)
class Nodes:
    """Models that matter, with their posterior weights; `best` is the greatest likelihood over the labels' own peak."""

    weight: FloatArray
    best: float
    age_bin: IntArray
    mass: FloatArray
    log10_luminosity: FloatArray
    logg: FloatArray
    log10_teff: FloatArray
    phase: IntArray
    feh: FloatArray


def summarise(
    cells: Cells, parts: Sequence[Nodes], edges_gyr: FloatArray, notes: tuple[str, ...], *, samples: int, seed: int
) -> Placement:
    """The placement that these models make."""
    weight = np.concatenate([part.weight for part in parts])
    best = max(part.best for part in parts)
    if not weight.sum() > 0 or best <= 0:
        return far_from_everything(cells, notes)

    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in parts])

    mass, logg, luminosity = joined("mass"), joined("logg"), joined("log10_luminosity")
    radius = 0.5 * (np.log10(mass) - logg + _SUN_LOGG)
    in_age = np.bincount(joined("age_bin"), weight, len(edges_gyr) - 1) / weight.sum()
    prior = cells.prior.age_weight(edges_gyr)
    distance = float(np.sqrt(max(-2.0 * np.log(best), 0.0)))
    return Placement(
        grid=cells.grid.name,
        age_gyr=_estimate(edges_gyr, in_age),
        mass_msun=_estimate_of(mass, weight),
        radius_rsun=_power(_estimate_of(radius, weight)),
        luminosity_lsun=_power(_estimate_of(luminosity, weight)),
        phases=_phases(joined("phase"), weight),
        age_edges_gyr=edges_gyr,
        age_probability_B=in_age,
        age_bits=_bits(in_age, prior),
        distance_sigmas=distance,
        notes=(*notes, *_edge_notes(edges_gyr, in_age, prior)),
        samples=_samples(
            {
                "age_gyr": joined("age_bin"),
                "mass_msun": mass,
                "radius_rsun": 10.0**radius,
                "luminosity_lsun": 10.0**luminosity,
                "teff": 10.0 ** joined("log10_teff"),
                "logg": logg,
                "feh": joined("feh"),
            },
            weight,
            edges_gyr,
            samples,
            np.random.default_rng(seed),
        ),
    )


def far_from_everything(cells: Cells, notes: tuple[str, ...]) -> Placement:
    """A star that no model comes near: nothing is claimed."""
    none = np.empty(0)
    return Placement(
        cells.grid.name, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, {}, none, none, 0.0, float("inf"), notes=notes
    )


def _samples(
    columns: dict[str, FloatArray], weight: FloatArray, edges_gyr: FloatArray, count: int, random: np.random.Generator
) -> dict[str, FloatArray]:
    """Draws with replacement; ages are spread over the stretch that their node stands for."""
    if not count:
        return {}
    cumulative = np.cumsum(weight)
    drawn = np.searchsorted(cumulative, random.random(count) * cumulative[-1])
    drawn = np.minimum(drawn, len(weight) - 1)
    chosen = {name: values[drawn] for name, values in columns.items()}
    bins = columns["age_gyr"][drawn].astype(int)
    low, high = edges_gyr[bins], edges_gyr[bins + 1]
    return chosen | {"age_gyr": low + (high - low) * random.random(count)}


def _estimate(edges: FloatArray, probability: NDArray[Any]) -> Estimate:
    """Quantiles of a density that is even between its edges."""
    cumulative = np.concatenate([[0.0], np.cumsum(probability)])
    held = np.concatenate([[True], np.diff(cumulative) > 0])
    return Estimate(*(float(v) for v in np.interp(_QUANTILES, cumulative[held] / cumulative[-1], edges[held])))


def _estimate_of(values: FloatArray, weight: FloatArray) -> Estimate:
    """Quantiles through a fine histogram: no sorting of a hundred thousand models."""
    low, high = float(values.min()), float(values.max())
    if not high > low:
        return Estimate(low, low, low)
    bins = np.minimum(((values - low) * (_BINS / (high - low))).astype(np.int64), _BINS - 1)
    return _estimate(np.linspace(low, high, _BINS + 1), np.bincount(bins, weight, _BINS))


def _power(estimate: Estimate) -> Estimate:
    return Estimate(10.0**estimate.median, 10.0**estimate.low, 10.0**estimate.high)


def _phases(phase: IntArray, weight: FloatArray) -> dict[str, float]:
    """Probabilities by name, the likeliest first."""
    shares = {int(code): float(weight[phase == code].sum() / weight.sum()) for code in np.unique(phase)}
    return {PHASES.get(code, _UNKNOWN_PHASE): share for code, share in sorted(shares.items(), key=lambda one: -one[1])}


def _bits(probability: FloatArray, prior: FloatArray) -> float:
    """Relative entropy: how much more is known of the age than before, in bits."""
    expected = prior / prior.sum() if prior.sum() > 0 else np.zeros_like(prior)
    held = (probability > 0) & (expected > 0)
    return float(np.sum(probability[held] * np.log2(probability[held] / expected[held])))


def _edge_notes(edges_gyr: FloatArray, probability: FloatArray, prior: FloatArray) -> list[str]:
    """Words for a posterior that is still high where the ages end."""
    allowed = prior > 0
    if np.count_nonzero(allowed) < 3:
        return ["The grid holds one age for this metallicity: none can be told."]
    density = probability[allowed] / prior[allowed]
    oldest = edges_gyr[1:][allowed][-1]
    if density[-1] > 0.5 * float(np.sum(probability[allowed] * density)):
        return [f"The posterior runs on to the oldest age that is allowed ({oldest:.3g} Gyr)."]
    return []
