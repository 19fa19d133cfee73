"""Which spectra are of one star: by observation number, by name, or because they are at one place in the sky."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

from stellarview.domain.spectrum import HeaderFacts

# LAMOST's fibres are 3.3 arcsec wide: nearer than this are two looks at one star.
SAME_STAR_ARCSEC = 3.0
_RADIUS = math.radians(SAME_STAR_ARCSEC / 3600.0)

_Cell = tuple[int, int, int]


@dataclass(eq=False)
class Sky:
    """Places in the sky that can be asked for what is near, as points on the unit sphere in a grid of cells."""

    _cells: dict[_Cell, list[tuple[tuple[float, float, float], int]]] = field(default_factory=dict)

    def add(self, ra_deg: float, dec_deg: float, number: int) -> None:
        """Something with this number is here."""
        point = _point(ra_deg, dec_deg)
        self._cells.setdefault(_cell(point), []).append((point, number))

    def near(self, ra_deg: float, dec_deg: float) -> int | None:
        """The number of what is nearest, if it is within the width of a fibre."""
        point = _point(ra_deg, dec_deg)
        x, y, z = _cell(point)
        around = itertools.product((x - 1, x, x + 1), (y - 1, y, y + 1), (z - 1, z, z + 1))
        found = [(math.dist(point, other), n) for cell in around for other, n in self._cells.get(cell, ())]
        return min(found)[1] if found and min(found)[0] <= _RADIUS else None


@dataclass(eq=False)
class StarNumbers:
    """Gives each spectrum the number of its star, a new one where no spectrum before was of that star."""

    _obsids: dict[int, int] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)
    _sky: Sky = field(default_factory=Sky)
    _count: int = 0

    def number_of(self, header: HeaderFacts, row: int | None = None) -> int:
        """`row` is that of the label table: spectra that share one are of one star."""
        name = "" if not header.designation else "".join(header.designation.casefold().split())
        place = None if header.ra_deg is None or header.dec_deg is None else (header.ra_deg, header.dec_deg)
        row_name = f"row {row}" if row is not None else ""
        known = (
            self._obsids.get(header.obsid) if header.obsid is not None else None,
            self._names.get(name) if name else None,
            self._names.get(row_name) if row_name else None,
            self._sky.near(*place) if place else None,
        )
        number = next((one for one in known if one is not None), self._count)
        self._count += number == self._count
        if header.obsid is not None:
            self._obsids.setdefault(header.obsid, number)
        for called in filter(None, (name, row_name)):
            self._names.setdefault(called, number)
        if place and known[3] is None:
            self._sky.add(*place, number)
        return number


def _point(ra_deg: float, dec_deg: float) -> tuple[float, float, float]:
    ra, dec = math.radians(ra_deg), math.radians(dec_deg)
    return math.cos(dec) * math.cos(ra), math.cos(dec) * math.sin(ra), math.sin(dec)


def _cell(point: tuple[float, float, float]) -> _Cell:
    x, y, z = (math.floor(value / _RADIUS) for value in point)
    return x, y, z
