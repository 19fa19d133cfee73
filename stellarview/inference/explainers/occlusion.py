"""Occlusion (Zeiler and Fergus 2014): a stretch of spectrum is replaced by the baseline, and the output answers."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import BoolArray
from stellarview.inference.explanation import Explained, Member, Question

# 4 A in RRNet's spectra; more stretches cost time, fewer blur lines together.
_MOST_STRETCHES = 180


def occlude(member: Member, question: Question) -> Explained:
    """The output less the output without the stretch, shared equally by the stretch's good pixels."""
    stretch = -(-question.input_L.size // _MOST_STRETCHES)
    of_stretch_L = np.arange(question.input_L.size) // stretch
    windows_WL = (of_stretch_L == np.arange(of_stretch_L[-1] + 1)[:, None]) & question.good_L
    change_W = changes(member, question, windows_WL)
    pixels_W = np.maximum(windows_WL.sum(axis=1), 1)
    return Explained(member.tensor(windows_WL.T @ (change_W / pixels_W)))


def changes(member: Member, question: Question, windows_WL: BoolArray) -> np.ndarray:
    """For each window, how much smaller the output is without it, (W,)."""
    occluded_WL = np.where(windows_WL, question.start_L, question.input_L)
    values = member.values(member.tensor(np.concatenate([question.input_L[None], occluded_WL])))
    values_W1 = values.double().cpu().numpy()
    return np.asarray(values_W1[0] - values_W1[1:])
