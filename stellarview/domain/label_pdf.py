"""Where a star stands in (Teff, log g, [Fe/H]): a mixture of Gaussians with covariance, one a member of an ensemble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from stellarview.domain.arrays import FloatArray, read_only
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Mixture

PLACED_LABELS = ("teff", "logg", "feh")


@dataclass(frozen=True, eq=False)
class LabelPdf:
    """Equal parts of M Gaussians in Teff (K), log g (dex) and [Fe/H] (dex), in this order."""

    mean_M3: FloatArray
    covariance_M33: FloatArray

    def __post_init__(self) -> None:
        for name in ("mean_M3", "covariance_M33"):
            object.__setattr__(self, name, read_only(getattr(self, name), np.float64))
        members = len(self.mean_M3)
        if self.mean_M3.shape != (members, 3) or self.covariance_M33.shape != (members, 3, 3) or not members:
            raise ValueError("label PDFs need as many covariances as means")
        if not (np.isfinite(self.mean_M3).all() and (np.linalg.eigvalsh(self.covariance_M33) > 0).all()):
            raise ValueError("label PDFs need finite means and positive definite covariances")

    @property
    def sigma_M3(self) -> FloatArray:
        """Standard deviations of the members."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance_M33, axis1=1, axis2=2)))

    @property
    def mean(self) -> FloatArray:
        """The mean of the mixture."""
        return np.asarray(self.mean_M3.mean(axis=0))

    @property
    def sigma(self) -> FloatArray:
        """Standard deviations of the mixture, disagreement of the members included."""
        return np.asarray(np.sqrt((self.sigma_M3**2).mean(axis=0) + self.mean_M3.var(axis=0)))

    def with_floor(self, sigma_floor_3: FloatArray) -> LabelPdf:
        """No sigma below these: a variance on the diagonal may grow without harm to the covariance."""
        missing_M3 = np.maximum(np.asarray(sigma_floor_3) ** 2 - self.sigma_M3**2, 0.0)
        return replace(self, covariance_M33=self.covariance_M33 + missing_M3[:, :, None] * np.eye(3))

    def reach(self, sigmas: float) -> tuple[FloatArray, FloatArray]:
        """The box that holds every member out to so many sigmas."""
        return (
            np.asarray((self.mean_M3 - sigmas * self.sigma_M3).min(axis=0)),
            np.asarray((self.mean_M3 + sigmas * self.sigma_M3).max(axis=0)),
        )

    def kiel_density(self, teff_X: FloatArray, logg_Y: FloatArray) -> FloatArray:
        """Probability density over (log g, Teff), whatever [Fe/H] is; rows are log g."""
        density = np.zeros((len(logg_Y), len(teff_X)))
        for mean, covariance in zip(self.mean_M3[:, :2], self.covariance_M33[:, :2, :2], strict=True):
            precision = np.linalg.inv(covariance)
            x, y = teff_X[None, :] - mean[0], logg_Y[:, None] - mean[1]
            q = precision[0, 0] * x**2 + 2 * precision[0, 1] * x * y + precision[1, 1] * y**2
            density += np.exp(-0.5 * q) * np.sqrt(np.linalg.det(precision)) / (2 * np.pi)
        return np.asarray(density / len(self.mean_M3))


def gaussian_labels(values_3: FloatArray, sigmas_3: FloatArray) -> LabelPdf:
    """One Gaussian without correlation: what a catalogue or a user gives."""
    return LabelPdf(np.array([values_3], dtype=float), np.diag(np.square(np.asarray(sigmas_3, dtype=float)))[None])


def predicted_labels(labels: Mapping[str, Mixture], model: str) -> LabelPdf:
    """The members of an ensemble as they stand: their scatter is the covariance that networks never state."""
    missing = [key for key in PLACED_LABELS if key not in labels]
    if missing:
        raise StellarViewError(
            f"The model {model} cannot place a star.",
            f"It tells no {' and no '.join(missing)}.",
            "Choose a model for Teff, log g and [Fe/H], or give the values themselves.",
        )
    mean_M3 = np.stack([labels[key].mean_M for key in PLACED_LABELS], axis=1)
    sigma_M3 = np.stack([labels[key].sigma_M for key in PLACED_LABELS], axis=1)
    return LabelPdf(mean_M3, sigma_M3[:, :, None] ** 2 * np.eye(3))
