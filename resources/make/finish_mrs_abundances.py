"""Puts into the card of mrs-abundances what training leaves out: errors at S/N 50, and how faithful explanations are.

    nice python resources/make/finish_mrs_abundances.py RUN/mrs-abundances mrs-snr50.h5 models/mrs-abundances
    python resources/make/finish_mrs_abundances.py models/mrs-abundances mrs-train.h5

The second form draws the residuals of a few labels for the test split of the training set. Explanations are measured
for three labels alone: for seventeen they would take longer than the training.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from stellarview.domain.faithfulness import Faithfulness
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explain import explainers_for
from stellarview.inference.faithfulness import measure_faithfulness
from stellarview.inference.questions import question_about
from stellarview.io.models import read_model, write_model
from stellarview.io.sets import open_spectrum_set
from stellarview.recipes import recipe_from_json
from stellarview.scene.figure import save_figure
from stellarview.scene.residuals import Residuals, build_residual_scene
from stellarview.training.evaluate import ask, judge
from stellarview.workflow import prepare

LABELS, METHODS = ("teff", "logg", "feh"), ("integrated-gradients", "saliency", "hires-cam")
SPECTRA = 8
DRAWN = ("teff", "logg", "feh", "kh")
FIGURE = Path(__file__).resolve().parents[2] / "docs/images/mrs-abundances-residuals.png"
COMMAND = "stellarview train resources/training/mrs-abundances.toml"


def main(trained: Path, judged_by: Path, folder: Path) -> None:
    """Read the trained model, judge it, write it where it is shipped."""
    torch.set_num_threads(1)
    stored = read_model(trained)
    model = Ensemble(stored, torch.device("cpu"))
    metrics = {**stored.card.metrics, "synthetic_snr_50": at_snr_50(model, judged_by)}
    card = replace(
        stored.card,
        metrics=metrics,
        training={**stored.card.training, "command": COMMAND},
        faithfulness=tuple(faithfulness(model, judged_by)),
    )
    write_model(folder, card, stored.tensors)
    print("\n".join(one.sentence for one in card.faithfulness))


def at_snr_50(model: Ensemble, path: Path) -> dict[str, Any]:
    """Metrics without their parts, for all of these stars."""
    found = judge(model.card, ask(model, [path], "all"))
    labels = found["labels"].items()
    return {"n": found["n"], "labels": {key: _whole(facts) for key, facts in labels}}


def _whole(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if not isinstance(value, list)}


def faithfulness(model: Ensemble, path: Path) -> list[Faithfulness]:
    """One entry for each label and way of explaining."""
    recipe = recipe_from_json(model.card.recipe)
    with open_spectrum_set(path) as spectra:
        rows = np.linspace(0, len(spectra) - 1, SPECTRA).astype(int)
        ready = prepare([spectra[int(row)] for row in rows], recipe)
    found = []
    for label in LABELS:
        questions = [question_about(one, recipe, label) for one in ready]
        ways = [method for method in METHODS if method in explainers_for(model)]
        found += [measure_faithfulness(model, questions, method) for method in ways]
    return found


def draw(folder: Path, training_set: Path) -> None:
    """Residuals by label and by S/N."""
    model = Ensemble(read_model(folder), torch.device("cpu"))
    given = ask(model, [training_set])
    told_BK, keys = given.told_MBK.mean(axis=0), list(model.card.outputs)
    residuals = [
        Residuals(key, given.truth_BK[:, k], told_BK[:, k] - given.truth_BK[:, k], given.snr_B)
        for key, k in ((key, keys.index(key)) for key in DRAWN)
    ]
    title = f"{model.card.name}: the test split of its training set"
    save_figure(build_residual_scene(residuals, title, f"weights sha256 {model.card.weights_sha256}"), FIGURE)


if __name__ == "__main__":
    arguments = [Path(argument) for argument in sys.argv[1:]]
    main(*arguments) if len(arguments) == 3 else draw(*arguments)
