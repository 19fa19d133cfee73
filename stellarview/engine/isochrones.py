"""Jobs of the HR diagram: curves at chosen ages and [Fe/H], and a star among the isochrones of a chosen grid."""

from __future__ import annotations

import math
from functools import lru_cache

from stellarview.domain.isochrones import IsochroneGrid, age_gyr
from stellarview.domain.label_pdf import predicted_labels
from stellarview.domain.placement import Placement
from stellarview.domain.prediction import Prediction
from stellarview.engine.curves import Curves, Wanted
from stellarview.engine.pipe import Progress
from stellarview.io.isochrones.grid_file import list_grids, load_grid
from stellarview.isochrones.interpolate import Answer, ages_to_show, isochrones_at
from stellarview.workflow import place

# A slider that is moved to and fro asks for the same curves again.
_MOST_ANSWERS = 512
# A fan of fewer curves shows no spread; that of a metallicity so near is better, if it is said.
_FEWEST, _NEAR_DEX, _SAME_DEX = 3, 0.3, 0.05
# Samples let the star be drawn over luminosity.
_SAMPLES = 1000


def curves(progress: Progress, wanted: Wanted) -> Curves:
    """What cannot be had is stood in for, and said."""
    known = load_grid(wanted.grid or None)
    feh = _feh_with_curves(known, round(wanted.feh, 3)) if wanted.is_own_feh else round(wanted.feh, 3)
    fan = _fan(known, feh)
    chosen = _one(known, round(wanted.age_gyr[0], 4), feh) if wanted.age_gyr else Answer(())
    ages, fehs = known.log10_age_yr_A, known.feh_F
    return Curves(
        known.name,
        tuple(list_grids()),
        known.about,
        fan.curves,
        chosen.curves[0] if chosen.curves else None,
        " ".join(filter(None, (_stand_in(known, feh, wanted.feh), chosen.note, fan.note))),
        (age_gyr(float(ages[0])), age_gyr(float(ages[-1]))),
        (float(fehs[0]), float(fehs[-1])),
    )


def place_in(progress: Progress, prediction: Prediction, grid: str) -> Placement:
    """The star among the isochrones of this grid."""
    (placement,) = place([predicted_labels(prediction.labels, prediction.model)], grid, samples=_SAMPLES)
    return placement


@lru_cache(maxsize=_MOST_ANSWERS)
def _fan(grid: IsochroneGrid, feh: float) -> Answer:
    return isochrones_at(grid, ages_to_show(grid, feh), feh)


@lru_cache(maxsize=_MOST_ANSWERS)
def _one(grid: IsochroneGrid, age: float, feh: float) -> Answer:
    return isochrones_at(grid, [age], feh)


def _feh_with_curves(grid: IsochroneGrid, feh: float) -> float:
    """This metallicity, or where it has hardly a curve the nearest one with several."""
    counts = grid.has_curve_AF.sum(axis=0)
    rich = [float(one) for one, count in zip(grid.feh_F, counts, strict=True) if count >= _FEWEST]
    nearest = min(rich, key=lambda one: abs(one - feh), default=math.inf)
    is_rich = len(_fan(grid, feh).curves) >= _FEWEST
    return feh if is_rich or abs(nearest - feh) > _NEAR_DEX else nearest


def _stand_in(grid: IsochroneGrid, feh: float, wanted: float) -> str:
    if abs(feh - wanted) < _SAME_DEX:
        return ""
    words = f"Curves of [Fe/H] {feh:+.2f} stand in: the grid {grid.name} has hardly any around {wanted:+.2f}."
    return words.replace("-", "−")
