"""The faithfulness that a card carries."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.faithfulness import CURVE_PERCENT, Faithfulness
from stellarview.domain.model_card import LabelScale, ModelCard

CURVE = tuple(1.0 - percent / 100 for percent in CURVE_PERCENT)
MEASURED = Faithfulness("occlusion", "teff", 12, 6.2, 0.7, 14.0, 2.5, CURVE_PERCENT, CURVE, CURVE, CURVE, CURVE)
CARD = ModelCard("toy", "", "StarNet", {}, {}, "LRS", 1, (LabelScale("teff", 5500.0, 800.0, 3800.0, 7500.0),))


def card_facts(**changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(json.dumps(CARD.to_json()))
    return facts | changes


def test_that_it_reads_as_a_sentence() -> None:
    assert MEASURED.sentence == (
        "Taken away in the order of occlusion, pixels move Teff 6.2 ± 0.7 times as fast as in random order; "
        "put in, 14 ± 2.5 times (12 validation spectra)."
    )


def test_that_a_card_brings_it_back() -> None:
    card = ModelCard.from_json(card_facts(faithfulness=[json.loads(json.dumps(asdict(MEASURED)))]), "card.json")
    assert card.faithfulness == (MEASURED,)
    assert card.faithfulness_of("occlusion", "teff") == MEASURED
    assert card.faithfulness_of("saliency", "teff") is None


def test_that_a_card_of_before_still_loads() -> None:
    facts = card_facts()
    del facts["faithfulness"]
    assert ModelCard.from_json(facts, "card.json").faithfulness == ()


@pytest.mark.parametrize(
    "broken",
    [
        *({"deletion_factor": math.nan}, {"deletion_factor": -1.0}, {"insertion_scatter": -0.1}, {"n_spectra": 0}),
        *({"deletion_left": [1.0]}, {"method": 7}, {"more": 1}, {"n_spectra": 1.5}),
    ],
)
def test_that_an_impossible_one_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(StellarViewError, match="broken"):
        ModelCard.from_json(card_facts(faithfulness=[asdict(MEASURED) | broken]), "card.json")
