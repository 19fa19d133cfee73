"""`stellarview explain` as its user types it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from models import write_toy_model

from stellarview import workflow
from stellarview.cli import main
from stellarview.domain.errors import StellarViewError


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_model(tmp_path_factory.mktemp("models") / "toy")


@pytest.mark.parametrize("method", ["saliency", "integrated-gradients", "occlusion"])
def test_that_lines_are_ranked_and_shares_never_exceed_one(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path, method: str
) -> None:
    command = ["explain", str(example_lrs), "--model", str(toy), "--label", "Teff", "--method", method, "--json"]
    assert main([*command, "--device", "cpu"]) == 0
    facts = json.loads(capsys.readouterr().out)
    shares = [line["share"] for line in facts["lines"]]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1.0001
    assert facts["unit"].startswith("K")
    assert all(5150 < line["wavelength_vacuum_angstrom"] < 5252 for line in facts["lines"])


def test_that_the_figure_shows_flux_and_attribution_with_their_lines(
    capsys: pytest.CaptureFixture[str], toy: Path, example_lrs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "why.svg"
    command = ["explain", str(example_lrs), "--model", str(toy), "--label", "logg", "--figure", str(out)]
    assert main([*command, "--device", "cpu"]) == 0
    assert "% of the attribution to log g" in capsys.readouterr().out
    content = out.read_text(encoding="utf-8")
    assert "Attribution (dex)" in content
    assert "scatter of the members" in content


def test_that_masked_pixels_take_no_part(toy: Path, example_lrs: Path) -> None:
    from dataclasses import replace

    star = workflow.open_spectrum(example_lrs)
    mask = np.array(star.arms[0].mask)
    bad = (star.arms[0].wavelength_angstrom > 5180) & (star.arms[0].wavelength_angstrom < 5190)
    mask[bad] = 1
    damaged = replace(star, arms=(replace(star.arms[0], mask=mask),))
    attribution = workflow.explain(damaged, workflow.load_model(str(toy), "cpu"), "teff").attribution
    assert (attribution.values_L[~attribution.is_good_L] == 0).all()
    assert (~attribution.is_good_L).any()


def test_that_an_unknown_label_or_method_is_answered_with_those_there_are(toy: Path, example_lrs: Path) -> None:
    model, star = workflow.load_model(str(toy), "cpu"), workflow.open_spectrum(example_lrs)
    with pytest.raises(StellarViewError, match="teff, logg"):
        workflow.explain(star, model, "mgh")
    with pytest.raises(StellarViewError, match="integrated-gradients"):
        workflow.explain(star, model, "teff", "crystal-ball")


def test_that_lines_are_found_where_the_star_moved_them_when_the_recipe_stays_in_the_observed_frame(
    example_lrs: Path, tmp_path: Path
) -> None:
    from models import RECIPE

    steps = [step for step in RECIPE["steps"] if step["step"] != "to_rest_frame"]  # type: ignore[index]
    observed = write_toy_model(tmp_path / "observed", recipe={"name": "toy", "steps": steps})
    model, star = workflow.load_model(str(observed), "cpu"), workflow.open_spectrum(example_lrs)
    moved = workflow.with_velocity(star, user_km_s=600.0)
    explained = workflow.explain(moved, model, "teff")
    factor = 1 + 600.0 / 299792.458
    seen = explained.prepared.arms[0].wavelength_angstrom
    assert explained.prepared.frame == "observed"
    assert np.allclose(explained.attribution.wavelength_angstrom_L, seen / factor)
    assert all(
        seen[0] / factor - 3 < one.line.wavelength_vacuum_angstrom < seen[-1] / factor + 3 for one in explained.lines
    )
    panels = workflow.explanation_scene(explained).panels
    assert panels[0].x_label == panels[1].x_label == "Rest wavelength in vacuum (Å)"
    assert panels[0].x_limits[0] == pytest.approx(seen[0] / factor)


def test_that_no_line_is_named_where_the_velocity_cannot_be_relied_on(example_lrs: Path, tmp_path: Path) -> None:
    from models import RECIPE

    from stellarview.domain.spectrum import RadialVelocity

    steps = [step for step in RECIPE["steps"] if step["step"] != "to_rest_frame"]  # type: ignore[index]
    observed = write_toy_model(tmp_path / "observed", recipe={"name": "toy", "steps": steps})
    doubtful = workflow.open_spectrum(example_lrs).with_velocity(RadialVelocity(99.0, 40.0, "cross-correlation", 1.0))
    explained = workflow.explain(doubtful, workflow.load_model(str(observed), "cpu"), "teff")
    assert explained.lines == ()
    assert workflow.explanation_scene(explained).panels[0].x_label == "Observed wavelength in vacuum (Å)"
