"""`stellarview evaluate`: how far a model is off, on spectra whose labels are known."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellarview.domain.labels import label_named
from stellarview.domain.results import Column
from stellarview.io.results import TABLE_ENDINGS, write_results
from stellarview.scene.figure import save_figure
from stellarview.scene.residuals import Residuals, build_residual_scene, label_text
from stellarview.workflow import load_model

if TYPE_CHECKING:
    from stellarview.domain.model_card import ModelCard
    from stellarview.training.evaluate import Answers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """MODEL SET... [--split test|all] [--labels TABLE] [--figure OUT] [--table OUT] [--json] [--device NAME]"""
    parser.add_argument("model", metavar="MODEL", help="name or folder of a model")
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET", help="HDF5 spectrum sets with labels")
    help_ = "test: what the model's card was made of, from its training sets; all: every spectrum of any sets"
    parser.add_argument("--split", choices=("test", "all"), default="test", help=help_)
    parser.add_argument("--labels", type=Path, metavar="TABLE", help="table of labels, where the sets have none")
    parser.add_argument("--figure", type=Path, metavar="OUT", help="draw the residuals to this .pdf, .svg or .png")
    parser.add_argument("--table", type=Path, metavar="OUT", help=f"a row a spectrum: {', '.join(TABLE_ENDINGS)}")
    parser.add_argument("--json", action="store_true", help="print all metrics as JSON")
    parser.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")


def run(options: argparse.Namespace) -> int:
    """Print the metrics; draw and write what is asked for."""
    from stellarview.training.evaluate import ask, judge

    model = load_model(options.model, options.device, lambda words: print(words, file=sys.stderr))
    answers = ask(model, options.sets, options.split, options.labels)
    metrics = judge(model.card, answers)
    if options.table:
        write_results(options.table, _rows(model.card, answers), _columns(model.card))
    if options.figure:
        spectra = "the test split" if options.split == "test" else "all spectra"
        title = f"{model.card.name}: {spectra} of {', '.join(path.name for path in options.sets)}"
        provenance = f"weights sha256 {model.card.weights_sha256}"
        save_figure(build_residual_scene(_residuals(model.card, answers), title, provenance), options.figure)
    print(json.dumps(metrics, indent=1, allow_nan=False) if options.json else metrics_text(metrics))
    if not options.json and any(scale.misfit for scale in model.card.labels):
        print("Sigma here is that of noise and members; what predictions add for synthetic spectra is left out.")
    return 0


def metrics_text(metrics: dict[str, Any]) -> str:
    """The metrics for the eye: a line a label, or the confusion matrix."""
    if "labels" in metrics:
        lines = [f"{'label':<10}{'n':>6}{'bias':>22}{'scatter':>10}{'MAE':>10}{'rms':>10}  in 68%  in 95%  pull  unit"]
        return "\n".join([*lines, *(_label_line(key, facts) for key, facts in metrics["labels"].items())])
    names = list(metrics["classes"])
    lines = [f"accuracy {metrics['accuracy']:.4f} of {metrics['n']} spectra", f"{'true':<12}" + _cells([*names])]
    for name, row in zip(names, metrics["confusion"], strict=True):
        facts = metrics["classes"][name]
        scores = "  ".join(f"{key} {facts[key]:.4f}" for key in ("precision", "recall", "f1") if facts[key] is not None)
        lines.append(f"{name:<12}{_cells(row)}   {scores}")
    return "\n".join(lines)


def _label_line(key: str, facts: dict[str, Any]) -> str:
    if not facts["n"]:
        return f"{key:<10}{0:>6}  no spectrum with a known value"
    error = facts["rms"] / facts["n"] ** 0.5
    digits = max(0, 1 - math.floor(math.log10(error))) if error > 0 else 3
    numbers = "".join(f"{facts[name]:>10.4g}" for name in ("scatter", "mae", "rms"))
    shares = f"{facts['within_68']:>8.1%}{facts['within_95']:>8.1%}{facts['pull_width']:>6.2f}"
    half = f"  {facts['within_half_subtype']:.1%} within half a subtype" if key == "subtype" else ""
    bias = f"{facts['bias']:+.{digits}f} ± {error:.{digits}f}"
    return f"{key:<10}{facts['n']:>6}{bias:>22}{numbers}{shares}  {label_text(key)[1]}{half}"


def _cells(values: list[Any]) -> str:
    return "".join(f"{value!s:>10}" for value in values)


def _columns(card: ModelCard) -> tuple[Column, ...]:
    classes = [Column(f"p_{name.lower()}", "number", f"probability of {name}") for name in card.classes]
    labels = [
        Column(scale.key + ending, "number", words, label_named(scale.key).unit)
        for scale in card.labels
        for ending, words in (("_true", "as given with the set"), ("", "as the model tells"), ("_sigma", "its sigma"))
    ]
    return (
        Column("file", "text", "the file or the set's row"),
        Column("snr", "number", "signal to noise"),
        *([Column("true", "text", "class as given"), Column("told", "text", "class as told")] if classes else []),
        *classes,
        *labels,
    )


def _rows(card: ModelCard, answers: Answers) -> list[dict[str, Any]]:
    told_BK = answers.told_MBK.mean(axis=0)
    rows: list[dict[str, Any]] = []
    for i, name in enumerate(answers.name_B):
        row: dict[str, Any] = {"file": str(name), "snr": float(answers.snr_B[i])}
        if card.classes:
            row |= {"true": card.classes[int(answers.truth_BK[i, 0])], "told": card.classes[int(told_BK[i].argmax())]}
            row |= {f"p_{key.lower()}": float(told_BK[i, k]) for k, key in enumerate(card.classes)}
        for k, scale in enumerate(card.labels):
            sigma = (answers.sigma_MBK[:, i, k] ** 2).mean() + answers.told_MBK[:, i, k].var()
            row |= {f"{scale.key}_true": float(answers.truth_BK[i, k]), scale.key: float(told_BK[i, k])}
            row[f"{scale.key}_sigma"] = float(sigma**0.5)
        rows.append(row)
    return rows


def _residuals(card: ModelCard, answers: Answers) -> list[Residuals]:
    told_BK, truth_BK = answers.told_MBK.mean(axis=0), answers.truth_BK
    if card.classes:
        of_class = [truth_BK[:, 0] == k for k in range(len(card.classes))]
        return [
            Residuals(name, None, told_BK[chosen_B, k], answers.snr_B[chosen_B])
            for k, (name, chosen_B) in enumerate(zip(card.classes, of_class, strict=True))
        ]
    return [
        Residuals(scale.key, truth_BK[:, k], told_BK[:, k] - truth_BK[:, k], answers.snr_B)
        for k, scale in enumerate(card.labels)
    ]
