"""`stellarview info`: what each file is, whose star it shows, and how fast that moves."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from stellarview.cli.facts import facts_as_text, spectrum_facts
from stellarview.domain.errors import StellarViewError
from stellarview.io.names import printable
from stellarview.io.spectra import read_spectra
from stellarview.workflow import measured_velocities, with_velocity


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE... [--json] [--rv KM_S]"""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--json", action="store_true", help="a JSON list, one object a file; a bad file is an object too"
    )
    parser.add_argument("--rv", type=float, metavar="KM_S", help="radial velocity, instead of the file's or our own")


def run(options: argparse.Namespace) -> int:
    """0 if every file was read, 1 if any was not; a bad file never stops the others."""
    facts = [_facts_or_error(path, options.rv) for path in options.files]
    if options.json:
        print(json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        for entry in facts:
            if "error" in entry:
                print(*entry["error"].values(), sep="\n", file=sys.stderr)
            else:
                print(f"{facts_as_text(entry)}\n")
    return int(any("error" in entry for entry in facts))


def _facts_or_error(path: Path, user_km_s: float | None) -> dict[str, Any]:
    try:
        spectra = read_spectra(path)
        spectrum = with_velocity(spectra[0], user_km_s)
        (measured,) = measured_velocities([spectra[0]])
        return spectrum_facts(spectrum, [one.exposure for one in spectra], measured)
    except StellarViewError as error:
        return {"file": printable(str(path)), "error": error.as_dict()}
