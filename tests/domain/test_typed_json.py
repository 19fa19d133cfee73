"""Dataclasses as JSON and back, with everything that was chosen and nothing that is only empty."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from stellarview.domain.typed_json import dataclass_from, json_facts


@dataclass(frozen=True)
class Part:
    size: float
    words: tuple[str, ...] = ("usual",)


@dataclass(frozen=True)
class Whole:
    key: str
    text: str = ""
    count: int = -1
    is_on: bool = False
    parts: tuple[Part, ...] = ()
    part: Part = Part(1.0)


WHOLES = {
    "as usual": Whole("a"),
    "empty where it must be told": Whole("", parts=(Part(2.0, ()),), part=Part(0.0, ())),
    "full": Whole("b", "text", 3, True, (Part(1.5), Part(2.5, ("x", "y"))), Part(7.0)),
}


@pytest.mark.parametrize("whole", WHOLES.values(), ids=WHOLES)
def test_that_what_was_written_comes_back(whole: Whole) -> None:
    assert dataclass_from(Whole, json.loads(json.dumps(json_facts(whole))), "whole") == whole


def test_that_what_is_empty_by_default_is_left_out() -> None:
    facts = json_facts(Whole("a"))
    assert facts == {"key": "a", "count": -1, "is_on": False, "part": {"size": 1.0, "words": ["usual"]}}


@pytest.mark.parametrize(
    "facts", [[], {}, {"key": 1}, {"key": "a", "nobody": 1}, {"key": "a", "count": True}, {"key": "a", "parts": [1]}]
)
def test_that_facts_of_another_kind_are_refused(facts: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        dataclass_from(Whole, facts, "whole")  # type: ignore[arg-type]
