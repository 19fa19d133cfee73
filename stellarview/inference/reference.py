"""What a model must not forget: a few hundred inputs, each the mean of ten training spectra that look alike to it."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import FloatArray, IntArray

# No single spectrum can be told from a mean of ten.
STARS_IN_A_MEAN = 10
_MOST_MEANS = 200
_MOST_BYTES = 1_500_000
_STARS_PER_MEAN = 2  # fewer means than stars / 2: they would repeat each other


def fit_reference(features_BF: FloatArray, input_BL: FloatArray) -> FloatArray | None:
    """Mean inputs (C, L), spread evenly over what the features tell apart; None where there are too few spectra."""
    count = min(_MOST_MEANS, len(input_BL) // _STARS_PER_MEAN, _MOST_BYTES // (2 * input_BL.shape[1]))
    if len(input_BL) < 2 * STARS_IN_A_MEAN or count < 1:
        return None
    scatter_F = features_BF.std(axis=0, dtype=np.float64)
    scaled_BF = (features_BF / np.where(scatter_F > 0, scatter_F, 1.0)).astype(np.float32)
    groups = [_nearest(scaled_BF, centre) for centre in spread(scaled_BF, count)]
    means_CL = np.array([input_BL[group].mean(axis=0, dtype=np.float64) for group in groups])
    return np.asarray(np.clip(means_CL, -6e4, 6e4).astype(np.float16))


def spread(points_BF: FloatArray, count: int) -> IntArray:
    """Rows far from each other (greedy k-centre): the one nearest to the middle first, then always the loneliest."""
    distance_B = _distance_B(points_BF, points_BF.mean(axis=0))
    chosen = [int(distance_B.argmin())]
    distance_B = _distance_B(points_BF, points_BF[chosen[0]])
    while len(chosen) < min(count, len(points_BF)):
        chosen.append(int(distance_B.argmax()))
        distance_B = np.minimum(distance_B, _distance_B(points_BF, points_BF[chosen[-1]]))
    return np.array(chosen)


def _nearest(points_BF: FloatArray, row: int) -> IntArray:
    return np.asarray(np.argsort(_distance_B(points_BF, points_BF[row]), kind="stable")[:STARS_IN_A_MEAN])


def _distance_B(points_BF: FloatArray, point_F: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm(points_BF - point_F, axis=1))
