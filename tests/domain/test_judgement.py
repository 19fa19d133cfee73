"""A judgement goes to and from JSON, and says of each change whether chance explains it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.judgement import Change, Drift, Judgement, OutputJudgement

FOUND = Judgement(
    "child",
    "a" * 64,
    "test",
    (
        OutputJudgement(
            "teff",
            24,
            {"n": 80, "mae": 190.0, "by_snr": [{"range": [0.0, None], "n": 80}]},
            {"n": 80, "mae": 220.0},
            pit_after=(3, 4),
            changes=(Change("error", -30.0, -40.0, -18.0),),
            skill=0.5,
        ),
    ),
    "promote",
    ("Teff: better.",),
    "parent",
    "b" * 64,
    (Drift("teff", 10, 20, 0.1),),
)


def test_that_a_judgement_comes_back_from_json() -> None:
    assert Judgement.from_json(json.loads(json.dumps(FOUND.to_json())), "here") == FOUND


@pytest.mark.parametrize(
    "change",
    [{"verdict": "perhaps"}, {"version": 99}, {"outputs": 3}, {"surprise": 1}, {"drift": [{"key": 1}]}],
    ids=str,
)
def test_that_a_judgement_that_was_changed_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(StellarViewError, match="Judge the run again"):
        Judgement.from_json({**FOUND.to_json(), **change}, "here")


@pytest.mark.parametrize(
    ("low", "high", "is_better", "is_worse"), [(-2, -1, True, False), (-1, 1, False, False), (1, 2, False, True)]
)
def test_that_a_change_counts_where_its_interval_leaves_out_zero(
    low: float, high: float, is_better: bool, is_worse: bool
) -> None:
    change = Change("error", (low + high) / 2, low, high)
    assert (change.is_better, change.is_worse) == (is_better, is_worse)


def test_that_a_change_is_found_by_its_measure() -> None:
    assert FOUND.outputs[0].change() == FOUND.outputs[0].changes[0]
    assert FOUND.outputs[0].change("score") is None
