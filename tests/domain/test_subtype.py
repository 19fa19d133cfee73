"""MK subtypes as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.subtype import subtype_number, subtype_text


@pytest.mark.parametrize(
    ("text", "number"),
    [("O0", 0.0), ("G2", 4.2), ("M9", 6.9), ("dM4", 6.4), ("gM0", 6.0), ("A7III", 2.7), ("F5.5", 3.55), ("sdO9", 0.9)],
)
def test_that_subtypes_have_the_papers_numbers(text: str, number: float) -> None:
    assert subtype_number(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "Non", "DB", "Galaxy", "CV", "G", "WD"])
def test_that_what_is_no_subtype_has_no_number(text: str) -> None:
    assert subtype_number(text) is None


@pytest.mark.parametrize(
    ("number", "sigma", "text"),
    [
        (4.23, 0.04, "G2.3 +- 0.4"),
        (0.0, None, "O0.0"),
        (6.999, None, ">M9.9"),
        (-0.2, 0.1, "<O0.0 +- 1.0"),
        (4.996, None, "K0.0"),
    ],
)
def test_that_a_number_is_told_as_a_subtype(number: float, sigma: float | None, text: str) -> None:
    assert subtype_text(number, sigma) == text


@given(st.integers(0, 699))
def test_that_text_and_number_are_inverse_to_each_other(hundredths: int) -> None:
    assert subtype_number(subtype_text(hundredths / 100)) == pytest.approx(hundredths / 100)
