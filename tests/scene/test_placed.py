"""A placement in words."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.domain.placement import UNKNOWN, Estimate, Placement
from stellarview.scene.placed import interval_text, placed_text

NOTHING = np.empty(0)


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(4.6, 3.1, 6.2), "4.6 +1.6 −1.5"),
        (Estimate(53.1, 40.0, 70.0), "53 +17 −13"),
        (Estimate(1.012, 0.98, 1.05), "1.012 +0.038 −0.032"),
    ],
)
def test_that_an_interval_has_the_digits_that_it_deserves(estimate: Estimate, words: str) -> None:
    assert interval_text(estimate) == words


def test_that_improbable_phases_are_left_out() -> None:
    one = Estimate(1.0, 0.9, 1.1)
    phases = {"main sequence": 0.93, "subgiant or red giant": 0.067, "early AGB": 0.003}
    words = placed_text(Placement("g", one, one, one, one, phases, NOTHING, NOTHING, 2.0, 0.1))
    assert words.replace("\N{NO-BREAK SPACE}", " ").endswith(" · main sequence 93%, subgiant or red giant 7%")
    assert words.count(" ") == 4  # lines break between quantities alone


def test_that_nothing_is_said_where_no_model_is_near() -> None:
    unknown = (UNKNOWN,) * 4
    assert placed_text(Placement("g", *unknown, {}, NOTHING, NOTHING, 0.0, float("inf"))) == ""
