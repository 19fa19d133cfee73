"""What a spectrum can tell: bounds obey the laws of information, and potassium has none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_emulator import toy_emulator

from stellarview.domain.errors import StellarViewError
from stellarview.synthesis.emulator import load_emulator
from stellarview.synthesis.information import Bound, bounds, sensitivity

STAR = {"teff": 5200.0, "logg": 3.5, "feh": -0.2, "vmic": 1.2}
GRID = np.concatenate([5161.0 + 0.1 * np.arange(280), 6551.0 + 0.1 * np.arange(240)])


def toy_bounds(snr: float, **more: object) -> dict[str, Bound]:
    told = bounds(toy_emulator(), STAR, snr=snr, wavelength_angstrom_M=GRID, **more)  # type: ignore[arg-type]
    return {one.key: one for one in told}


@settings(max_examples=15)
@given(st.floats(5, 500), st.floats(1.1, 10))
def test_that_a_bound_falls_as_the_ratio_of_signal_to_noise_grows(snr: float, factor: float) -> None:
    low, high = toy_bounds(snr), toy_bounds(snr * factor)
    assert high["mg_fe"].single == pytest.approx(low["mg_fe"].single / factor)


def test_that_bounds_with_all_labels_free_fall_alike() -> None:
    emulator = load_emulator()
    low, high = (bounds(emulator, STAR, snr=snr) for snr in (50.0, 100.0))
    measured = [(a.marginal, b.marginal) for a, b in zip(low, high, strict=True) if a.key != "k_fe"]
    assert [b for _, b in measured] == pytest.approx([a / 2 for a, _ in measured], rel=1e-3)


def test_that_knowing_nothing_else_never_helps() -> None:
    for one in toy_bounds(50.0).values():
        assert one.marginal >= one.single


def test_that_a_label_without_a_line_is_prior_dominated_without_bound() -> None:
    potassium = toy_bounds(1000.0)["k_fe"]
    assert potassium.single == potassium.marginal == np.inf
    assert potassium.verdict == "prior-dominated"


def test_that_masking_the_line_of_an_element_takes_its_information_away() -> None:
    without = toy_bounds(50.0, is_good_M=np.abs(GRID - 5173.0) > 2.0)
    assert without["mg_fe"].single > 5 * toy_bounds(50.0)["mg_fe"].single
    assert without["ca_fe"].single == pytest.approx(toy_bounds(50.0)["ca_fe"].single, rel=0.1)


def test_that_inverse_variances_and_a_ratio_mean_the_same() -> None:
    same = bounds(toy_emulator(), STAR, ivar_M=np.full(GRID.size, 2500.0), wavelength_angstrom_M=GRID)
    assert [one.single for one in same] == pytest.approx([one.single for one in toy_bounds(50.0).values()])


def test_that_noise_must_be_given_once() -> None:
    with pytest.raises(StellarViewError, match="noise"):
        bounds(toy_emulator(), STAR)


def test_that_unbelieved_and_uncovered_pixels_tell_nothing() -> None:
    seen = sensitivity(toy_emulator(), STAR, wavelength_angstrom_M=np.array([5000.0, 5173.0, 6577.0]))
    assert seen.is_known_M.tolist() == [False, True, False]


# Single-label bounds at S/N 50, from differences of the synthesis itself, Sun and 4750 K giant.
@pytest.mark.parametrize(
    ("star", "known"),
    [
        ({"teff": 5772.0, "logg": 4.44, "vmic": 1.0}, {"c_fe": 0.006, "mg_fe": 0.006, "ca_fe": 0.025, "ti_fe": 0.02}),
        ({"teff": 4750.0, "logg": 2.5, "vmic": 1.5}, {"c_fe": 0.002, "n_fe": 0.01, "mg_fe": 0.005, "ni_fe": 0.015}),
    ],
    ids=["Sun", "giant"],
)
def test_that_the_shipped_emulator_knows_what_the_synthesis_knows(
    star: dict[str, float], known: dict[str, float]
) -> None:
    told = {one.key: one for one in bounds(load_emulator(), star, snr=50.0)}
    for key, value in known.items():
        assert told[key].single == pytest.approx(value, rel=0.45)
    assert told["k_fe"].is_prior_dominated
    assert told["s_fe"].is_prior_dominated
    assert not told["mg_fe"].is_prior_dominated
