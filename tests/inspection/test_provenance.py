"""What lets somebody else get the same answers."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.inspection.provenance import provenance_facts, provenance_line, versions
from stellarview.inspection.star import inspect_star

Loader = Callable[[str], Ensemble]


def test_that_input_models_velocity_versions_and_command_are_named(
    star: Spectrum, toys: dict[str, str], load: Loader
) -> None:
    seen = inspect_star(star, load, chosen=toys | {"LRS:class": "none"}, label="teff")
    cards = {name: load(name).card for name in (toys["LRS:labels"], toys["LRS:subtype"])}
    facts = json.loads(json.dumps(provenance_facts(seen, cards, "stellarview report x"), allow_nan=False))
    assert facts["input"]["sha256"] == star.source.sha256
    assert [one["weights_sha256"] for one in facts["models"]] == [card.weights_sha256 for card in cards.values()]
    assert {one["recipe"] for one in facts["models"]} == {"toy"}
    assert (facts["velocity"]["km_s"], facts["velocity"]["source"]) == (pytest.approx(36.0, abs=0.01), "header")
    assert facts["explained"]["methods"] == ["saliency", "integrated-gradients"]
    assert list(facts["refusals"]) == ["none"]
    assert facts["command"] == "stellarview report x"
    line = provenance_line(seen, cards)
    assert all(card.weights_sha256[:12] in line for card in cards.values())
    assert star.source.sha256 in line


def test_that_programs_tell_their_versions_without_being_loaded() -> None:
    told = versions()
    assert told["python"]
    assert told["torch"]
