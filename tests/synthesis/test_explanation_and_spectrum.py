"""The physics of an explanation, and synthetic stars as spectra like any other."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_emulator import LINES, toy_emulator

from stellarview.domain.attribution import rank_lines
from stellarview.domain.errors import StellarViewError
from stellarview.io.line_list import read_lines
from stellarview.synthesis.emulator import load_emulator
from stellarview.synthesis.explanation import catalogue_derivative, physics_attribution
from stellarview.synthesis.labels import EMULATOR_LABELS
from stellarview.synthesis.spectrum import synthetic_spectrum

STAR = {"teff": 5200.0, "logg": 3.5, "feh": -0.2, "vmic": 1.2}
GRID = np.concatenate([5161.0 + 0.1 * np.arange(280), 6551.0 + 0.1 * np.arange(240)])


def test_that_the_reading_of_a_label_answers_to_its_own_change_with_exactly_that_change() -> None:
    weights = physics_attribution(toy_emulator(), STAR, "mgh", wavelength_angstrom_M=GRID)
    changed = [synthetic_flux({**STAR, "mg_fe": value}) for value in (-0.001, 0.001)]
    assert weights.values_L @ (100 * (changed[1] - changed[0])) == pytest.approx(0.002, rel=0.01)
    centre = next(line[0] for line in LINES if line[1] == "mg_fe")
    assert GRID[np.argmax(weights.magnitude_L)] == pytest.approx(centre, abs=0.6)


def synthetic_flux(labels: dict[str, float]) -> np.ndarray:
    from stellarview.synthesis.information import sensitivity

    return sensitivity(toy_emulator(), labels, wavelength_angstrom_M=GRID).flux_M


def test_that_iron_of_the_catalogue_moves_iron_alone() -> None:
    derivative = np.zeros((1, len(EMULATOR_LABELS)))
    derivative[0, 2:] = (5.0, 9.0, *[0.1] * 15)
    assert catalogue_derivative(derivative, "feh")[0] == pytest.approx(5.0 - 1.5)
    assert catalogue_derivative(derivative, "nih")[0] == pytest.approx(0.1)
    assert catalogue_derivative(derivative, "teff")[0] == 0.0


def test_that_physics_names_the_lines_of_calcium_in_the_sun() -> None:
    attribution = physics_attribution(load_emulator(), {"teff": 5772.0, "logg": 4.44}, "cah")
    ranked = rank_lines(attribution, read_lines(), 7500.0, 5772.0)
    assert ranked[0].line.species == "Ca I"
    assert sum(one.share for one in ranked if one.line.element == "Ca") > 0.5


def test_that_a_label_of_no_catalogue_is_refused() -> None:
    with pytest.raises(StellarViewError, match="cannot explain"):
        physics_attribution(toy_emulator(), STAR, "age")


def test_that_a_synthetic_star_is_a_spectrum_at_rest_with_its_unbelieved_pixels_masked() -> None:
    star = synthetic_spectrum(load_emulator(), {"teff": 5772.0, "logg": 4.44})
    assert (star.medium, star.frame) == ("vacuum", "rest")
    assert "5772 K" in (star.header.object_name or "")
    blue, red = star.arms
    assert not red.is_good[np.argmin(np.abs(red.wavelength_angstrom - 6564.6))]
    assert blue.is_good.mean() > 0.85
    assert 0.2 < blue.flux.min() < blue.flux.max() < 1.01
