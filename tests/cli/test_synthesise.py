"""`stellarview synthesise` as its users type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stellarview.cli import main
from stellarview.io.sets import open_spectrum_set


def test_that_one_star_is_drawn_tabled_and_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    figure, table = tmp_path / "sun.svg", tmp_path / "sun.ecsv"
    arguments = ["synthesise", "--teff", "5772", "--logg", "4.44", "--abundance", "Mg=0.1"]
    assert main([*arguments, "--figure", str(figure), "--out", str(table), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    verdicts = {one["key"]: one["verdict"] for one in told["bounds"]}
    assert (verdicts["k_fe"], verdicts["mg_fe"]) == ("prior-dominated", "measurable")
    assert told["flags"] == []
    assert "Mg b" in figure.read_text(encoding="utf-8")
    assert table.read_text(encoding="utf-8").startswith("# %ECSV")


def test_that_a_star_beyond_the_range_is_flagged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synthesise", "--teff", "3600", "--logg", "1"]) == 0
    assert "FLAG: teff 3600 is outside" in capsys.readouterr().out


@pytest.mark.parametrize("recipe", [[], ["--recipe", "rrnet"]], ids=["observed", "prepared"])
def test_that_a_set_is_written_that_opens_like_any_other(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, recipe: list[str]
) -> None:
    out = tmp_path / "set.h5"
    assert main(["synthesise", "--n", "3", "--seed", "5", "--out", str(out), *recipe]) == 0
    assert "3 synthetic spectra" in capsys.readouterr().out
    with open_spectrum_set(out) as made:
        assert len(made) == 3
        assert made.frame == ("rest" if recipe else "observed")
        assert made.arm_names == ("B", "R")
        assert {"teff", "logg", "feh", "cuh"} <= set(made.labels)
        assert bool(made.recipe_json) == bool(recipe)


@pytest.mark.parametrize(
    "arguments",
    [[], ["--teff", "5000"], ["--n", "3"], ["--n", "0", "--out", "a.h5"], ["--n", "1", "--seed", "-1", "--out", "a.h5"]]
    + [["--teff", "5000", "--logg", "4", "--abundance", text] for text in ("Mg", "Xx=0.1", "=1", "Mg=much")]
    + [
        ["--teff", "5000", "--logg", "4", "--resolution", "50000"],
        ["--teff", "5000", "--logg", "4", "--snr", "0"],
        ["--teff", "5000", "--logg", "4", "--n", "3"],
    ],
    ids=str,
)
def test_that_what_makes_no_star_is_refused_in_three_lines(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["synthesise", *arguments]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 3


def test_that_models_lists_shows_and_verifies_the_emulator(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify", "mrs-emulator"]) == 0
    assert "emulator, MRS" in capsys.readouterr().out
    assert main(["models", "show", "mrs-emulator"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["kind"] == "emulator"


def test_that_an_emulator_cannot_predict(capsys: pytest.CaptureFixture[str], example_mrs: Path) -> None:
    assert main(["predict", str(example_mrs), "--model", "mrs-emulator"]) == 1
    assert "is an emulator" in capsys.readouterr().err
