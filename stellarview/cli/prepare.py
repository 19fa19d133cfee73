"""`stellarview prepare`: files in, one HDF5 set of spectra ready for a network out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from stellarview.io.sets import SpectrumSetWriter
from stellarview.recipes import RECIPES, recipe_named
from stellarview.workflow import Failure, prepare_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE... --recipe NAME --out SET.h5 [--rv KM_S] [--json]"""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--recipe", required=True, metavar="NAME", help=f"one of {', '.join(RECIPES)}")
    parser.add_argument("--out", required=True, type=Path, metavar="SET.h5")
    parser.add_argument(
        "--rv", type=float, metavar="KM_S", help="radial velocity of all, instead of the files' or our own"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")


def run(options: argparse.Namespace) -> int:
    """0 if every file went into the set, 1 if any did not."""
    recipe = recipe_named(options.recipe)
    failures: list[Failure] = []
    doubtful: list[str] = []
    with SpectrumSetWriter(options.out, json.dumps(recipe.to_json())) as spectrum_set:
        for prepared, failed in prepare_files(options.files, recipe, options.rv):
            failures += failed
            doubtful += [s.source.file_name for s in prepared if s.velocity and not s.velocity.is_reliable]
            if prepared:
                spectrum_set.append(prepared)
        count = len(spectrum_set)
    if options.json:
        errors = [{"file": str(failure.path), "error": failure.error.as_dict()} for failure in failures]
        print(
            json.dumps(
                {"set": str(options.out), "spectra": count, "unreliable_rv": doubtful, "failed": errors}, indent=1
            )
        )
    else:
        _report(options.out, count, failures, doubtful)
    return int(bool(failures))


def _report(out: Path, count: int, failures: list[Failure], doubtful: list[str]) -> None:
    for failure in failures:
        print(failure.error, file=sys.stderr)
    for name in doubtful:
        print(f"{name}: the radial velocity that we measured is unreliable; it was used all the same.", file=sys.stderr)
    print(f"{out}: {count} spectra prepared, {len(failures)} files failed")
