"""`stellarview prepare`: files in, one HDF5 set of spectra ready for a network out."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from stellarview.cli.outputs import refuse_to_replace
from stellarview.domain.spectrum import Spectrum
from stellarview.io.names import printable
from stellarview.io.sets import SpectrumSetWriter
from stellarview.recipes import RECIPES, recipe_named
from stellarview.workflow import Failure, good_share, prepare_files

# Below this share a network sees mostly what was filled in.
_FEW_PIXELS = 0.5


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
    for path in options.files:
        refuse_to_replace(path, options.out)
    outcome = Outcome()
    with ExitStack() as stack:
        spectrum_set = None
        for prepared, failed in prepare_files(options.files, recipe, options.rv):
            outcome.note(prepared, failed)
            if prepared:  # only now: a run in which every file fails leaves no set, and an older one as it was
                if spectrum_set is None:
                    spectrum_set = stack.enter_context(SpectrumSetWriter(options.out, json.dumps(recipe.to_json())))
                spectrum_set.append(prepared)
    print(outcome.as_json(options.out) if options.json else outcome.as_text(options.out))
    return int(bool(outcome.failures))


@dataclass
class Outcome:
    """What became of the files."""

    count: int = 0
    failures: list[Failure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def note(self, prepared: list[Spectrum], failed: list[Failure]) -> None:
        """Count a batch."""
        self.count += len(prepared)
        self.failures += failed
        for spectrum in prepared:
            name = spectrum.source.file_name
            if spectrum.velocity and not spectrum.velocity.is_reliable:
                self.warnings.append(
                    f"{name}: the radial velocity that we measured is unreliable; it was used all the same."
                )
            if (share := good_share(spectrum)) < _FEW_PIXELS:
                self.warnings.append(f"{name}: only {share:.0%} of the recipe's pixels are good.")

    def as_json(self, out: Path) -> str:
        """Everything for a program."""
        failed = [{"file": printable(str(failure.path)), "error": failure.error.as_dict()} for failure in self.failures]
        facts = {
            "set": str(out) if self.count else None,
            "spectra": self.count,
            "warnings": self.warnings,
            "failed": failed,
        }
        return json.dumps(facts, indent=1, ensure_ascii=False)

    def as_text(self, out: Path) -> str:
        """One line; failures and warnings go to standard error."""
        for failure in self.failures:
            print(failure.error, file=sys.stderr)
        for warning in self.warnings:
            print(warning, file=sys.stderr)
        where = str(out) if self.count else "no set written"
        return f"{where}: {self.count} spectra prepared, {len(self.failures)} files failed"
