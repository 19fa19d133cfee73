"""`stellarview place` as its user types it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from models import write_toy_model

from stellarview.cli import main
from stellarview.domain.model_card import LabelScale

SUN = ["--teff", "5772", "--logg", "4.44", "--feh", "0.0"]


@pytest.fixture(autouse=True)
def nothing_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STELLARVIEW_ISOCHRONES", str(tmp_path / "isochrones"))


def test_that_the_sun_has_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["place", *SUN, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    for key in ("age_gyr", "mass_msun", "radius_rsun", "luminosity_lsun"):
        assert facts[key]["low"] < facts[key]["median"] < facts[key]["high"]
    assert facts["age_gyr"]["low"] < 4.57 < facts["age_gyr"]["high"]
    assert facts["mass_msun"]["median"] == pytest.approx(1.0, abs=0.05)
    assert facts["phases"]["main sequence"] > 0.9
    assert (facts["grid"], facts["on_grid"], facts["constrained"]) == ("embedded", True, False)
    assert any("fetch" in note for note in facts["notes"])


def test_that_the_text_says_what_cannot_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["place", *SUN]) == 0
    text = capsys.readouterr().out
    assert "AGE UNCONSTRAINED" in text
    assert "solar masses" in text
    assert main(["place", "--teff", "5772", "--logg", "3.0", "--feh", "0"]) == 0
    assert "OFF THE GRID" in capsys.readouterr().out


def test_that_a_star_whose_metallicity_the_grid_lacks_is_told_no_other_star_s_age(
    capsys: pytest.CaptureFixture[str],
) -> None:
    star = ["place", "--teff", "5576", "--logg", "3.91", "--feh", "-0.7"]
    assert main(star) == 0
    text = capsys.readouterr().out
    assert "NOT PLACED" in text
    assert "solar masses" not in text
    assert main([*star, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert "fetch" in facts["shortfall"]


def test_that_a_star_that_no_model_comes_near_is_null_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["place", "--teff", "5772", "--logg", "3.0", "--feh", "0", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["age_gyr"] == {"median": None, "low": None, "high": None}
    assert not facts["on_grid"]


@pytest.mark.parametrize("more", [[], ["--luminosity"], ["--ages", "1,5"]])
def test_that_a_figure_is_drawn_with_its_provenance(tmp_path: Path, more: list[str]) -> None:
    path = tmp_path / "hr.svg"
    assert main(["place", "--teff", "5900", "--logg", "4.1", "--feh", "0", "--figure", str(path), *more]) == 0
    text = path.read_text(encoding="utf-8")
    assert "isochrones embedded" in text
    assert "Dotter" in text


def test_that_curves_that_cannot_be_had_are_said_to_be_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["place", "--teff", "5900", "--logg", "4.1", "--feh", "-0.9", "--figure", str(tmp_path / "hr.png")]
    assert main([*command, "--ages", "3"]) == 0
    assert "nearest are" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--teff", "5772"],
        [*SUN, "--model", "toy"],
        ["--teff", "nan", "--logg", "4", "--feh", "0"],
        ["--teff", "5772", "--logg", "4", "--feh", "0", "--sigma-teff", "0"],
        [*SUN, "--ages", "old"],
        [*SUN, "--imf", "kroupa"],
        [*SUN, "--grid", "parsec"],
    ],
)
def test_that_what_makes_no_star_is_answered_in_three_lines(
    capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main(["place", *wrong]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 3


def test_that_a_spectrum_is_predicted_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], example_lrs: Path
) -> None:
    monkeypatch.setenv("STELLARVIEW_MODELS", str(tmp_path / "models"))
    scales = (
        LabelScale("teff", 5800.0, 100.0, 3800.0, 7500.0),
        LabelScale("logg", 4.4, 0.1, 0.0, 5.0),
        LabelScale("feh", 0.0, 0.1, -2.0, 0.5),
    )
    write_toy_model(tmp_path / "models" / "toy", labels=scales)
    assert main(["place", str(example_lrs), "--model", "toy", "--device", "cpu", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert np.isfinite([facts["teff"], facts["teff_sigma"], facts["feh"]]).all()
    assert {"age_gyr", "phases", "constrained", "grid"} <= set(facts)


def test_that_a_model_without_a_metallicity_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], example_lrs: Path
) -> None:
    toy = write_toy_model(tmp_path / "toy")
    assert main(["place", str(example_lrs), "--model", str(toy), "--device", "cpu"]) == 1
    assert "no feh" in capsys.readouterr().err
