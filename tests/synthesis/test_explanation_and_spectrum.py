"""The physics of an explanation, and synthetic stars as spectra like any other."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_emulator import toy_emulator

from stellarview.domain.attribution import Attribution, rank_lines
from stellarview.domain.errors import StellarViewError
from stellarview.io.line_list import read_lines
from stellarview.synthesis.emulator import Emulator, load_emulator
from stellarview.synthesis.explanation import best_reading, own_reading
from stellarview.synthesis.information import information, sensitivity
from stellarview.synthesis.labels import EMULATOR_LABELS
from stellarview.synthesis.spectrum import synthetic_spectrum

STAR = {"teff": 5200.0, "logg": 3.5, "feh": -0.2, "vmic": 1.2}


def the_reading(emulator: Emulator, labels: dict[str, float], key: str) -> Attribution:
    """Of a star all of whose pixels are good and have the same noise."""
    seen = sensitivity(emulator, labels)
    good = np.ones(seen.flux_M.size, dtype=bool)
    return best_reading(information(seen, np.where(good, 1e4, 0.0)), seen, key, good)


# Of a step in each label of the emulator what the reading of these labels must say: itself, and nothing of the others.
@pytest.mark.parametrize(
    ("key", "moved_by"), [("teff", {"teff"}), ("feh", {"feh"}), ("mgh", {"feh", "mg_fe"}), ("nih", {"feh", "ni_fe"})]
)
def test_that_a_reading_answers_to_its_own_label_alone(key: str, moved_by: set[str]) -> None:
    emulator = load_emulator()
    weights = the_reading(emulator, STAR, key)
    seen = sensitivity(emulator, STAR)
    answers = dict(zip(EMULATOR_LABELS, 100 * weights.values_L @ seen.derivative_ML, strict=True))
    for moved, answer in answers.items():
        step = 100.0 if moved == "teff" else 0.1
        assert answer * step == pytest.approx(
            step if moved in moved_by else 0.0, abs=0.01 * (100 if key == "teff" else 0.1)
        )
    tilted = seen.flux_M * (seen.wavelength_angstrom_M - 5000.0) * (seen.wavelength_angstrom_M < 6000.0)
    assert weights.values_L @ tilted == pytest.approx(0.0, abs=1e-6)


def test_that_iron_alone_is_moved_where_all_other_abundances_are_known() -> None:
    seen = sensitivity(load_emulator(), STAR)
    good = np.ones(seen.flux_M.size, dtype=bool)
    weights = own_reading(information(seen, np.ones(good.size)), seen, "feh", good)
    iron = seen.of("feh") - sum(seen.of(key) for key in EMULATOR_LABELS[4:])
    assert 100 * weights.values_L @ iron == pytest.approx(1.0)


def test_that_a_label_without_a_line_has_no_reading() -> None:
    assert not the_reading(load_emulator(), STAR, "kh").values_L.any()


def test_that_physics_names_the_lines_of_calcium_in_the_sun() -> None:
    seen = sensitivity(load_emulator(), {"teff": 5772.0, "logg": 4.44})
    good = np.ones(seen.flux_M.size, dtype=bool)
    attribution = own_reading(information(seen, np.ones(good.size)), seen, "cah", good)
    assert attribution.values_L @ (100 * seen.of("ca_fe")) == pytest.approx(1.0)
    ranked = rank_lines(attribution, read_lines(), 7500.0, 5772.0)
    assert ranked[0].line.species == "Ca I"
    assert sum(one.share for one in ranked if one.line.element == "Ca") > 0.5


def test_that_a_label_of_no_catalogue_is_refused() -> None:
    with pytest.raises(StellarViewError, match="cannot explain"):
        the_reading(toy_emulator(), STAR, "age")


def test_that_a_synthetic_star_is_a_spectrum_at_rest_with_its_unbelieved_pixels_masked() -> None:
    star = synthetic_spectrum(load_emulator(), {"teff": 5772.0, "logg": 4.44})
    assert (star.medium, star.frame) == ("vacuum", "rest")
    assert "5772 K" in (star.header.object_name or "")
    blue, red = star.arms
    assert not red.is_good[np.argmin(np.abs(red.wavelength_angstrom - 6564.6))]
    assert blue.is_good.mean() > 0.85
    assert 0.2 < blue.flux.min() < blue.flux.max() < 1.01
