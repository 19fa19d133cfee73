"""What was pointed at, at rest and by its name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from explained_star import EVERYTHING, FACTOR, MG, view

from stellarview.scene.marks import LineLabelMark
from stellarview.scene.regions import region_between, region_of_line
from stellarview.scene.shown import SpectrumChoices


@pytest.mark.parametrize(
    "choices",
    [
        EVERYTHING,
        replace(EVERYTHING, x_unit="nm"),
        replace(EVERYTHING, medium="air"),
        replace(EVERYTHING, frame="observed"),
        replace(EVERYTHING, x_unit="nm", medium="air", frame="observed"),
    ],
)
def test_that_a_stretch_is_the_same_at_rest_whatever_the_axis_shows(choices: SpectrumChoices) -> None:
    seen = view(choices)
    ends = seen.axis.place(np.array([5180.0, 5190.0]), "vacuum", "rest")
    region = region_between(seen, *ends.tolist())
    assert (region.start_angstrom, region.stop_angstrom) == (pytest.approx(5180.0), pytest.approx(5190.0))
    assert region.name == "Mg b1"


def test_that_a_stretch_without_a_line_has_no_name() -> None:
    region = region_between(view(), 5120.0, 5110.0)
    assert (region.start_angstrom, region.name, region.line) == (pytest.approx(5110.0), "", None)
    assert region.words == ("5110.00 to 5120.00 Å at rest (vacuum)",)


def test_that_a_name_leads_to_its_line_with_all_its_wavelengths_and_its_share() -> None:
    region = region_of_line(view(), LineLabelMark(5185.05, 0.0, 5190.0, "Mg b1 31%"))
    assert region is not None
    assert region.line == MG
    assert region.start_angstrom < 5185.05 < region.stop_angstrom
    wavelengths, share = region.words
    assert wavelengths == f"5185.050 Å vacuum, 5183.606 Å air; observed at {5185.05 * FACTOR:.3f} Å vacuum"
    assert "of the attribution to Teff" in share


def test_that_a_name_that_nobody_knows_leads_nowhere() -> None:
    assert region_of_line(view(), LineLabelMark(5185.0, 0.0, 5185.0, "unheard of")) is None
