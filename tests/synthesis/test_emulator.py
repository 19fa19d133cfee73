"""The emulator: a tiny one, trained here, against the toy spectra that it learned; and the one that is shipped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_emulator import LINES, toy_card, toy_emulator, toy_flux, toy_labels, toy_tensors

from stellarview.domain.errors import StellarViewError
from stellarview.io.line_list import read_lines
from stellarview.synthesis.emulator import Emulator, emulator_from, load_emulator
from stellarview.synthesis.labels import EMULATOR_LABELS, TEFF

SUN = {"teff": 5772.0, "logg": 4.44, "feh": 0.0, "vmic": 1.0}
GIANT = {"teff": 4750.0, "logg": 2.5, "feh": 0.0, "vmic": 1.5}


@pytest.fixture(scope="module")
def shipped() -> Emulator:
    return load_emulator()


def test_that_unseen_toy_stars_are_emulated_to_half_a_per_cent() -> None:
    labels = toy_labels(40, 2)
    residual = np.array([toy_emulator().flux(row) for row in labels]) - toy_flux(labels)
    assert np.sqrt((residual**2).mean()) < 0.005


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(4100, 6400))
def test_that_derivatives_are_exact_even_where_one_expert_hands_over_to_the_other(seed: int, teff: float) -> None:
    labels = toy_labels(1, seed)[0]
    labels[TEFF] = teff
    flux, slopes = toy_emulator().flux_and_derivatives(labels)
    np.testing.assert_allclose(flux, toy_emulator().flux(labels), atol=1e-10)
    for place in range(labels.size):
        step = 0.01 if place == TEFF else 1e-4
        low, high = labels.copy(), labels.copy()
        low[place], high[place] = low[place] - step, high[place] + step
        difference = (toy_emulator().flux(high) - toy_emulator().flux(low)) / (2 * step)
        np.testing.assert_allclose(slopes[:, place], difference, atol=1e-5 + 1e-3 * np.abs(slopes[:, place]).max())


def test_that_magnesium_answers_in_its_own_line_and_potassium_nowhere() -> None:
    _, slopes = toy_emulator().flux_and_derivatives({**SUN, "feh": -0.2})
    wavelength = toy_emulator().wavelength_angstrom_P
    magnesium = np.abs(slopes[:, EMULATOR_LABELS.index("mg_fe")])
    centre = next(line[0] for line in LINES if line[1] == "mg_fe")
    near = np.abs(wavelength - centre) < 1.5
    assert magnesium[near].max() > 0.1
    assert magnesium[~near].max() < 0.1 * magnesium[near].max()
    assert (slopes[:, EMULATOR_LABELS.index("k_fe")] == 0).all()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, ""),
        ({"teff": 3500.0}, "teff 3500 is outside"),
        ({"feh": -2.5}, "feh -2.5 is outside"),
        ({"teff": 6400.0, "logg": 0.2}, "no training spectrum"),
        ({"c_fe": 0.4, "o_fe": -0.2}, "carbon-rich"),
    ],
    ids=str,
)
def test_that_labels_beyond_the_training_set_are_flagged_in_words(
    shipped: Emulator, change: dict[str, float], word: str
) -> None:
    flags = shipped.flags(SUN | change)
    assert any(word in flag for flag in flags) if word else flags == ()


@pytest.mark.parametrize(("teff", "error"), [(4200.0, 0.002), (4500.0, 0.002), (5125.0, 0.0015), (6600.0, 0.001)])
def test_that_the_error_belongs_to_the_temperature_and_changes_without_a_step(teff: float, error: float) -> None:
    assert toy_emulator().error({**SUN, "teff": teff})[0] == pytest.approx(error)


def test_that_what_the_card_masks_is_not_believed() -> None:
    emulator = toy_emulator()
    inside = (emulator.wavelength_angstrom_P >= 6575.0) & (emulator.wavelength_angstrom_P <= 6580.0)
    assert (emulator.is_believed_P == ~inside).all()


@pytest.mark.parametrize(
    "change",
    [
        {"error_RP": np.zeros((2, 7))},
        {"warm.alpha_NQ": np.zeros((3, 4))},
        {"warm.block_Q": None},
        {"cool.start_C": np.array([-5] * 15)},
        {"cool.std_D": np.zeros(24)},
        {"training_stars_N2": np.zeros((4, 3))},
    ],
    ids=lambda change: next(iter(change)),
)
def test_that_weights_which_do_not_fit_the_card_are_refused(change: dict[str, np.ndarray | None]) -> None:
    tensors = {name: array for name, array in (toy_tensors() | change).items() if array is not None}
    with pytest.raises(StellarViewError, match="do not fit its card"):
        emulator_from(toy_card(), tensors)


@pytest.mark.parametrize("star", [SUN, GIANT], ids=["Sun", "giant"])
def test_that_the_shipped_spectra_are_smooth_and_within_the_continuum(
    shipped: Emulator, star: dict[str, float]
) -> None:
    flux = shipped.flux(star)
    assert flux.min() > 0
    assert flux.max() < 1.01
    step = shipped.flux({**star, "teff": star["teff"] + 10.0}) - flux
    assert 0 < np.abs(step).max() < 0.02


# Elements whose lines in the windows are few: the response outside of them is noise of the training.
@pytest.mark.parametrize("element", ["al", "cu", "s"])
def test_that_the_shipped_derivative_of_an_element_lives_in_its_own_lines(shipped: Emulator, element: str) -> None:
    _, slopes = shipped.flux_and_derivatives(SUN)
    power = slopes[:, EMULATOR_LABELS.index(f"{element}_fe")] ** 2
    strongest = shipped.wavelength_angstrom_P[np.argmax(power)]
    lines = [line.wavelength_vacuum_angstrom for line in read_lines() if line.element.lower() == element]
    assert min(abs(strongest - line) for line in lines) < 0.2
    assert np.sort(power)[-150:].sum() > 0.8 * power.sum()


def test_that_lines_grow_with_abundance_and_shrink_with_heat(shipped: Emulator) -> None:
    _, slopes = shipped.flux_and_derivatives(SUN)
    iron, teff = slopes[:, 2], slopes[:, TEFF]
    wavelength = shipped.wavelength_angstrom_P
    metal = shipped.is_believed_P & (np.abs(wavelength - 6564.6) > 60) & (np.abs(iron) > 0.1)
    assert (iron[metal] < 0).mean() > 0.99
    assert (teff[metal] > 0).mean() > 0.95
