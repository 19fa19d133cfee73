"""What the HR diagram asks for, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass

from stellarview.domain.isochrones import Isochrone


@dataclass(frozen=True, eq=False)
class Curves:
    """The usual fan of ages at one [Fe/H], what was chosen beside it, and what the grid has to choose from."""

    grid: str
    grids: tuple[str, ...]
    about: str
    fan: tuple[Isochrone, ...]
    chosen: Isochrone | None
    note: str
    ages_gyr: tuple[float, float]
    fehs: tuple[float, float]


@dataclass(frozen=True)
class Wanted:
    """Which curves: of the grid of this name ('' the usual one), at the star's own [Fe/H] or at a chosen one."""

    grid: str = ""
    feh: float = 0.0
    is_own_feh: bool = True
    age_gyr: tuple[float, ...] = ()
