"""Explains an ensemble: every member by itself, then their mean and their scatter, in physical units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray
from stellarview.domain.attribution import Attribution
from stellarview.domain.errors import StellarViewError
from stellarview.domain.labels import LABELS
from stellarview.inference.cores import side_by_side
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explainers import EXPLAINERS
from stellarview.inference.explainers.occlusion import changes
from stellarview.inference.explanation import Member, Question, members_of
from stellarview.nets import ARCHITECTURES


@dataclass(frozen=True)
class WindowChange:
    """How much of the output goes when a window is replaced by the baseline, with the members' scatter."""

    low_angstrom: float
    high_angstrom: float
    change: float
    scatter: float
    unit: str


def explainers_for(ensemble: Ensemble) -> tuple[str, ...]:
    """The names of those that this network allows."""
    has_gap = ARCHITECTURES[ensemble.card.architecture].has_gap
    return tuple(name for name, row in EXPLAINERS.items() if has_gap or not row.needs_gap)


def explain(ensemble: Ensemble, question: Question, method: str = "integrated-gradients") -> Attribution:
    """The answer of one row of EXPLAINERS."""
    if method not in explainers_for(ensemble):
        raise StellarViewError(
            f"The model {ensemble.card.name} cannot be explained by {method!r}.",
            f"Its network {ensemble.card.architecture} allows {', '.join(explainers_for(ensemble))}.",
            "Choose one of these.",
        )
    row = EXPLAINERS[method]
    members = members_of(ensemble, question.output)
    answers = side_by_side([partial(row.explain, member, question) for member in members])
    values_ML = np.stack([answer.values_L.double().cpu().numpy() for answer in answers])
    notes = [f"member {index + 1}: {answer.note}" for index, answer in enumerate(answers) if answer.note]
    return _attribution(ensemble, question, (method, row.unit == "derivative"), values_ML, "; ".join(notes))


def average_partial_derivatives(
    ensemble: Ensemble, inputs_BL: FloatArray, question: Question, is_good_BL: BoolArray | None = None
) -> Attribution:
    """The mean saliency of a set of spectra (RRNet fig. 4), each pixel over the spectra where it is good.

    Of `question` the output and what describes the pixels count; its own spectrum does not.
    """
    good_BL = np.ones(np.shape(inputs_BL), dtype=bool) if is_good_BL is None else is_good_BL
    if not len(good_BL):
        raise ValueError("the average of no spectra is nothing")
    weight_BL = good_BL / np.maximum(good_BL.sum(axis=0), 1)

    def average(member: Member) -> FloatArray:
        total_L = np.zeros(good_BL.shape[1])
        for start in range(0, len(good_BL), 32):
            part = slice(start, start + 32)
            gradient_BL = member.gradients(member.tensor(inputs_BL[part])).double().cpu().numpy()
            total_L += (weight_BL[part] * gradient_BL).sum(axis=0)
        return np.asarray(total_L * question.per_cent_L)

    values = side_by_side([partial(average, member) for member in members_of(ensemble, question.output)])
    method = ("average partial derivatives", True)
    question = replace(question, is_good_L=np.asarray(good_BL.any(axis=0)))
    return _attribution(ensemble, question, method, np.stack(values), "")


def change_without(
    ensemble: Ensemble, question: Question, windows_angstrom: Sequence[tuple[float, float]]
) -> list[WindowChange]:
    """For each window (a line's, say) what the output loses without it; windows without good pixels change nothing."""
    ends = np.asarray(windows_angstrom, dtype=np.float64).reshape(-1, 2)
    wave_L = question.wavelength_angstrom_L
    windows_WL = (wave_L >= ends[:, :1]) & (wave_L <= ends[:, 1:]) & question.good_L
    members = members_of(ensemble, question.output)
    change_MW = np.stack(side_by_side([partial(changes, member, question, windows_WL) for member in members]))
    unit, mean_W, scatter_W = _unit(ensemble, question), change_MW.mean(axis=0), change_MW.std(axis=0)
    return [
        WindowChange(float(low), float(high), float(mean), float(scatter), unit)
        for (low, high), mean, scatter in zip(ends, mean_W, scatter_W, strict=True)
    ]


def _attribution(
    ensemble: Ensemble, question: Question, method: tuple[str, bool], values_ML: FloatArray, note: str
) -> Attribution:
    name, is_derivative = method
    unit = _unit(ensemble, question)
    return Attribution(
        method=name,
        label_key=question.output,
        unit=f"{unit} per {question.step_name}" if is_derivative else unit,
        values_L=np.where(question.good_L, values_ML.mean(axis=0), 0.0),
        scatter_L=np.where(question.good_L, values_ML.std(axis=0), 0.0),
        wavelength_angstrom_L=question.wavelength_angstrom_L,
        is_good_L=question.good_L,
        medium=question.medium,
        note=note,
        members_ML=np.where(question.good_L, values_ML, 0.0),
    )


def _unit(ensemble: Ensemble, question: Question) -> str:
    if ensemble.card.classes:
        return "logit"
    return LABELS[question.output].unit if question.output in LABELS else ""
