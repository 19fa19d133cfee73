"""The models that come with the program: sound, and right about stars that are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stellarview import workflow
from stellarview.cli import main
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.synthesis.emulator import load_emulator
from stellarview.synthesis.labels import as_array
from stellarview.synthesis.observe import NightRules, observed_star
from stellarview.synthesis.population import Stars

MRS = "mrs-abundances"


@pytest.fixture(scope="module")
def mrs() -> Ensemble:
    return workflow.load_model(MRS, "cpu")


def told(model: Ensemble, spectrum: Spectrum) -> Prediction:
    prediction = workflow.predict([spectrum], model)[0]
    assert isinstance(prediction, Prediction)
    return prediction


def values(prediction: Prediction) -> dict[str, float]:
    return {key: float(one.mean) for key, one in prediction.labels.items()}


def test_that_the_model_of_mrs_is_sound_and_says_what_it_learned_from(
    mrs: Ensemble, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "verify", MRS]) == 0
    assert MRS in capsys.readouterr().out
    assert "trained on synthetic spectra" in mrs.card.trained_on
    assert "[K/H]" in mrs.card.about
    assert mrs.card.members == 6
    assert len(mrs.card.labels) == 17
    assert {(one.label, one.method) for one in mrs.card.faithfulness} >= {
        (label, "integrated-gradients") for label in ("teff", "logg", "feh")
    }


def test_that_the_example_giant_is_a_giant(mrs: Ensemble, example_mrs: Path) -> None:
    prediction = told(mrs, workflow.open_spectrum(example_mrs))
    labels = values(prediction)
    assert labels["teff"] == pytest.approx(4650, abs=150)
    assert labels["logg"] == pytest.approx(2.3, abs=0.4)
    assert labels["feh"] == pytest.approx(0.05, abs=0.15)
    assert not any("wrong instrument" in flag or "unlike" in flag for flag in prediction.flags)


def test_that_a_low_resolution_spectrum_is_flagged(mrs: Ensemble, example_lrs: Path) -> None:
    assert any("wrong instrument" in flag for flag in told(mrs, workflow.open_spectrum(example_lrs)).flags)


@pytest.mark.parametrize(("teff", "logg", "feh"), [(5772.0, 4.44, 0.0), (4750.0, 2.5, -0.4), (6200.0, 4.1, 0.2)])
def test_that_synthetic_stars_at_snr_50_come_out_as_they_went_in(
    mrs: Ensemble, teff: float, logg: float, feh: float
) -> None:
    labels_BL = as_array({"teff": teff, "logg": logg, "feh": feh})[None]
    star = Stars(labels_BL, np.array([3.0]), np.array([7500.0]), np.array([0]))
    night = NightRules(median_snr=50.0, snr_dex=0.0)
    labels = values(told(mrs, observed_star(load_emulator(), star, 0, np.random.default_rng(5), night)))
    assert labels["teff"] == pytest.approx(teff, abs=150)
    assert labels["logg"] == pytest.approx(logg, abs=0.3)
    assert labels["feh"] == pytest.approx(feh, abs=0.15)


def test_that_the_core_of_h_alpha_tells_the_model_nothing(mrs: Ensemble, example_mrs: Path) -> None:
    giant = workflow.with_velocity(workflow.open_spectrum(example_mrs), user_km_s=-23.4)
    red = giant.arms[1]
    rest = red.wavelength_angstrom / (1 - 23.4 / 299792.458)
    filled = np.where((rest > 6562.8) & (rest < 6566.8), 1.3 * red.flux, red.flux)
    other = replace(giant, arms=(giant.arms[0], replace(red, flux=filled)))
    one, two = (values(told(mrs, spectrum)) for spectrum in (giant, other))
    assert two == pytest.approx(one, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("star", [("Sun", 5771.0, 4.438, 0.0), ("alfTau", 3927.0, 1.11, -0.37)])
def test_that_benchmark_stars_are_near_their_literature(
    mrs: Ensemble, shared_data: Path, star: tuple[str, float, float, float]
) -> None:
    name, teff, logg, feh = star
    labels = values(told(mrs, workflow.open_spectrum(shared_data / "benchmark" / f"med-benchmark-{name}.fits.gz")))
    assert labels["teff"] == pytest.approx(teff, abs=150)
    assert labels["logg"] == pytest.approx(logg, abs=0.25)
    assert labels["feh"] == pytest.approx(feh, abs=0.15)


def test_that_a_star_poorer_in_metals_than_any_in_the_training_is_flagged(mrs: Ensemble, shared_data: Path) -> None:
    prediction = told(mrs, workflow.open_spectrum(shared_data / "benchmark" / "med-benchmark-HD122563.fits.gz"))
    assert any("extrapolation" in flag for flag in prediction.flags)
