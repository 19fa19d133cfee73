"""How far a new model's explanations can be trusted, measured on spectra that it was not trained on, for its card."""

from __future__ import annotations

import numpy as np

from stellarview.domain.arrays import IntArray
from stellarview.domain.faithfulness import Faithfulness
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explain import explainers_for
from stellarview.inference.explanation import Question
from stellarview.inference.faithfulness import measure_faithfulness
from stellarview.training.task import Task

# What a reader is shown first: the default, the strip under a spectrum, and the colour on it.
_METHODS = ("integrated-gradients", "saliency", "cam", "hires-cam")


def trust(task: Task, model: Ensemble, rows: IntArray) -> tuple[Faithfulness, ...]:
    """One entry for each way of asking and each output, on so many spectra as the configuration says."""
    count = task.config.model.faithfulness
    chosen = rows[np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(int)] if count else rows[:0]
    if not len(chosen):
        return ()
    methods = [method for method in _METHODS if method in explainers_for(model)]
    found = []
    for output in model.card.outputs:
        questions = _questions(task, chosen, output)
        for method in methods:
            try:
                found.append(measure_faithfulness(model, questions, method))
            except ValueError:  # the model says the same of all of them: there is nothing to explain
                continue
    return tuple(found)


def _questions(task: Task, rows: IntArray, output: str) -> list[Question]:
    spectra = task.dataset.rows(rows)
    scale_L = None if task.standardise is None else np.array(task.standardise.std)
    position_L = np.arange(spectra.flux_BL.shape[1], dtype=np.float64)  # order is all that counts here
    inputs_BL = spectra.inputs(task.standardise)
    return [
        Question(inputs_BL[row], output, position_L, spectra.good_BL[row], pixel_scale_L=scale_L)
        for row in range(len(spectra))
    ]
