"""`stellarview explain`: which pixels, and so which lines, a model's answer rests on; of one star, or of many."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellarview.cli.average_derivatives import run_average
from stellarview.cli.line_shares import line_facts, line_sentences
from stellarview.cli.outputs import refuse_to_replace
from stellarview.cli.physics import ALL, run_physics
from stellarview.domain.errors import StellarViewError
from stellarview.domain.explained import Explained
from stellarview.domain.labels import LABELS
from stellarview.domain.spectrum import Spectrum
from stellarview.io.models import usual_model
from stellarview.scene.figure import save_figure
from stellarview.workflow import explain, explanation_scene, load_model, open_spectrum

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble

_AVERAGE, _PHYSICS = "average", "physics"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE --model NAME --label KEY [--method NAME], or FILE|FOLDER|SET.h5... --method average [--teff-range A B]"""
    add = parser.add_argument
    add("files", nargs="+", type=Path, metavar="FILE", help="a file; with --method average files, folders, sets")
    add(
        "--model", metavar="NAME", help="name or folder of a model; without, the usual one for the instrument and label"
    )
    add("--label", required=True, metavar="KEY", help="Teff, logg, feh ..., the name of a class, or (physics) all")
    add(
        *("--method",),
        default="integrated-gradients",
        metavar="NAME",
        help="how; a wrong name lists all; `average` is the mean saliency of many spectra, `physics` sets the network "
        "beside what physics says (MRS)",
    )
    add("--figure", type=Path, metavar="OUT", help="draw it to this .pdf, .svg or .png")
    add("--exposure", metavar="NAME", help="a single exposure (MRS) instead of the coadd")
    add("--rv", type=float, metavar="KM_S", help="radial velocity, instead of the file's or our own")
    add("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")
    add("--json", action="store_true", help="print the lines as JSON")
    many = parser.add_argument_group("for --method average")
    many.add_argument(
        *("--teff-range",),
        nargs=2,
        type=float,
        action="append",
        metavar=("LOW", "HIGH"),
        help="a range of Teff in K; several are drawn over each other; all spectra, if none is given",
    )
    many.add_argument(
        *("--teff-from",),
        choices=("labels", "model"),
        help="what tells the range: the sets' labels or the model's own prediction (labels, where all are sets)",
    )
    many.add_argument("--most", type=int, default=1000, metavar="N", help="spectra of each range (1000)")


def run(options: argparse.Namespace) -> int:
    """Print the most important lines; draw the figure where one is asked for."""
    for path in options.files:
        refuse_to_replace(path, options.figure)
    key = options.label.lower() if options.label.lower() in LABELS else options.label
    model = load_model(options.model or _usual_model(options, key), options.device)
    if options.method == _AVERAGE:
        return run_average(options, model, key)
    spectrum = open_spectrum(_the_file(options), options.exposure)
    if options.method == _PHYSICS:
        return run_physics(options, spectrum, model, key)
    return _explain(options, spectrum, model, key)


def _usual_model(options: argparse.Namespace, key: str) -> str:
    if options.method == _AVERAGE:
        raise StellarViewError(
            "An average needs a model by name.", "Files and sets may be of several instruments.", "Give --model NAME."
        )
    return usual_model(open_spectrum(options.files[0]).instrument, () if key == ALL else (key,))


def _explain(options: argparse.Namespace, spectrum: Spectrum, model: Ensemble, key: str) -> int:
    from stellarview.inference.explain import explainers_for

    if key == ALL:
        raise StellarViewError(
            "Only one label at a time can be explained in this way.",
            f"The method {options.method} draws one figure a label.",
            "Give one label, or --method physics.",
        )
    colour = "cam" if options.figure and "cam" in explainers_for(model) else None
    explained = explain(spectrum, model, key, options.method, user_km_s=options.rv, colour_by=colour)
    if options.figure:
        save_figure(explanation_scene(explained), options.figure)
    if options.json:
        print(json.dumps(_facts(explained), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print(_text(explained))
    return 0


def _the_file(options: argparse.Namespace) -> Path:
    path: Path = options.files[0]
    if len(options.files) > 1 or path.is_dir() or options.teff_range or options.teff_from:
        raise StellarViewError(
            "Only one spectrum at a time can be explained.",
            f"The method {options.method} looks at a single star; ranges of Teff, folders and sets are for averages.",
            "Give one file, or --method average.",
        )
    return path


def _facts(explained: Explained) -> dict[str, Any]:
    attribution, faithful = explained.attribution, explained.faithfulness
    return {
        "label": attribution.label_key,
        "method": attribution.method,
        "model": explained.model,
        "unit": attribution.unit,
        "note": attribution.note,
        "faithfulness": None if faithful is None else asdict(faithful),
        "lines": line_facts(explained.lines),
    }


def _text(explained: Explained) -> str:
    said = line_sentences(explained.lines, explained.attribution.unit) or ["No named line lies in this spectrum."]
    if explained.attribution.note:
        said.append(explained.attribution.note)
    if explained.faithfulness is not None:
        said.append(explained.faithfulness.sentence)
    return "\n".join(said)
