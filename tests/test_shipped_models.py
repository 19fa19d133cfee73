"""The models that travel with the program: whole, small, told apart by their cards, and right about a plain star."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from stellarview import workflow
from stellarview.cli import main
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.io.models import list_models, read_model, usual_model
from stellarview.recipes import recipe_from_json
from stellarview.workflow import load_model, open_spectrum, predict

MODELS = Path(__file__).resolve().parents[1] / "models"
SHIPPED = ("lrs-stellar", "lrs-class", "lrs-subtype")


@pytest.mark.parametrize("name", SHIPPED)
def test_that_a_model_is_whole_and_small(name: str) -> None:
    stored = read_model(MODELS / name)
    recipe_from_json(stored.card.recipe)
    assert stored.card.name == name
    assert sum(path.stat().st_size for path in (MODELS / name).iterdir()) < 10e6
    assert any(key.startswith("novelty.") for key in stored.tensors)


@pytest.mark.parametrize("name", SHIPPED)
def test_that_a_card_says_how_the_model_came_about(name: str) -> None:
    card = read_model(MODELS / name).card
    assert "stellarview train" in card.training["command"]
    assert len(card.training["data"][0]["sha256"]) == 64
    assert card.trained_on
    assert any("Guoshoujing" in words for words in card.cite)
    assert card.explained_layer
    assert card.faithfulness
    assert card.metrics["test"]["n"] > 200


@pytest.mark.parametrize("name", SHIPPED)
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


def test_that_galaxies_of_the_survey_are_galaxies(shared_data: Path) -> None:
    model = workflow.load_model(str(MODELS / "lrs-class"), "cpu")
    spectra = [workflow.open_spectrum(path) for path in sorted((shared_data / "lamost_lrs_other").iterdir())]
    galaxies = [one for one in spectra if one.header.object_class == "GALAXY"]
    assert len(galaxies) == 4
    for prediction in workflow.predict(galaxies, model):
        assert max(prediction.classes, key=lambda one: one.probability).name == "GALAXY"


def test_that_the_card_of_the_class_model_has_the_figures_of_its_page() -> None:
    classes = read_model(MODELS / "lrs-class").card.metrics["test"]["classes"]
    told = [round(classes[name]["f1"], 3) for name in ("STAR", "GALAXY", "QSO")]
    page = (MODELS.parent / "docs" / "models" / "lrs-class.md").read_text(encoding="utf-8")
    assert all(f"| {f1:.3f} |" in page for f1 in told)


def test_that_the_card_of_the_subtype_model_has_the_figures_of_its_page() -> None:
    facts = read_model(MODELS / "lrs-subtype").card.metrics["test"]["labels"]["subtype"]
    page = (MODELS.parent / "docs" / "models" / "lrs-subtype.md").read_text(encoding="utf-8")
    assert f"| all | {facts['n']} | {facts['mae']:.3f} |" in page


def test_that_sigma_of_the_stellar_model_falls_with_the_signal() -> None:
    for scale in read_model(MODELS / "lrs-stellar").card.labels:
        (least, faint), *_, (most, bright) = scale.sigma_factor_by_snr
        assert least < 20
        assert most > 100
        assert faint > scale.sigma_factor > bright


def test_that_all_models_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in MODELS.rglob("*") if path.is_file()) < 120e6


def test_that_a_synthetic_sun_is_told_as_one(example_lrs: Path) -> None:
    (sun,) = predict([open_spectrum(example_lrs)], load_model("lrs-stellar", "cpu"))
    assert isinstance(sun, Prediction)
    assert sun.labels["teff"].mean == pytest.approx(5770, abs=200)
    assert sun.labels["logg"].mean == pytest.approx(4.4, abs=0.35)
    assert not sun.flags


def test_that_another_instrument_is_flagged(example_mrs: Path) -> None:
    (giant,) = predict([open_spectrum(example_mrs)], load_model("lrs-stellar", "cpu"))
    assert isinstance(giant, Prediction)
    assert any(flag.startswith("wrong instrument") for flag in giant.flags)


def test_that_real_stars_agree_with_the_surveys_labels(shared_data: Path) -> None:
    with (shared_data / "lamost_lrs" / "labels.csv").open() as file:
        known = {row["obsid"]: row for row in csv.DictReader(file)}
    spectra = [open_spectrum(path) for path in sorted((shared_data / "lamost_lrs").glob("*.fits.gz"))]
    told = predict(spectra, load_model("lrs-stellar", "cpu"))
    errors = [
        [one.labels[key].mean - float(known[str(spectrum.header.obsid)][key]) for key in ("teff", "logg", "feh")]
        for spectrum, one in zip(spectra, told, strict=True)
        if isinstance(one, Prediction)
    ]
    assert len(errors) == 64
    median = np.median(np.abs(errors), axis=0)
    assert (median < [100, 0.1, 0.1]).all()


def test_that_a_star_is_explained_and_placed_without_naming_a_model(
    example_lrs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(example_lrs), "--label", "Teff", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "lrs-stellar"
    assert main(["place", str(example_lrs), "--json"]) == 0
    placed = json.loads(capsys.readouterr().out)
    assert 0.7 < placed["mass_msun"]["median"] < 1.3


def test_that_a_label_that_no_model_tells_is_refused_with_those_that_are_told() -> None:
    assert usual_model("LRS", ["teff"]) == "lrs-stellar"
    with pytest.raises(StellarViewError, match=r"lrs-stellar \(LRS: teff, logg, feh\)"):
        usual_model("LRS", ["ch"])
