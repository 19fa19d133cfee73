"""`stellarview explain`: which pixels, and so which lines, a model's answer rests on."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from stellarview.cli.outputs import refuse_to_replace
from stellarview.domain.labels import LABELS
from stellarview.scene.figure import save_figure
from stellarview.workflow import explain, explanation_scene, load_model, open_spectrum

_MOST_LINES = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE --model NAME --label KEY [--method NAME] [--figure OUT] [--json] [--device NAME]"""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--model", required=True, metavar="NAME", help="name or folder of a model")
    parser.add_argument("--label", required=True, metavar="KEY", help="Teff, logg, feh ... or the name of a class")
    parser.add_argument("--method", default="integrated-gradients", metavar="NAME", help="how; a wrong name lists all")
    parser.add_argument("--figure", type=Path, metavar="OUT", help="draw it to this .pdf, .svg or .png")
    parser.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")
    parser.add_argument("--json", action="store_true", help="print the lines as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the most important lines; draw the figure where one is asked for."""
    refuse_to_replace(options.file, options.figure)
    model = load_model(options.model, options.device)
    key = options.label.lower() if options.label.lower() in LABELS else options.label
    explained = explain(open_spectrum(options.file), model, key, options.method)
    if options.figure:
        save_figure(explanation_scene(explained), options.figure)
    if options.json:
        lines = [
            {
                "line": one.line.name,
                "wavelength_vacuum_angstrom": one.line.wavelength_vacuum_angstrom,
                "share": one.share,
                "signed_sum": one.signed_sum,
            }
            for one in explained.lines
        ]
        facts = {"label": key, "method": options.method, "unit": explained.attribution.unit, "lines": lines}
        print(json.dumps(facts, indent=1, ensure_ascii=False))
    else:
        print(
            "\n".join(one.sentence for one in explained.lines[:_MOST_LINES]) or "No named line lies in this spectrum."
        )
        if explained.attribution.note:
            print(explained.attribution.note)
    return 0
