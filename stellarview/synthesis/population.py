"""Draws stars as the survey meets them: discs and a little halo, dwarfs, subgiants, giants and the red clump.

Networks trained on them must not learn abundances from each other alone, so a share of the stars has [X/Fe] at random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from stellarview.domain.arrays import FloatArray, IntArray
from stellarview.domain.emulator_card import LabelRange
from stellarview.synthesis.labels import (
    C_FE,
    CARBON_RICH_DEX,
    EMULATOR_LABELS,
    FEH,
    LOGG,
    O_FE,
    TEFF,
    VMIC,
    usual_microturbulence,
)  # fmt: skip

# (share of the stars, mean [Fe/H], its scatter, [Mg/Fe] at [Fe/H] = 0, slope with [Fe/H], lowest, highest)
_POPULATIONS = (
    ("thin disc", 0.79, -0.05, 0.20, 0.03, -0.15, -0.05, 0.20),
    ("thick disc", 0.17, -0.50, 0.22, 0.12, -0.25, 0.05, 0.35),
    ("halo", 0.04, -1.35, 0.30, 0.30, 0.00, 0.15, 0.40),
)
_STAGES = (("dwarf", 0.45), ("subgiant", 0.12), ("giant", 0.28), ("clump", 0.15))
# Mean sequences at solar metallicity, read off a 5 Gyr isochrone, to a tenth of a dex.
_DWARF_TEFF, _DWARF_LOGG = (4000.0, 4500.0, 5000.0, 5700.0, 6200.0, 6800.0), (4.68, 4.63, 4.57, 4.45, 4.30, 4.20)
_GIANT_LOGG, _GIANT_TEFF = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5), (3850.0, 4050.0, 4270.0, 4480.0, 4680.0, 4850.0, 5000.0)
# [X/Fe] = a * ([Mg/Fe]) + b * [Fe/H] + scatter.
_ELEMENTS = {
    "c_fe": (0.3, 0.0, 0.07), "n_fe": (0.0, 0.15, 0.08), "o_fe": (1.2, -0.05, 0.06), "mg_fe": (1.0, 0.0, 0.03),
    "al_fe": (0.8, 0.05, 0.06), "si_fe": (0.7, 0.0, 0.04), "s_fe": (0.7, -0.05, 0.06), "k_fe": (0.6, 0.0, 0.07),
    "ca_fe": (0.6, 0.0, 0.04), "ti_fe": (0.7, 0.0, 0.05), "cr_fe": (0.0, 0.02, 0.04), "mn_fe": (-0.3, 0.20, 0.05),
    "ni_fe": (0.1, 0.05, 0.03), "cu_fe": (0.3, 0.20, 0.08), "na_fe": (0.2, 0.15, 0.06),
}  # fmt: skip
_DREDGE_UP = {"c_fe": -0.15, "n_fe": 0.25}
_MOST_TRIES = 60


@dataclass(frozen=True)
class PopulationRules:
    """How many stars have their [X/Fe] at random, and how wide; Teff between limits in K."""

    free_share: float = 0.3
    coolest_k: float = 4000.0
    hottest_k: float = 6790.0


USUAL_POPULATION = PopulationRules()


@dataclass(frozen=True, eq=False)
class Stars:
    """Labels in the emulator's order and what the spectrograph adds: rotation in km/s and resolution."""

    labels_BL: FloatArray
    v_sini_km_s_B: FloatArray
    resolution_B: FloatArray
    stage_B: IntArray


def draw_stars(
    count: int, ranges: tuple[LabelRange, ...], rng: Generator, rules: PopulationRules = USUAL_POPULATION
) -> Stars:
    """So many stars, all within the emulator's ranges; what falls outside is drawn again."""
    low, high = (np.array([getattr(known, side) for known in ranges]) for side in ("low", "high"))
    low[TEFF], high[TEFF] = max(low[TEFF], rules.coolest_k), min(high[TEFF], rules.hottest_k)
    kept_labels, kept_stages, found = [], [], 0
    for _ in range(_MOST_TRIES):
        stage_B = rng.choice(len(_STAGES), 2 * count, p=[share for _, share in _STAGES])
        labels_BL = _labels(stage_B, rng, rules, low, high)
        inside = ((labels_BL >= low) & (labels_BL <= high)).all(axis=1)
        inside &= labels_BL[:, C_FE] - labels_BL[:, O_FE] < CARBON_RICH_DEX
        kept_labels.append(labels_BL[inside])
        kept_stages.append(stage_B[inside])
        found += int(inside.sum())
        if found >= count:
            break
    labels, stage = np.concatenate(kept_labels)[:count], np.concatenate(kept_stages)[:count]
    return Stars(labels, _rotation(labels, rng), np.clip(rng.normal(7500.0, 400.0, len(labels)), 6200, 9000), stage)


def _labels(
    stage_B: IntArray, rng: Generator, rules: PopulationRules, low_L: FloatArray, high_L: FloatArray
) -> FloatArray:
    count = stage_B.size
    population = rng.choice(len(_POPULATIONS), count, p=[row[1] for row in _POPULATIONS])
    mean, scatter, at_zero, slope, least, most = np.array([row[2:] for row in _POPULATIONS])[population].T
    feh = rng.normal(mean, scatter)
    magnesium = np.clip(at_zero + slope * feh, least, most) + rng.normal(0.0, 0.03, count)
    labels = np.zeros((count, len(EMULATOR_LABELS)))
    labels[:, TEFF], labels[:, LOGG] = _atmospheres(stage_B, feh, rng)
    labels[:, FEH] = feh
    labels[:, VMIC] = usual_microturbulence(labels[:, TEFF], labels[:, LOGG]) + rng.normal(0.0, 0.15, count)
    labels[:, VMIC] = np.clip(labels[:, VMIC], low_L[VMIC], high_L[VMIC])
    is_evolved = labels[:, LOGG] < 3.3
    for key, (with_magnesium, with_iron, own_scatter) in _ELEMENTS.items():
        value = with_magnesium * magnesium + with_iron * feh + rng.normal(0.0, own_scatter, count)
        labels[:, EMULATOR_LABELS.index(key)] = value + is_evolved * _DREDGE_UP.get(key, 0.0)
    is_free = rng.random(count) < rules.free_share
    at_random = rng.uniform(low_L, high_L, (count, low_L.size))
    labels[is_free, C_FE:] = at_random[is_free, C_FE:]
    return labels


def _atmospheres(stage_B: IntArray, feh_B: FloatArray, rng: Generator) -> tuple[FloatArray, FloatArray]:
    """Teff and log g of each stage; metal-poor sequences are hotter."""
    count = stage_B.size
    teff = np.interp(rng.random(count), (0.0, 0.15, 0.75, 1.0), (4000.0, 4600.0, 6100.0, 6800.0))
    logg = np.interp(teff, _DWARF_TEFF, _DWARF_LOGG) - np.abs(rng.normal(0.0, 0.08, count)) + 0.03
    is_subgiant, is_giant, is_clump = (stage_B == place for place in (1, 2, 3))
    sub_logg = rng.uniform(3.4, 4.1, count)
    sub_teff = 4950.0 + (sub_logg - 3.4) * 1300.0 + rng.normal(0.0, 250.0, count) - 150.0 * feh_B
    giant_logg = 3.5 - 3.0 * rng.beta(1.3, 1.8, count)
    giant_teff = np.interp(giant_logg, _GIANT_LOGG, _GIANT_TEFF) - 260.0 * feh_B + rng.normal(0.0, 70.0, count)
    clump_logg = rng.normal(2.45, 0.08, count)
    clump_teff = 4780.0 - 220.0 * feh_B + rng.normal(0.0, 80.0, count)
    stages = [is_subgiant, is_giant, is_clump]
    return (
        np.select(stages, [sub_teff, giant_teff, clump_teff], teff),
        np.select(stages, [sub_logg, giant_logg, clump_logg], logg),
    )


def _rotation(labels_BL: FloatArray, rng: Generator) -> FloatArray:
    """v sin i with macroturbulence in it: slow in cool dwarfs and giants, up to tens of km/s above 6200 K."""
    count = len(labels_BL)
    slow = rng.rayleigh(2.5, count)
    fast = rng.exponential(12.0, count)
    is_hot = labels_BL[:, TEFF] + rng.normal(0.0, 150.0, count) > 6200.0
    return np.clip(np.where(is_hot & (labels_BL[:, LOGG] > 3.5), fast, slow), 0.0, 60.0)
