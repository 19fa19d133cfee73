"""Is an explanation true? The pixels that it names are taken away, or put in first, and the prediction must follow.

An order by an explanation is compared with random orders: only the ratio of their areas says anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.attribution import Attribution
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explanation import Question, members_of


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
    return replace(attribution, method="random", values_L=np.where(attribution.is_good_L, values_L, 0.0))


def _curve(
    ensemble: Ensemble, question: Question, attribution: Attribution, steps: int, ends: tuple[FloatArray, FloatArray]
) -> FaithfulnessCurve:
    order = np.argsort(-attribution.magnitude_L, kind="stable")
    order = order[question.good_L[order] & attribution.is_good_L[order]]
    counts = np.unique(np.linspace(0, order.size, steps + 1).round().astype(int))
    rank_L = np.full(question.input_L.size, question.input_L.size)
    rank_L[order] = np.arange(order.size)
    inputs_SL = np.where(rank_L < counts[:, None], ends[1], ends[0])
    members = members_of(ensemble, question.output)
    value_S = np.mean([member.values(member.tensor(inputs_SL)).double().cpu().numpy() for member in members], axis=0)
    whole = abs(float(value_S[0] - value_S[-1]))
    if whole == 0.0:
        raise ValueError("the prediction does not change at all between the spectrum and its baseline")
    return FaithfulnessCurve(counts / order.size, np.abs(value_S - value_S[-1]) / whole)
