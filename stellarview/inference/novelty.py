"""How unlike the training set a spectrum is, in the features that the networks themselves look at.

For each member, principal components of its training features span what it has seen. A spectrum's distance counts its
coordinates along them in units of their training scatter, and what sticks out of them in units of what stuck out then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import FloatArray
from stellarview.domain.prediction import Novelty

_PREFIX = "novelty."
_MOST_COMPONENTS = 32
_QUANTILES = 2001


def fit_novelty(features_MBF: FloatArray) -> dict[str, NDArray[np.float32]]:
    """The reference that travels with a model's weights, from the features of its training set.

    The components come from every second spectrum and the distances from the others: a spectrum that helped to find
    the components always seems closer than a fresh one.
    """
    fitted_MBF, judged_MBF = features_MBF[:, ::2].astype(np.float64), features_MBF[:, 1::2]
    n_components = min(_MOST_COMPONENTS, fitted_MBF.shape[1] - 1, fitted_MBF.shape[2])
    parts: dict[str, list[FloatArray]] = {"mean": [], "components": [], "scatter": [], "beyond": []}
    for features_BF in fitted_MBF:
        mean = features_BF.mean(axis=0)
        components = np.linalg.svd(features_BF - mean, full_matrices=False)[2][:n_components]
        inside = (features_BF - mean) @ components.T
        beyond = np.linalg.norm(features_BF - mean - inside @ components, axis=1)
        parts["mean"].append(mean)
        parts["components"].append(components)
        parts["scatter"].append(np.maximum(inside.std(axis=0), 1e-6 * max(float(inside.std()), 1e-12)))
        parts["beyond"].append(
            np.array(max(float(np.sqrt((beyond**2).mean())), 1e-6 * float(np.abs(features_BF).max()) + 1e-12))
        )
    reference = {name: np.stack(values).astype(np.float32) for name, values in parts.items()}
    distances = _distance_B(judged_MBF, reference)
    reference["quantiles"] = np.quantile(distances, np.linspace(0, 1, _QUANTILES)).astype(np.float32)
    return {f"{_PREFIX}{name}": array for name, array in reference.items()}


def novelties(features_MBF: FloatArray, tensors: Mapping[str, NDArray[Any]]) -> list[Novelty] | None:
    """One novelty a spectrum; None where the model carries no reference."""
    if f"{_PREFIX}quantiles" not in tensors:
        return None
    reference = {name.removeprefix(_PREFIX): array for name, array in tensors.items() if name.startswith(_PREFIX)}
    distances = _distance_B(features_MBF, reference)
    percentiles = 100.0 * np.searchsorted(reference["quantiles"], distances) / len(reference["quantiles"])
    return [Novelty(float(d), float(p)) for d, p in zip(distances, percentiles, strict=True)]


def _distance_B(features_MBF: FloatArray, reference: Mapping[str, NDArray[Any]]) -> FloatArray:
    """Root mean square over directions and members: 1 is typical of the training set."""
    centred = features_MBF.astype(np.float64) - reference["mean"][:, None, :]
    inside = np.einsum("mbf,mkf->mbk", centred, reference["components"])
    beyond = np.linalg.norm(centred - np.einsum("mbk,mkf->mbf", inside, reference["components"]), axis=2)
    along = ((inside / reference["scatter"][:, None, :]) ** 2).mean(axis=2)
    return np.asarray(np.sqrt((0.5 * along + 0.5 * (beyond / reference["beyond"][:, None]) ** 2).mean(axis=0)))
