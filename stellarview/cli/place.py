"""`stellarview place`: a star among the isochrones, by values that are given or by a model's answer to its spectrum."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from stellarview.cli.outputs import refuse_to_replace
from stellarview.domain.errors import StellarViewError
from stellarview.domain.label_pdf import PLACED_LABELS, LabelPdf, gaussian_labels, predicted_labels
from stellarview.domain.labels import LABELS
from stellarview.domain.placement import Estimate, Placement
from stellarview.io.models import usual_model
from stellarview.io.names import printable
from stellarview.isochrones.priors import INITIAL_MASS_FUNCTIONS, Prior
from stellarview.scene.figure import save_figure
from stellarview.scene.hr import HrStar
from stellarview.workflow import hr_scene, load_model, open_spectrum, place, predict

_QUANTITIES = {
    "age_gyr": ("age", "Gyr"),
    "mass_msun": ("mass", "solar masses"),
    "radius_rsun": ("radius", "solar radii"),
    "luminosity_lsun": ("luminosity", "solar luminosities"),
}
_SAMPLES = 2000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--teff K --logg DEX --feh DEX | FILE --model NAME, [--figure OUT] [--grid NAME] [--json] and priors"""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a spectrum, whose labels a model tells")
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="a model that tells Teff, log g and [Fe/H]; without, the usual one",
    )
    for key, unit, sigma in (("teff", "K", 50.0), ("logg", "DEX", 0.05), ("feh", "DEX", 0.03)):
        parser.add_argument(f"--{key}", type=float, metavar=unit)
        parser.add_argument(f"--sigma-{key}", type=float, metavar=unit, default=sigma, help=f"default {sigma:g}")
    parser.add_argument("--grid", metavar="NAME", help="default: your own first grid, else the embedded curves")
    parser.add_argument("--imf", default="chabrier", help=f"initial mass function: {', '.join(INITIAL_MASS_FUNCTIONS)}")
    parser.add_argument("--age-prior", default="flat", help="flat (in age) or log (flat in its logarithm)")
    parser.add_argument("--oldest", type=float, default=13.8, metavar="GYR", help="default 13.8")
    parser.add_argument("--pre-main-sequence", action="store_true", help="let it be a contracting star too")
    parser.add_argument("--figure", type=Path, metavar="OUT", help="draw the HR diagram to this .pdf, .svg or .png")
    parser.add_argument("--luminosity", action="store_true", help="draw luminosity instead of log g")
    parser.add_argument("--ages", default="", metavar="GYR,...", help="ages of the curves in the figure")
    parser.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the posterior; draw the figure where one is asked for."""
    prior = Prior(options.imf, options.age_prior, options.oldest, options.pre_main_sequence)
    ages = _ages(options.ages)
    name, labels = _labels(options)
    (placement,) = place([labels], options.grid, prior, _SAMPLES if options.luminosity else 0)
    if options.figure:
        if options.file:
            refuse_to_replace(options.file, options.figure)
        vertical = "luminosity" if options.luminosity else "logg"
        scene, note = hr_scene([HrStar(name, labels, placement)], ages, options.grid, vertical=vertical)
        save_figure(scene, options.figure, width_inch=6.5)
        if note:
            print(f"Curves of the figure: {note}", file=sys.stderr)
    facts = placement_facts(name, labels, placement)
    print(json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False) if options.json else _text(facts, placement))
    return 0


def _labels(options: argparse.Namespace) -> tuple[str, LabelPdf]:
    values = [options.teff, options.logg, options.feh]
    sigmas = [options.sigma_teff, options.sigma_logg, options.sigma_feh]
    if options.file and values == [None] * 3:
        spectrum = open_spectrum(options.file)
        model = load_model(options.model or usual_model(spectrum.instrument, PLACED_LABELS), options.device)
        (prediction,) = predict([spectrum], model)
        if isinstance(prediction, StellarViewError):
            raise prediction
        name = spectrum.header.designation or spectrum.source.file_name
        return printable(name), predicted_labels(prediction.labels, prediction.model)
    if options.file or options.model or None in values:
        raise StellarViewError(
            "It is not clear which star is meant.",
            "A star is given by --teff, --logg and --feh, or by a FILE.",
            "Give one of the two, and all of it.",
        )
    if not (all(math.isfinite(v) for v in (*values, *sigmas)) and min(sigmas) > 0 and 1e3 <= options.teff <= 1e6):
        raise StellarViewError(
            "No star has these values.",
            "Teff must lie between 1000 and 1,000,000 K, and sigmas above 0.",
            "Check the values and their units.",
        )
    name = f"Teff {values[0]:.0f} K, log g {values[1]:.2f}, [Fe/H] {values[2]:+.2f}"
    return name, gaussian_labels(np.array(values), np.array(sigmas))


def _ages(text: str) -> tuple[float, ...]:
    if not text:
        return ()
    try:
        ages = tuple(float(part) for part in text.split(","))
    except ValueError:
        ages = (math.nan,)
    if not all(0 < age < 30 for age in ages):
        raise StellarViewError(
            f"{text!r} are no ages.", "Ages are numbers of Gyr above 0, with commas.", "Give --ages 1,5,10."
        )
    return ages


def placement_facts(name: str, labels: LabelPdf, placement: Placement) -> dict[str, Any]:
    """Everything for a program; what is not known is null."""
    facts: dict[str, Any] = {"star": name}
    for place_, key in enumerate(("teff", "logg", "feh")):
        facts |= {key: float(labels.mean[place_]), f"{key}_sigma": float(labels.sigma[place_])}
    for key in _QUANTITIES:
        facts[key] = _estimate_facts(getattr(placement, key))
    return facts | {
        "phases": {phase: round(share, 6) for phase, share in placement.phases.items()},
        "constrained": placement.is_age_constrained,
        "age_bits": round(placement.age_bits, 4),
        "on_grid": placement.is_on_grid,
        "shortfall": placement.shortfall or None,
        "distance_sigmas": placement.distance_sigmas if math.isfinite(placement.distance_sigmas) else None,
        "grid": placement.grid,
        "notes": list(placement.notes),
    }


def _estimate_facts(estimate: Estimate) -> dict[str, float | None]:
    values = {"median": estimate.median, "low": estimate.low, "high": estimate.high}
    return {key: float(f"{value:.6g}") if math.isfinite(value) else None for key, value in values.items()}


def _text(facts: dict[str, Any], placement: Placement) -> str:
    given = [_given(key, facts[key], facts[f"{key}_sigma"]) for key in PLACED_LABELS]
    lines = [facts["star"], f"  {'given':<12} {', '.join(given)}; isochrones: {facts['grid']}"]
    lines += [f"  {words}" for words in placement.verdicts]
    if math.isfinite(placement.age_gyr.median) and not placement.shortfall:
        lines += [f"  {name:<12} {_with_interval(facts[key])} {unit}" for key, (name, unit) in _QUANTITIES.items()]
        phases = [f"{phase} {share:.0%}" for phase, share in facts["phases"].items() if share >= 0.005]
        lines.append(f"  {'phase':<12} {', '.join(phases)}")
    return "\n".join([*lines, *(f"  {words}" for words in facts["notes"])])


def _given(key: str, value: float, sigma: float) -> str:
    label, decimals = LABELS[key], 0 if key == "teff" else 2
    return f"{label.text} {value:.{decimals}f} +- {sigma:.{decimals}f} {label.unit}"


def _with_interval(values: dict[str, float]) -> str:
    median = values["median"]
    return f"{median:.3g}  (+{values['high'] - median:.2g} -{median - values['low']:.2g})"
