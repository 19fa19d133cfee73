"""The models that travel with the program: verified, and right on the project's own spectra."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stellarview.cli import main
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.io.models import find_model, read_model, usual_model
from stellarview.workflow import load_model, open_spectrum, predict

MODELS = Path(__file__).resolve().parents[1] / "models"
PREDICTORS = ["lrs-stellar"]


@pytest.mark.parametrize("name", PREDICTORS)
def test_that_a_default_model_is_found_sound_and_tells_where_it_comes_from(name: str) -> None:
    card = read_model(find_model(name)).card
    assert card.about
    assert card.trained_on
    assert card.cite
    assert card.training["command"].startswith("stellarview train resources/training/")
    assert card.metrics
    assert card.faithfulness


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
    import csv

    import numpy as np

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
