"""Predictions for the eye."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.cli.prediction_text import prediction_text
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import ClassPrediction, Mixture, Novelty, Prediction
from stellarview.domain.results import Result
from stellarview.domain.spectrum import RadialVelocity


def shown(mean: float, sigma: float, key: str = "teff") -> str:
    labels = {key: Mixture(np.array([mean]), np.array([sigma]))}
    return prediction_text(Result("a.fits", "m", prediction=Prediction("m", labels)))


@pytest.mark.parametrize(
    ("key", "mean", "sigma", "text"),
    [
        ("teff", 5772.4, 151.7, "5772 +- 152 K"),
        ("teff", 5772.4, 8.3, "5772.4 +- 8.3 K"),
        ("logg", 4.4378, 0.0811, "4.438 +- 0.081 dex"),
        ("feh", -0.0301, 1.2, "-0.0 +- 1.2 dex"),
        ("feh", -0.03, 1e-9, "-0.0300 +- 0.0000 dex"),
        ("subtype", 4.23, 0.04, "G2.3 +- 0.4"),
    ],
)
def test_that_a_value_has_the_digits_that_its_sigma_allows(key: str, mean: float, sigma: float, text: str) -> None:
    assert shown(mean, sigma, key).endswith(text)


def test_that_a_single_member_has_no_scatter_to_tell() -> None:
    classes = (ClassPrediction("STAR", 0.993, 0.0), ClassPrediction("QSO", 0.007, 0.0))
    text = prediction_text(Result("a.fits", "m", prediction=Prediction("m", {}, classes)))
    assert "99.3 +- 0.0 %" in text


def test_that_all_that_is_known_is_told_with_its_unit() -> None:
    flags = ("low S/N: 4, trained on 10 and more",)
    known = Prediction("m", {"teff": Mixture(np.array([5772.0]), np.array([50.0]))}, (), Novelty(1.0, 43.21), flags)
    text = prediction_text(Result("a.fits", "m", 7, RadialVelocity(-20.5, 1.25, "header"), known))
    assert text.splitlines() == [
        "a.fits",
        "  obsid 7   RV -20.5 +- 1.2 km/s (header)   novelty 43.2 %",
        "  Teff      5772 +- 50 K",
        "  flags   low S/N: 4, trained on 10 and more",
    ]


def test_that_a_failure_is_told_within_the_terminal() -> None:
    error = StellarViewError("Cannot read a.fits.", "It is " + "very " * 40 + "empty.", "Download it again.")
    lines = prediction_text(Result("a.fits", "m", error=error)).splitlines()
    assert lines[1].startswith("  failed  Cannot read a.fits.")
    assert max(map(len, lines)) <= 120
