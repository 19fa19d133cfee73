"""Where a star stands, with covariance."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.label_pdf import LabelPdf, gaussian_labels, predicted_labels
from stellarview.domain.prediction import Mixture

SUN, SIGMA = np.array([5772.0, 4.44, 0.0]), np.array([50.0, 0.05, 0.03])


def test_that_members_that_disagree_together_make_a_covariance() -> None:
    apart = np.linspace(-1, 1, 6)
    mixtures = {
        "teff": Mixture(5772 + 200 * apart, np.full(6, 20.0)),
        "logg": Mixture(4.4 + 0.3 * apart, np.full(6, 0.03)),
        "feh": Mixture(0.2 * apart, np.full(6, 0.03)),
    }
    pdf = predicted_labels(mixtures, "toy")
    assert pdf.mean == pytest.approx([5772, 4.4, 0.0], abs=1e-9)
    assert pdf.sigma == pytest.approx([mixtures[key].sigma for key in ("teff", "logg", "feh")])
    teff, logg = np.linspace(5300, 6250, 96), np.linspace(3.8, 5.0, 61)
    density = pdf.kiel_density(teff, logg)
    share = density / density.sum()
    covariance = (share * np.outer(logg - 4.4, teff - 5772)).sum()
    assert covariance / (pdf.sigma[0] * pdf.sigma[1]) > 0.9


def test_that_a_density_integrates_to_one_and_knows_correlation() -> None:
    covariance = np.diag(SIGMA**2)
    covariance[0, 1] = covariance[1, 0] = 0.8 * SIGMA[0] * SIGMA[1]
    pdf = LabelPdf(SUN[None], covariance[None])
    teff, logg = np.linspace(5372, 6172, 201), np.linspace(4.04, 4.84, 201)
    density = pdf.kiel_density(teff, logg)
    assert density.sum() * (teff[1] - teff[0]) * (logg[1] - logg[0]) == pytest.approx(1.0, abs=1e-3)
    along, across = pdf.kiel_density(SUN[:1] + 50, SUN[1:2] + 0.05), pdf.kiel_density(SUN[:1] + 50, SUN[1:2] - 0.05)
    assert along > 10 * across


def test_that_a_floor_raises_small_sigmas_and_leaves_the_others() -> None:
    pdf = gaussian_labels(SUN, np.array([1.0, 0.05, 0.001])).with_floor(np.array([20.0, 0.02, 0.02]))
    assert pdf.sigma == pytest.approx([20.0, 0.05, 0.02])


def test_that_a_model_without_a_metallicity_cannot_place() -> None:
    one = Mixture(np.array([1.0]), np.array([1.0]))
    with pytest.raises(StellarViewError, match="no feh"):
        predicted_labels({"teff": one, "logg": one}, "toy")


@pytest.mark.parametrize("sigma", [(0.0, 0.05, 0.03), (np.nan, 0.05, 0.03)])
def test_that_impossible_sigmas_are_refused(sigma: tuple[float, ...]) -> None:
    with pytest.raises((ValueError, np.linalg.LinAlgError)):
        gaussian_labels(SUN, np.array(sigma))
