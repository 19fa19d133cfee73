"""Is an explanation true? The pixels that it names are taken away, or put in first, and the prediction must follow.

An order by an explanation is compared with random orders: only the ratio of their areas says anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.attribution import Attribution
from stellarview.domain.faithfulness import CURVE_PERCENT, Faithfulness
from stellarview.inference.cores import side_by_side
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explain import explain
from stellarview.inference.explanation import Member, Question, members_of


class NoWayToGo(ValueError):
    """The model says of a spectrum just what it says of its baseline: no order of pixels can be better than another."""


_MARKS = np.array(CURVE_PERCENT) / 100.0
# In label standard deviations or logits: a shorter way is rounding.
_NEGLIGIBLE = 1e-4
# The first pixel alone cannot do more than this.
_LEAST_AREA = 1e-4


@dataclass(frozen=True, eq=False)
class FaithfulnessCurve:
    """How far the ensemble's output is from where it will end, in parts of the whole way, as pixels are changed.

    It starts at 1 and ends at 0; the sooner it falls, the better the pixels were chosen.
    """

    share_of_pixels_S: FloatArray
    left_S: FloatArray

    @property
    def area(self) -> float:
        """Between 0 (the first pixel did it all) and about 0.5 (any order)."""
        return float(np.trapezoid(self.left_S, self.share_of_pixels_S))


def deletion_curve(
    ensemble: Ensemble, question: Question, attribution: Attribution, steps: int = 50
) -> FaithfulnessCurve:
    """Good pixels are replaced by the baseline, the most important ones first."""
    return _curve(ensemble, question, attribution, steps, (question.input_L, question.start_L))


def insertion_curve(
    ensemble: Ensemble, question: Question, attribution: Attribution, steps: int = 50
) -> FaithfulnessCurve:
    """Into the baseline good pixels of the spectrum are put, the most important ones first."""
    return _curve(ensemble, question, attribution, steps, (question.start_L, question.input_L))


def in_random_order(attribution: Attribution, seed: int) -> Attribution:
    """The same values on other pixels: what an explanation must beat."""
    values_L = np.random.default_rng(seed).permutation(attribution.values_L.size) + 1.0
    return replace(
        attribution, method="random", values_L=np.where(attribution.is_good_L, values_L, 0.0), members_ML=None
    )


def measure_faithfulness(
    ensemble: Ensemble, questions: Sequence[Question], method: str, n_random: int = 3
) -> Faithfulness:
    """Deletion and insertion summed up over a validation set, all asked for the same output.

    Spectra of which the model says just what it says of the baseline have no way to go and tell nothing.
    """
    if len({question.output for question in questions}) != 1:
        raise ValueError("faithfulness is measured on questions about one output")
    found = [_measure(ensemble, question, method, n_random) for question in questions]
    told = np.array([one for one in found if one is not None])
    if not len(told):
        raise ValueError("the model says of all these spectra what it says of the baseline")
    area_SCO, left_COP = told[..., 0], np.median(told[..., 1:], axis=0)
    factor_SC = area_SCO[..., 1] / area_SCO[..., 0]
    low_C, factor_C, high_C = np.percentile(factor_SC, [16.0, 50.0, 84.0], axis=0).tolist()
    return Faithfulness(
        method=method,
        label=questions[0].output,
        n_spectra=len(told),
        deletion_factor=factor_C[0],
        deletion_scatter=(high_C[0] - low_C[0]) / 2,
        insertion_factor=factor_C[1],
        insertion_scatter=(high_C[1] - low_C[1]) / 2,
        deletion_left=tuple(left_COP[0, 0].tolist()),
        random_deletion_left=tuple(left_COP[0, 1].tolist()),
        insertion_left=tuple(left_COP[1, 0].tolist()),
        random_insertion_left=tuple(left_COP[1, 1].tolist()),
    )


def _measure(ensemble: Ensemble, question: Question, method: str, n_random: int) -> FloatArray | None:
    """For deletion and insertion (C), in the explanation's and in random order (O): area and points of the curve."""
    said = explain(ensemble, question, method)
    orders = (said, *(in_random_order(said, seed) for seed in range(n_random)))
    try:
        numbers = [[_summary(curve(ensemble, question, order)) for order in orders] for curve in _CURVES]
    except NoWayToGo:
        return None
    return np.array([[of_curve[0], np.mean(of_curve[1:], axis=0)] for of_curve in numbers])


def _summary(curve: FaithfulnessCurve) -> FloatArray:
    points = np.interp(_MARKS, curve.share_of_pixels_S, curve.left_S)
    return np.array([max(curve.area, _LEAST_AREA), *points])


_CURVES = (deletion_curve, insertion_curve)


def _values(member: Member, inputs_SL: FloatArray) -> FloatArray:
    return np.asarray(member.values(member.tensor(inputs_SL)).double().cpu().numpy())


def _curve(
    ensemble: Ensemble, question: Question, attribution: Attribution, steps: int, ends: tuple[FloatArray, FloatArray]
) -> FaithfulnessCurve:
    order = np.argsort(-attribution.magnitude_L, kind="stable")
    order = order[question.good_L[order] & attribution.is_good_L[order]]
    shares = np.concatenate([np.linspace(0, 1, steps + 1), _MARKS])
    counts = np.unique((shares * order.size).round().astype(int))
    rank_L = np.full(question.input_L.size, question.input_L.size)
    rank_L[order] = np.arange(order.size)
    inputs_SL = np.where(rank_L < counts[:, None], ends[1], ends[0])
    members = members_of(ensemble, question.output)
    values = side_by_side([partial(_values, member, inputs_SL) for member in members])
    value_S = np.mean(values, axis=0)
    whole = abs(float(value_S[0] - value_S[-1]))
    if whole <= _NEGLIGIBLE * members[0].scale:
        raise NoWayToGo("the prediction does not change between the spectrum and its baseline")
    return FaithfulnessCurve(counts / order.size, np.abs(value_S - value_S[-1]) / whole)
