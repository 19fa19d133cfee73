"""Whether the training set had such a combination of labels: Teff and log g may each be in range, and no star so.

A star's loneliness is the distance to its fifth neighbour among the training stars, in labels scaled by their scatter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import BoolArray, FloatArray

_PREFIX = "extrapolation."
_MOST_STARS = 4096
_NEIGHBOUR = 5
_ROWS_AT_ONCE = 256

# Further from the training stars than 99% of themselves is beyond them. More would let a few stars in the corners of
# the diagram spread over all that lies between.
LONELY_PERCENTILE = 99.0


def fit_extrapolation(labels_BK: FloatArray) -> dict[str, NDArray[np.float32]]:
    """The reference that travels with a model's weights: labels of its training set, in the order of the card.

    Rows with an unknown label do not count; of many stars an even share is kept.
    """
    known = labels_BK[np.isfinite(labels_BK).all(axis=1)].astype(np.float64)
    kept = known[:: max(1, -(-len(known) // _MOST_STARS))]
    if len(kept) <= _NEIGHBOUR:
        raise ValueError(f"{len(kept)} stars with all labels are too few to know where there are none")
    scatter = kept.std(axis=0)
    scale = np.where(scatter > 0, scatter, 1.0)
    stars = kept / scale
    reach = np.percentile(_loneliness_B(stars, stars, _NEIGHBOUR + 1), LONELY_PERCENTILE)  # each is its own neighbour
    return {
        f"{_PREFIX}stars": stars.astype(np.float32),
        f"{_PREFIX}scale": scale.astype(np.float32),
        f"{_PREFIX}reach": np.array([reach], dtype=np.float32),
    }


def are_beyond(labels_BK: FloatArray, tensors: Mapping[str, NDArray[Any]]) -> BoolArray | None:
    """True for labels that no training star comes near; None where the model carries no reference."""
    if f"{_PREFIX}stars" not in tensors:
        return None
    stars, scale, reach = (tensors[f"{_PREFIX}{name}"].astype(np.float64) for name in ("stars", "scale", "reach"))
    return np.asarray(_loneliness_B(labels_BK / scale, stars, _NEIGHBOUR) > max(float(reach[0]), 1e-6))


def _loneliness_B(labels_BK: FloatArray, stars_SK: FloatArray, neighbour: int) -> FloatArray:
    blocks = [labels_BK[start : start + _ROWS_AT_ONCE] for start in range(0, len(labels_BK), _ROWS_AT_ONCE)]
    return np.concatenate([_distance_B(block, stars_SK, neighbour) for block in blocks])


def _distance_B(labels_BK: FloatArray, stars_SK: FloatArray, neighbour: int) -> FloatArray:
    """Distance to the n-th nearest star, label by label summed: no (B, S, K) array."""
    squares = np.zeros((len(labels_BK), len(stars_SK)))
    for label_B, star_S in zip(labels_BK.T, stars_SK.T, strict=True):
        squares += (label_B[:, None] - star_S) ** 2
    return np.asarray(np.sqrt(np.partition(squares, neighbour - 1, axis=1)[:, neighbour - 1]))
