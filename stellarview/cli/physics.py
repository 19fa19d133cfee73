"""`stellarview explain --method physics`: what a network looked at beside what physics says, of one label or of all."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stellarview.cli.line_shares import line_facts, line_sentences
from stellarview.domain.attribution import Attribution, LineShare
from stellarview.domain.explained import PhysicsExplained
from stellarview.domain.labels import LABELS, label_named
from stellarview.domain.spectrum import Spectrum
from stellarview.scene.figure import save_figure
from stellarview.scene.physics import agreement_text
from stellarview.workflow import explain_by_physics, physics_scene

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble

ALL = "all"
_MOST_LINES = 5


def run_physics(options: argparse.Namespace, spectrum: Spectrum, model: Ensemble, key: str) -> int:
    """Print how far network and physics agree, and on which lines; draw the figure where one is asked for."""
    keys = [output for output in model.card.outputs if output in LABELS] if key == ALL else [key]
    explained = explain_by_physics(spectrum, model, keys, options.rv)
    if options.figure:
        save_figure(physics_scene(explained), options.figure)
    if options.json:
        facts = [_facts(one) for one in explained]
        print(json.dumps(facts if key == ALL else facts[0], indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print(_table(explained) if key == ALL else _text(explained[0]))
    return 0


def _facts(one: PhysicsExplained) -> dict[str, Any]:
    bounded = one.bounded
    return {
        "label": one.network.label_key,
        "method": "physics",
        "model": one.model,
        "unit": one.best.attribution.unit,
        "correlation": one.best.correlation,
        "correlation_members_scatter": one.best.scatter,
        "correlation_all_else_known": one.own.correlation,
        "bound": _finite(bounded.bound),
        "bound_unit": label_named(one.network.label_key).unit,
        "judged_by": bounded.told_by,
        "judged_by_bound": _finite(bounded.bound_of_told_by),
        "population_sigma": bounded.population,
        "prior_dominated": bounded.is_prior_dominated,
        "note": one.best.attribution.note,
        "lines": line_facts(one.network_lines),
        "physics_lines": line_facts(one.best.lines),
        "own_lines": line_facts(one.own.lines),
    }


def _finite(value: float) -> float | None:
    """JSON knows no infinity: a bound that does not exist is null."""
    return value if math.isfinite(value) else None


def _text(one: PhysicsExplained) -> str:
    name, best, own = label_named(one.network.label_key).text, one.best, one.own
    return "\n".join(
        [
            f"{name}: network and physics, {agreement_text(best)}.",
            *_lines("What the network looked at (saliency):", one.network, one.network_lines),
            *_lines("What physics says, nothing else known:", best.attribution, best.lines),
            *_lines(f"What it says, all else known ({agreement_text(own)}):", own.attribution, own.lines),
            _bound_text(one),
            *([best.attribution.note] if best.attribution.note else []),
        ]
    )


def _lines(title: str, attribution: Attribution, lines: Sequence[LineShare]) -> list[str]:
    said = line_sentences(lines, attribution.unit)[:_MOST_LINES] or ["no named line"]
    return [title, *(f"  {sentence}" for sentence in said)]


def _bound_text(one: PhysicsExplained) -> str:
    bounded, label = one.bounded, label_named(one.network.label_key)
    least = f"{bounded.bound:.2g} {label.unit}" if math.isfinite(bounded.bound) else "infinite"
    verdict = "prior-dominated" if bounded.is_prior_dominated else "measurable"
    return f"Smallest possible sigma of {label.text} in this spectrum, nothing else known: {least} ({verdict})."


def _first(lines: Sequence[LineShare]) -> str:
    return next((one.name for one in lines if one.stands_out), "-")


def _table(explained: Sequence[PhysicsExplained]) -> str:
    rows = [f"{'label':<8} {'correlation':<16} {'bound':>12}  {'verdict':<16} network's line; its own"]
    for one in explained:
        label, bounded = label_named(one.network.label_key), one.bounded
        least = f"{bounded.bound:.2g} {label.unit}" if math.isfinite(bounded.bound) else "none"
        verdict = "prior-dominated" if bounded.is_prior_dominated else "measurable"
        correlation = "no line" if one.best.correlation is None else agreement_text(one.best).split(" ", 1)[1]
        first = "; ".join(_first(lines) for lines in (one.network_lines, one.own.lines))
        rows.append(f"{label.text:<8} {correlation:<16} {least:>12}  {verdict:<16} {first}")
    note = explained[0].best.attribution.note
    return "\n".join([*rows, *([note] if note else [])])
