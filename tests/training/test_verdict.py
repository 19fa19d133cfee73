"""The verdict follows from the figures, and its reasons name them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stellarview.domain.judgement import CLASS, Change, Drift, Judgement, OutputJudgement
from stellarview.training.verdict import FEWEST_GROUPS, verdict_on

BETTER, SAME, WORSE = (Change("error", value, value - 8.0, value + 8.0) for value in (-20.0, 0.0, 20.0))
LABEL = OutputJudgement(
    "teff", 60, {"n": 300, "mae": 80.0, "within_68": 0.68}, {"n": 300, "mae": 100.0}, changes=(BETTER,), skill=0.8
)
STILL = Drift("teff", 150, 40, 0.1, 0.4, 0.0)


def judged(*outputs: OutputJudgement, drift: Drift = STILL, **facts: Any) -> Judgement:
    return Judgement(
        "child", "a" * 64, "test", outputs, "careful", (), **{"parent": "parent", "drift": (drift,)} | facts
    )


def test_that_a_better_model_that_forgot_nothing_is_to_be_promoted() -> None:
    verdict, reasons = verdict_on(judged(LABEL))
    assert verdict == "promote"
    assert (
        reasons[0]
        == "Teff: mean error 80, before 100 K (−20 K; 95%: −28 to −12), 60 groups of stars: better than parent."
    )
    assert "moved by 0.10 of parent's sigma (median), 0% of 150" in reasons[1]


CASES = [
    ("do not", "worse than parent", judged(replace(LABEL, changes=(WORSE,)))),
    ("careful", "no reason to change", judged(replace(LABEL, changes=(SAME,)))),
    ("careful", "no difference", judged(replace(LABEL, changes=(SAME,)))),
    ("careful", "show nothing: take 20", judged(replace(LABEL, groups=FEWEST_GROUPS - 1))),
    ("careful", "sigma is too small: it holds 40% of the stars",
     judged(replace(LABEL, after={**LABEL.after, "within_68": 0.4}))),
    ("careful", "sigma is too large", judged(replace(LABEL, after={**LABEL.after, "within_68": 0.95}))),
    ("careful", "begun to forget", judged(LABEL, drift=Drift("teff", 150, 40, 0.6, 1.5, 0.02))),
    ("do not", "it has forgotten", judged(LABEL, drift=Drift("teff", 150, 40, 1.2, 3.0, 0.2))),
    ("do not", "it has forgotten", judged(LABEL, drift=Drift("teff", 150, 40, 0.2, 9.0, 0.4))),
    ("promote", "little to forget", judged(LABEL, drift=Drift("teff", 3, 190))),
    ("careful", "Forgetting was not checked", replace(judged(LABEL), drift=())),
    ("careful", "surprises it more", judged(replace(LABEL, changes=(BETTER, Change("score", 0.3, 0.1, 0.5))))),
    ("careful", "no held-out star has a known value", judged(replace(LABEL, after={"n": 0}))),
    ("promote", "a note", judged(LABEL, notes=("a note",))),
    ("promote", "80% of the error", replace(judged(replace(LABEL, before={}, changes=())), parent="", drift=())),
    ("do not", "not smaller than that of always telling the mean",
     replace(judged(replace(LABEL, before={}, changes=(), skill=-0.1)), parent="", drift=())),
]  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "words", "found"), CASES, ids=[f"{words}: {verdict}" for verdict, words, _ in CASES]
)
def test_that_the_verdict_follows_from_the_figures(verdict: str, words: str, found: Judgement) -> None:
    told, reasons = verdict_on(found)
    assert told == verdict
    assert any(words in reason for reason in reasons), reasons


def test_that_a_gain_too_small_to_matter_is_none() -> None:
    tiny = replace(LABEL, changes=(Change("error", -1.0, -1.5, -0.5),))
    assert verdict_on(judged(tiny))[0] == "careful"


def test_that_classes_are_judged_by_their_accuracy() -> None:
    change = Change("error", -0.05, -0.08, -0.02)
    output = OutputJudgement(CLASS, 60, {"n": 300, "accuracy": 0.95}, {"n": 300, "accuracy": 0.9}, changes=(change,))
    verdict, reasons = verdict_on(judged(output, drift=Drift(CLASS, 200, 0, 0.01, 0.1, 0.005)))
    assert verdict == "promote"
    assert reasons[0].startswith("classes: wrong 5.0%, before 10.0% (−5.0%")
    assert verdict_on(judged(output, drift=Drift(CLASS, 200, 0, 0.01, 0.1, 0.2)))[0] == "do not"


def test_that_the_weightiest_reason_stands_first() -> None:
    found = judged(LABEL, replace(LABEL, key="logg", changes=(WORSE,)), drift=Drift("teff", 150, 40, 0.6))
    reasons = verdict_on(found)[1]
    assert [("worse" in r, "begun" in r, "better" in r) for r in reasons] == [
        (True, False, False), (False, True, False), (False, False, True)
    ]  # fmt: skip
