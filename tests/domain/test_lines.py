"""Air and vacuum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.lines import Line, air_to_vacuum, vacuum_to_air

# Laboratory wavelengths in air and vacuum (NIST ASD).
_KNOWN = [
    ("H-alpha", 6562.79, 6564.60),
    ("H-beta", 4861.35, 4862.71),
    ("Na D2", 5889.951, 5891.583),
    ("Mg b1", 5183.604, 5185.048),
    ("Ca II K", 3933.663, 3934.777),
    ("Ca II 8542", 8542.091, 8544.438),
]


@pytest.mark.parametrize(("name", "air", "vacuum"), _KNOWN, ids=[row[0] for row in _KNOWN])
def test_that_laboratory_lines_convert_to_their_vacuum_wavelengths(name: str, air: float, vacuum: float) -> None:
    assert air_to_vacuum(np.array(air)) == pytest.approx(vacuum, abs=0.02)


@given(st.floats(3000.0, 25000.0))
def test_that_air_and_vacuum_are_inverse_to_each_other(wavelength: float) -> None:
    assert vacuum_to_air(air_to_vacuum(np.array(wavelength))) == pytest.approx(wavelength, abs=1e-8)


@given(st.floats(2001.0, 25000.0))
def test_that_vacuum_wavelengths_are_the_longer_ones(wavelength: float) -> None:
    shift = float(air_to_vacuum(np.array(wavelength))) - wavelength
    assert 0.5 < shift < 7.5


def test_that_the_far_ultraviolet_is_left_alone() -> None:
    assert vacuum_to_air(np.array([1215.67])).tolist() == [1215.67]


def test_that_a_line_knows_its_element_and_its_wavelength_in_either_medium() -> None:
    line = Line("Fe II", 5019.83, "Fe II 5018", "line", "test")
    assert line.element == "Fe"
    assert line.wavelength_angstrom("vacuum") == 5019.83
    assert line.wavelength_angstrom("air") == pytest.approx(5018.43, abs=0.01)
