"""The row that a table of stars has of one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.inspection import Inspection
from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.inspection.star import inspect_star
from stellarview.inspection.summary import failed_row, summary_columns, summary_row

Loader = Callable[[str], Ensemble]


def test_that_every_row_has_every_column(star: Spectrum, toys: dict[str, str], load: Loader) -> None:
    names = [column.name for column in summary_columns()]
    full = summary_row(inspect_star(star, load, chosen=toys), "set.h5#3")
    assert (full["file"], full["snr"], full["name"]) == ("set.h5#3", pytest.approx(57.65), "synthetic G2 dwarf")
    assert full["class"] in ("STAR", "GALAXY", "QSO")
    bad = failed_row("bad.fits", StellarViewError("What.", "Why.", "Do."))
    assert list(full) == list(bad) == list(summary_row(Inspection(star))) == names
    assert bad["error"] == {"what": "What.", "why": "Why.", "what_to_do": "Do."}
