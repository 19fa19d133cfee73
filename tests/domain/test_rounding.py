"""How many digits a value deserves."""

from __future__ import annotations

import pytest

from stellarview.domain.rounding import decimals_of, number_text


@pytest.mark.parametrize(
    ("sigma", "decimals"),
    [(127.0, 0), (48.0, 0), (4.8, 1), (0.48, 2), (0.048, 3), (1e-9, 4), (0.0, 1), (float("inf"), 1)],
)
def test_that_sigma_keeps_two_digits_and_the_value_as_many_decimals(sigma: float, decimals: int) -> None:
    assert decimals_of(sigma) == decimals


def test_that_a_printed_number_has_a_minus_and_no_hyphen() -> None:
    assert number_text(-0.384, 2) == "−0.38"


def test_that_nothing_has_no_sign() -> None:
    assert (number_text(-0.0004, 3), number_text(-0.0, 1)) == ("0.000", "0.0")
