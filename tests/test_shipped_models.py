"""The models that travel with the program: whole, small, told apart by their cards, and right about a plain star."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stellarview import workflow
from stellarview.io.models import list_models, read_model
from stellarview.recipes import recipe_from_json

MODELS = Path(__file__).resolve().parents[1] / "models"
CLASSES = ("lrs-class", "lrs-subtype")


@pytest.mark.parametrize("name", CLASSES)
def test_that_a_model_is_whole_and_small(name: str) -> None:
    stored = read_model(MODELS / name)
    recipe_from_json(stored.card.recipe)
    assert stored.card.name == name
    assert sum(path.stat().st_size for path in (MODELS / name).iterdir()) < 4e6
    assert any(key.startswith("novelty.") for key in stored.tensors)


@pytest.mark.parametrize("name", CLASSES)
def test_that_a_card_says_how_the_model_came_about(name: str) -> None:
    card = read_model(MODELS / name).card
    assert "stellarview train" in card.training["command"]
    assert len(card.training["data"][0]["sha256"]) == 64
    assert card.trained_on
    assert any("Guoshoujing" in words for words in card.cite)
    assert any("Kesseli" in words for words in card.cite)
    assert card.least_snr > 0
    assert card.explained_layer
    assert card.metrics["test"]["n"] > 500


@pytest.mark.parametrize("name", CLASSES)
def test_that_a_shipped_model_is_found_by_its_name(name: str) -> None:
    assert name in {folder.name for folder in list_models()}


def test_that_the_example_is_a_star(example_lrs: Path) -> None:
    model = workflow.load_model(str(MODELS / "lrs-class"), "cpu")
    (prediction,) = workflow.predict([workflow.open_spectrum(example_lrs)], model)
    told = {one.name: one.probability for one in prediction.classes}
    assert told["STAR"] > 0.9
    assert prediction.flags == ()


def test_that_the_example_is_a_g_star(example_lrs: Path) -> None:
    model = workflow.load_model(str(MODELS / "lrs-subtype"), "cpu")
    (prediction,) = workflow.predict([workflow.open_spectrum(example_lrs)], model)
    subtype = prediction.labels["subtype"]
    assert 3.8 < subtype.mean < 4.7  # G2 in the survey's scale, give or take its scatter
    assert prediction.flags == ()


@pytest.mark.parametrize(("name", "output"), [("lrs-class", "STAR"), ("lrs-subtype", "subtype")])
def test_that_an_activation_map_adds_up_to_something(example_lrs: Path, name: str, output: str) -> None:
    model = workflow.load_model(str(MODELS / name), "cpu")
    attribution = workflow.explain(workflow.open_spectrum(example_lrs), model, output, "cam").attribution
    assert np.isfinite(attribution.values_L).all()
    assert np.ptp(attribution.values_L) > 0


def test_that_red_galaxies_of_the_survey_are_galaxies(shared_data: Path) -> None:
    model = workflow.load_model(str(MODELS / "lrs-class"), "cpu")
    spectra = [workflow.open_spectrum(path) for path in sorted((shared_data / "lamost_lrs_other").iterdir())]
    # The fourth, at redshift 0.045 and S/N 11, is told STAR: docs/models/lrs-class.md.
    galaxies = [one for one in spectra if one.header.object_class == "GALAXY" and (one.header.redshift or 0) > 0.1]
    assert len(galaxies) == 3
    for prediction in workflow.predict(galaxies, model):
        assert max(prediction.classes, key=lambda one: one.probability).name == "GALAXY"
