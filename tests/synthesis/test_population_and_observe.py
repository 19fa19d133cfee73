"""Synthetic stars: where stars are, what they are made of, and that their spectra go the way of real ones."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_emulator import toy_emulator

from stellarview.domain.labels import LABELS
from stellarview.domain.spectrum import Spectrum
from stellarview.recipes import recipe_named
from stellarview.synthesis.emulator import load_emulator
from stellarview.synthesis.labels import EMULATOR_LABELS, FEH, LOGG, TEFF
from stellarview.synthesis.observe import synthetic_set
from stellarview.synthesis.population import PopulationRules, Stars, draw_stars

BOUND_ONLY = PopulationRules(free_share=0.0)


def stars(count: int = 4000, seed: int = 0, rules: PopulationRules = BOUND_ONLY) -> Stars:
    return draw_stars(count, load_emulator().card.labels, np.random.default_rng(seed), rules)


def test_that_as_many_stars_as_asked_for_lie_within_the_emulators_range() -> None:
    drawn, emulator = stars(), load_emulator()
    assert drawn.labels_BL.shape == (4000, len(EMULATOR_LABELS))
    for known, values in zip(emulator.card.labels, drawn.labels_BL.T, strict=True):
        assert known.low <= values.min() <= values.max() <= known.high
    flagged = [bool(emulator.flags(row)) for row in drawn.labels_BL[:400]]
    assert np.mean(flagged) < 0.02


def test_that_giants_are_cool_dwarfs_are_everywhere_and_the_clump_stands_out() -> None:
    teff, logg = stars().labels_BL[:, [TEFF, LOGG]].T
    assert (teff[logg < 2.0] < 5200).mean() > 0.95
    assert np.ptp(teff[logg > 4.0]) > 2000
    in_clump = np.histogram(logg[logg < 3.3], bins=np.arange(1.0, 3.31, 0.2))[0]
    assert np.argmax(in_clump) in (6, 7)


def test_that_alpha_elements_rise_together_in_the_metal_poor() -> None:
    labels = stars().labels_BL
    magnesium, calcium = (labels[:, EMULATOR_LABELS.index(key)] for key in ("mg_fe", "ca_fe"))
    assert np.corrcoef(magnesium, calcium)[0, 1] > 0.7
    assert magnesium[labels[:, FEH] < -0.8].mean() > magnesium[labels[:, FEH] > 0].mean() + 0.15


def test_that_a_share_of_the_stars_has_abundances_of_its_own() -> None:
    free = stars(rules=PopulationRules(free_share=1.0)).labels_BL
    magnesium, calcium = (free[:, EMULATOR_LABELS.index(key)] for key in ("mg_fe", "ca_fe"))
    assert abs(np.corrcoef(magnesium, calcium)[0, 1]) < 0.1
    assert magnesium.std() > 0.2


def the_set(count: int, seed: int) -> tuple[list[Spectrum], dict[str, np.ndarray]]:
    spectra: list[Spectrum] = []
    labels: dict[str, list[np.ndarray]] = {}
    for some, columns in synthetic_set(load_emulator(), count, seed, at_once=2):
        spectra += some
        for key, values in columns.items():
            labels.setdefault(key, []).append(values)
    return spectra, {key: np.concatenate(values) for key, values in labels.items()}


def test_that_synthetic_stars_pass_the_recipe_of_rrnet_and_carry_the_seventeen_labels() -> None:
    spectra, labels = the_set(5, 3)
    assert tuple(labels) == tuple(LABELS)
    assert all(values.shape == (5,) for values in labels.values())
    for prepared in recipe_named("rrnet").prepare(spectra):
        assert [len(arm) for arm in prepared.arms] == [3600, 3600]
        good = np.concatenate([arm.flux[arm.is_good] for arm in prepared.arms])
        assert 0.5 < np.median(good) < 1.2
        assert sum(int((~arm.is_good).sum()) for arm in prepared.arms) < 400


def test_that_the_noise_is_what_the_inverse_variance_says() -> None:
    spectra, _ = the_set(4, 4)
    for arm in (arm for spectrum in spectra for arm in spectrum.arms):
        rough = np.diff(arm.flux, 4) * np.sqrt(arm.ivar[2:-2]) / np.sqrt(70.0)
        good = arm.is_good[2:-2] & (np.abs(rough) < 5)
        assert 1.4826 * np.median(np.abs(rough[good])) == pytest.approx(1.0, abs=0.35)


def test_that_the_same_seed_gives_the_same_stars_and_another_seed_others() -> None:
    first, again, other = (the_set(2, seed)[0][0].arms[0].flux for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_that_an_emulator_of_other_windows_leaves_what_it_does_not_know_masked() -> None:
    for spectra, _ in synthetic_set(toy_emulator(), 1, 0):
        assert 0 < spectra[0].arms[0].is_good.mean() < 0.2
