"""From figures to advice: promote, be careful, or do not; every reason carries its figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from stellarview.domain.judgement import CLASS, Change, Drift, Judgement, OutputJudgement, Verdict
from stellarview.domain.labels import label_named
from stellarview.domain.rounding import decimals_of, number_text

# Fewer groups of stars than this cannot show a gain, whatever the interval says.
FEWEST_GROUPS = 20
_FEWEST_AWAY = 10
# Of the parent's error: what is less is of no use, or does no harm, however sure it is.
_MATTERS = 0.02
_COVERAGE_SIGMAS, _COVERAGE_ROOM, _ONE_SIGMA = 2.5, 0.05, 0.6827
# Of the parent's sigma, half the stars: beyond the first be careful, beyond the second it has forgotten.
_DRIFT_CAREFUL, _DRIFT_FORGOTTEN = 0.5, 1.0
_BEYOND_CAREFUL, _BEYOND_FORGOTTEN = 0.10, 0.30
_CLASS_CHANGED_CAREFUL, _CLASS_CHANGED_FORGOTTEN = 0.02, 0.10

Weight = Literal["good", "plain", "careful", "bad"]
Reason = tuple[Weight, str]


def verdict_on(judgement: Judgement) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict, and its reasons, the weightiest first."""
    reasons = [
        *(reason for output in judgement.outputs for reason in _of_output(output, judgement)),
        *(reason for drift in judgement.drift for reason in _of_drift(drift, judgement.parent)),
        *_of_comparison(judgement),
    ]
    weights = [weight for weight, _ in reasons]
    if judgement.parent and not {"good", "bad"} & {*weights}:
        reasons.append(("careful", f"Nothing is better than {judgement.parent} beyond chance: no reason to change."))
    order = ("bad", "careful", "good", "plain")
    words_of = tuple(words for _, words in sorted(reasons, key=lambda reason: order.index(reason[0])))
    if "bad" in weights:
        return "do not", words_of
    is_fine = "good" in weights and "careful" not in weights
    return "promote" if is_fine else "careful", words_of


def _of_comparison(judgement: Judgement) -> Iterator[Reason]:
    yield from (("plain", note) for note in judgement.notes)
    if judgement.parent and not judgement.drift:
        yield "careful", f"Forgetting was not checked: {judgement.parent} has no reference for this network."


def _of_output(output: OutputJudgement, judgement: Judgement) -> Iterator[Reason]:
    name = _name(output.key)
    if not output.after.get("n"):
        yield "careful", f"{name}: no held-out star has a known value."
        return
    change = output.change("error")
    if output.groups < FEWEST_GROUPS:
        words = f"skill {output.skill:.0%}" if change is None else _errors(output, change)
        yield "careful", f"{name}: {words}, but {_groups(output.groups)} held out show nothing: take {FEWEST_GROUPS}."
    elif change is None:
        yield _alone(output)
    else:
        yield from _compared(output, change, judgement.parent)
    if output.key != CLASS:
        yield from _coverage(output)


def _compared(output: OutputJudgement, change: Change, parent: str) -> Iterator[Reason]:
    words = f"{_name(output.key)}: {_errors(output, change)}, {_groups(output.groups)}"
    matters = abs(change.value) > _MATTERS * _error(output.before)
    if change.is_worse and matters:
        yield "bad", f"{words}: worse than {parent}."
    elif change.is_better and matters:
        yield "good", f"{words}: better than {parent}."
    else:
        yield "plain", f"{words}: no difference that this many stars can show."
    score = output.change("score")
    if score is not None and score.is_worse:
        interval = f"{score.value:+.2f} ({score.low:+.2f} to {score.high:+.2f})"
        yield "careful", f"{_name(output.key)}: the truth surprises it more than {parent}, by {interval} in -ln p."


def _alone(output: OutputJudgement) -> Reason:
    usual = "the commonest" if output.key == CLASS else "the mean"
    if output.skill <= 0:
        return "bad", f"{_name(output.key)}: its error is not smaller than that of always telling {usual}."
    return "good", f"{_name(output.key)}: {output.skill:.0%} of the error of always telling {usual} is gone."


def _coverage(output: OutputJudgement) -> Iterator[Reason]:
    """Stars of a group may err together, so groups are counted, not spectra."""
    share, expected = output.after["within_68"], math.sqrt(_ONE_SIGMA * (1 - _ONE_SIGMA) / output.groups)
    if abs(share - _ONE_SIGMA) > max(_COVERAGE_SIGMAS * expected, _COVERAGE_ROOM):
        size = "too small" if share < _ONE_SIGMA else "too large"
        yield "careful", f"{_name(output.key)}: sigma is {size}: it holds {share:.0%} of the stars, not 68%."


def _of_drift(drift: Drift, parent: str) -> Iterator[Reason]:
    if drift.away < _FEWEST_AWAY:
        where = (
            f"{parent} is sure of hardly any spectrum of the"
            if drift.key == CLASS
            else "the new labels are all over the"
        )
        yield "plain", f"{_name(drift.key)}: {where} reference; there is little to forget."
        return
    if drift.key == CLASS:
        words = f"{drift.beyond:.1%} of {drift.away} reference spectra changed their class"
        limits = (_CLASS_CHANGED_CAREFUL, _CLASS_CHANGED_FORGOTTEN)
        weight = _weight(drift.beyond, *limits)
    else:
        moved = f"answers away from the new labels moved by {drift.median:.2f} of {parent}'s sigma (median)"
        words = f"{_name(drift.key)}: {moved}, {drift.beyond:.0%} of {drift.away} by more than two"
        weight = max(
            _weight(drift.median, _DRIFT_CAREFUL, _DRIFT_FORGOTTEN),
            _weight(drift.beyond, _BEYOND_CAREFUL, _BEYOND_FORGOTTEN),
            key=("plain", "careful", "bad").index,
        )
    ending = {"bad": ": it has forgotten.", "careful": ": it has begun to forget.", "plain": "."}
    yield weight, words + ending[weight]


def _weight(value: float, careful: float, bad: float) -> Weight:
    return "bad" if value > bad else "careful" if value > careful else "plain"


def _errors(output: OutputJudgement, change: Change) -> str:
    if output.key == CLASS:
        moved, low, high = (f"{value:+.1%}".replace("-", "−") for value in (change.value, change.low, change.high))
        wrong = f"wrong {_error(output.after):.1%}, before {_error(output.before):.1%}"
        return f"{wrong} ({moved}; 95%: {low} to {high})"
    decimals = decimals_of(max(change.high - change.low, abs(change.value)))
    unit = label_named(output.key).unit

    def text(value: float, *, signed: bool = False) -> str:
        plus = "+" if signed and value > 0 else ""
        return plus + number_text(value, decimals)

    after, before = (text(_error(facts)) for facts in (output.after, output.before))
    interval = f"{text(change.low, signed=True)} to {text(change.high, signed=True)}"
    moved = f"{text(change.value, signed=True)} {unit}".rstrip()
    return f"mean error {after}, before {before} {unit}".rstrip() + f" ({moved}; 95%: {interval})"


def _error(metrics: object) -> float:
    assert isinstance(metrics, dict)
    return float(metrics["mae"]) if "mae" in metrics else 1.0 - float(metrics["accuracy"])


def _groups(count: int) -> str:
    return f"{count} group{'' if count == 1 else 's'} of stars"


def _name(key: str) -> str:
    return "classes" if key == CLASS else label_named(key).text
