"""`stellarview inspect`: one spectrum as a figure for a paper, and its facts as a table."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from stellarview.cli.facts import facts_as_text, spectrum_facts
from stellarview.cli.outputs import refuse_to_replace
from stellarview.io.spectra import read_spectra
from stellarview.scene.figure import save_figure
from stellarview.workflow import measured_velocities, spectrum_scene, the_exposure, with_velocity


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--figure OUT] [--exposure NAME] [--rv KM_S] [--json]"""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--figure", type=Path, metavar="OUT", help="draw it to this .pdf, .svg or .png")
    parser.add_argument("--exposure", metavar="NAME", help="a single exposure (MRS) instead of the coadd")
    parser.add_argument("--rv", type=float, metavar="KM_S", help="radial velocity, instead of the file's or our own")
    parser.add_argument("--json", action="store_true", help="print the facts as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the facts; draw the figure where one is asked for."""
    refuse_to_replace(options.file, options.figure)
    spectra = read_spectra(options.file)
    chosen = the_exposure(spectra, options.exposure)
    spectrum = with_velocity(chosen, options.rv)
    (measured,) = measured_velocities([chosen])
    facts = spectrum_facts(spectrum, [other.exposure for other in spectra], measured)
    if options.figure:
        save_figure(spectrum_scene(spectrum), options.figure)
        facts["figure"] = str(options.figure)
    print(json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False) if options.json else facts_as_text(facts))
    return 0
