"""Ranked lines in words."""

from __future__ import annotations

import pytest

from stellarview.cli.line_shares import line_facts, line_sentences
from stellarview.domain.attribution import LineShare
from stellarview.domain.lines import Line

LINE = Line("Mg I", 5185.05, "Mg b1", "line", "test")


@pytest.mark.parametrize(
    ("signed_sum", "scatter", "said"),
    [
        *((-342.3, 66.1, "(-342 ± 66 K)"), (-292.0, 190.4, "(-292 ± 190 K)"), (3.279, 0.0451, "(+3.279 ± 0.045 K)")),
        *((-0.5, 1.26, "(-0.5 ± 1.3 K)"), (1.234567, None, "(+1.23 K)"), (2.0, 0.0, "(+2 K)")),
    ],
)
def test_that_a_sum_has_as_many_digits_as_its_scatter_leaves(
    signed_sum: float, scatter: float | None, said: str
) -> None:
    (sentence,) = line_sentences([LineShare(LINE, "teff", 0.31, signed_sum, 5, scatter)], "K")
    assert sentence == f"Mg b1: 31% of the attribution to Teff {said}"


def test_that_json_tells_share_sum_and_scatter() -> None:
    (facts,) = line_facts([LineShare(LINE, "teff", 0.031, 1.0, 5, 0.2, Line("Fe I", 5185.3, "Fe I 5184", "line", "t"))])
    assert facts == {
        "line": "Mg b1 + Fe I 5184",
        "wavelength_vacuum_angstrom": 5185.05,
        "share": 0.031,
        "beaten_by": 0.0,
        "stands_out": True,
        "signed_sum": 1.0,
        "members_scatter": 0.2,
    }


def test_that_lines_that_stand_out_come_first_and_others_are_called_what_they_are() -> None:
    chance = LineShare(LINE, "teff", 0.4, 1.0, 5, 0.2, beaten_by=0.2)
    first, second = line_sentences([chance, LineShare(LINE, "teff", 0.1, 1.0, 5, 0.2)], "K")
    assert first == "Mg b1: 10% of the attribution to Teff (+1.00 ± 0.20 K)"
    assert second == "Mg b1: 40% of the attribution to Teff, does not stand out (+1.00 ± 0.20 K)"
