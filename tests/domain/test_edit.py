"""Edits are possible, or refused in words."""

from __future__ import annotations

import math

import pytest

from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit(5165.0, 5190.0), "5165.0-5190.0 A: masked"),
        (Edit(5165.0, 5190.0, "scale", 2.0, "Mg b"), "Mg b 5165.0-5190.0 A: depth times 2"),
        (Edit(5165.0, 5190.0, "shift", 30.0, "Mg b"), "Mg b 5165.0-5190.0 A: moved by +30 km/s"),
    ],
)
def test_that_an_edit_says_what_it_does(edit: Edit, words: str) -> None:
    assert edit.words == words


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ((5190.0, 5165.0), "from 5190 to 5165 A"),
        ((5190.0, 5190.0), "from 5190 to 5190 A"),
        ((-1.0, 5165.0), "from -1 to 5165 A"),
        ((math.nan, 5165.0), "from nan to 5165 A"),
        ((5165.0, math.inf), "from 5165 to inf A"),
        ((5165.0, 5190.0, "blur"), "'blur' is not one of mask, scale, shift"),
        ((5165.0, 5190.0, "scale", -0.5), "factor from 0 to 10"),
        ((5165.0, 5190.0, "scale", math.nan), "factor from 0 to 10"),
        ((5165.0, 5190.0, "shift", 3000.0), "velocity from -1000 to 1000 km/s"),
        ((5165.0, 5190.0, "mask", math.nan), "not used"),
    ],
)
def test_that_an_impossible_edit_is_refused(facts: tuple[float, float], why: str) -> None:
    with pytest.raises(StellarViewError) as caught:
        Edit(*facts)
    assert why in caught.value.why
