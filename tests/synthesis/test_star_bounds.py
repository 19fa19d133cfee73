"""Bounds of what a network told: near those of the star itself, and none where the emulator knows nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stellarview.synthesis.emulator import load_emulator
from stellarview.synthesis.information import RRNET_WAVELENGTH_ANGSTROM, bounds
from stellarview.synthesis.labels import EMULATOR_LABELS
from stellarview.synthesis.star_bounds import labels_told, prior_dominated, star_bounds
from stellarview.synthesis.view import StarView

SIZE = RRNET_WAVELENGTH_ANGSTROM.size
VIEW = StarView(RRNET_WAVELENGTH_ANGSTROM, np.full(SIZE, 50.0**2), np.ones(SIZE, dtype=bool), 7500.0)
GIANT = {"teff": 4830.0, "logg": 2.58, "feh": -0.12, "mgh": 0.0, "kh": -0.1}


def told(**changes: float) -> dict[str, float]:
    found = star_bounds(load_emulator(), GIANT | changes, VIEW)
    assert found is not None
    return found


def test_that_bounds_on_the_grid_are_near_those_of_the_star() -> None:
    found = told()
    labels = labels_told(GIANT)
    assert labels is not None
    exact = {one.key: one.marginal for one in bounds(load_emulator(), labels, snr=50.0)}
    for key in ("teff", "logg", "feh", "mg_fe", "ca_fe", "ti_fe", "ni_fe", "cu_fe"):
        assert found[key] == pytest.approx(exact[key], rel=0.25)


def test_that_a_star_has_the_bounds_of_its_node_whatever_was_asked_before() -> None:
    assert told(teff=4770.0, mgh=0.3) == told()
    assert told(teff=4650.0) != told()


def test_that_the_bound_of_an_abundance_holds_the_covariance_with_iron() -> None:
    found = told()
    assert found["mgh"] != pytest.approx(np.hypot(found["mg_fe"], found["feh"]), rel=0.01)
    assert abs(found["mg_fe"] - found["feh"]) < found["mgh"] < found["mg_fe"] + found["feh"]


def test_that_noise_of_the_star_counts() -> None:
    noisier = star_bounds(load_emulator(), GIANT, replace(VIEW, ivar_M=VIEW.ivar_M / 4))
    assert noisier is not None
    assert noisier["teff"] == pytest.approx(2 * told()["teff"], rel=1e-3)
    blind = star_bounds(load_emulator(), GIANT, replace(VIEW, is_good_M=RRNET_WAVELENGTH_ANGSTROM > 6000.0))
    assert blind is not None
    assert blind["mgh"] > 2 * told()["mgh"]


def test_that_potassium_and_sulphur_are_prior_dominated_in_a_giant() -> None:
    found = told()
    assert [key for key in ("teff", "feh", "mgh", "sh", "kh") if prior_dominated(found, key)] == ["sh", "kh"]
    assert found["kh"] == np.inf
    assert not prior_dominated(found, "subtype")


@pytest.mark.parametrize(
    "changes",
    [
        {"teff": 3600.0},
        {"teff": 7400.0},
        {"logg": -0.4},
        {"feh": -2.4},
        {"teff": 6500.0, "logg": 1.0},
        {"teff": np.nan},
    ],
    ids=["cool", "hot", "beyond giants", "poor", "where no star is", "no number"],
)
def test_that_there_is_no_bound_where_the_emulator_learned_nothing(changes: dict[str, float]) -> None:
    assert star_bounds(load_emulator(), GIANT | changes, VIEW) is None


def test_that_labels_need_a_temperature_and_a_gravity() -> None:
    assert labels_told({"teff": 5000.0, "mgh": 0.1}) is None
    known = labels_told({"teff": 5000.0, "logg": 3.0, "feh": 0.1, "mgh": 0.3, "subtype": 4.2})
    assert known is not None
    assert known[EMULATOR_LABELS.index("mg_fe")] == pytest.approx(0.2)
