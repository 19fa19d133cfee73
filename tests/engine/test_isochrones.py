"""The jobs of the HR diagram, on the grid that comes with the program."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from synthetic_isochrones import grid

from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Mixture, Prediction
from stellarview.engine.curves import Wanted
from stellarview.engine.isochrones import curves, place_in
from stellarview.engine.pipe import Progress
from stellarview.io.isochrones.grid_file import EMBEDDED, write_grid

SUN = {"teff": (5772.0, 40.0), "logg": (4.44, 0.05), "feh": (0.0, 0.05)}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_ISOCHRONES", str(tmp_path))
    return tmp_path


def test_that_the_fan_and_what_can_be_chosen_come_with_the_curves() -> None:
    answer = pickle.loads(pickle.dumps(curves(Progress(), Wanted())))
    assert [round(curve.age_gyr, 3) for curve in answer.fan] == [1.0, 5.0, 7.0, 10.0]
    assert (answer.grid, answer.grids, answer.chosen, answer.note) == (EMBEDDED, (EMBEDDED,), None, "")
    assert answer.ages_gyr == pytest.approx((1.0, 12.0))
    assert answer.fehs == pytest.approx((-1.35, 0.5))


def test_that_the_nearest_metallicity_stands_in_for_a_stars_own_and_it_is_said() -> None:
    answer = curves(Progress(), Wanted(feh=-0.12))
    assert {curve.feh for curve in answer.fan} == {0.0}
    assert answer.note == "Curves of [Fe/H] +0.00 stand in: the grid embedded has hardly any around −0.12."
    asked_for = curves(Progress(), Wanted(feh=-0.12, is_own_feh=False))
    assert [round(curve.age_gyr, 3) for curve in asked_for.fan] == [7.0]


@pytest.mark.parametrize(
    ("feh", "note"),
    [(0.03, ""), (-0.9, "The grid embedded has no curves around 1, 5, 7, 10, 12 Gyr, [Fe/H] -0.90: the nearest")],
)
def test_that_little_is_not_worth_a_word_and_much_is_no_stand_in(feh: float, note: str) -> None:
    answer = curves(Progress(), Wanted(feh=feh))
    assert answer.note.startswith(note)
    assert bool(answer.note) == bool(note)


def test_that_a_chosen_age_is_blended_or_stood_in_for() -> None:
    blended = curves(Progress(), Wanted(age_gyr=(6.0,)))
    assert blended.chosen is not None
    assert blended.chosen.age_gyr == pytest.approx(6.0)
    beyond = curves(Progress(), Wanted(age_gyr=(0.5,)))
    assert beyond.chosen is not None
    assert beyond.chosen.age_gyr == pytest.approx(1.0)
    assert "no curves around 0.5 Gyr" in beyond.note


def test_that_the_users_own_grid_is_the_usual_one_and_another_can_be_asked_for(own_folder: Path) -> None:
    write_grid(own_folder / "mine.h5", grid(np.arange(8.5, 10.2, 0.1), np.array([-0.5, 0.0])))
    assert curves(Progress(), Wanted()).grid == "mine"
    assert curves(Progress(), Wanted()).grids == ("mine", EMBEDDED)
    assert curves(Progress(), Wanted(grid=EMBEDDED)).grid == EMBEDDED
    with pytest.raises(StellarViewError, match="There is no grid 'gone'"):
        curves(Progress(), Wanted(grid="gone"))


def test_that_a_star_is_placed_in_the_grid_of_that_name() -> None:
    labels = {key: Mixture(np.full(2, value), np.full(2, sigma)) for key, (value, sigma) in SUN.items()}
    placed = place_in(Progress(), Prediction("toy", labels), EMBEDDED)
    assert (placed.grid, placed.is_on_grid) == (EMBEDDED, True)
    assert 0.9 < placed.mass_msun.median < 1.1
    assert len(placed.samples["teff"]) == 1000
