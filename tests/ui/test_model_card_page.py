"""A model's card as a page: nothing left out of ours, nothing believed of a stranger's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.engine.models import InstalledModel
from stellarview.io.emulators import is_emulator
from stellarview.io.models import read_card
from stellarview.ui.model_card_page import model_page

FOLDERS = [one.parent for one in sorted((Path(__file__).resolve().parents[2] / "models").glob("*/card.json"))]
CARD = ModelCard("toy", "a <toy>", "MLP", {}, {"name": "r", "steps": []}, "LRS", 1, classes=("STAR",))


@pytest.mark.parametrize("folder", [one for one in FOLDERS if not is_emulator(one)], ids=lambda one: one.name)
def test_that_every_model_of_ours_has_a_whole_page(folder: Path) -> None:
    card = read_card(folder)
    page = model_page(InstalledModel(card.name, str(folder), card))
    for words in ("Trained on", "Held-out spectra: test", "Faithfulness", "Recipe", "Cite", card.weights_sha256):
        assert words in page
    assert "<b>mask bad pixels</b>" in page
    assert "values)" in page, "long lists are counted, not printed"


def test_that_a_page_prints_what_a_stranger_wrote_and_does_not_run_it() -> None:
    assert "a &lt;toy&gt;" in model_page(InstalledModel("toy", "/toy", CARD))


@pytest.mark.parametrize("metrics", [{"test": 3}, {"test": {"labels": 7, "classes": {"STAR": 1}, "n": "x"}}])
def test_that_a_strange_card_is_a_poor_page_and_no_crash(metrics: dict[str, object]) -> None:
    card = replace(CARD, metrics=metrics, training={"seconds": "long", "spectra": 1}, recipe={"steps": [1, {}]})
    assert "toy" in model_page(InstalledModel("toy", "/toy", card))


def test_that_a_refused_model_says_why() -> None:
    page = model_page(InstalledModel("toy", "/toy", error=StellarViewError("No.", "Broken card.", "Load it again.")))
    assert "Broken card." in page
