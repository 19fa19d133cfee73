"""`stellarview doctor`: what is installed, what is missing, and how to mend it."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

from stellarview import __version__
from stellarview.domain.errors import StellarViewError
from stellarview.io.isochrones.grid_file import EMBEDDED, load_grid
from stellarview.io.line_list import read_lines
from stellarview.io.spectra import READERS
from stellarview.io.velocity_templates import velocity_templates
from stellarview.recipes import RECIPES

_LIBRARIES = ("numpy", "astropy", "h5py", "matplotlib", "specutils", "pyvo", "torch")


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    is_well: bool
    says: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[--json]"""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(options: argparse.Namespace) -> int:
    """0 if all is well, 1 if anything is missing."""
    findings = [_python(), *(_library(name) for name in _LIBRARIES), *_resources(), _tables()]
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        print(f"StellarView {__version__}")
        for finding in findings:
            print(f"  {'ok  ' if finding.is_well else 'BAD '} {finding.name:<16} {finding.says}")
    return int(not all(finding.is_well for finding in findings))


def _python() -> Finding:
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    says = f"{platform.python_version()} on {platform.platform()}"
    return Finding("python", supported, says if supported else f"{says}: use Python 3.11 to 3.13")


def _library(name: str) -> Finding:
    try:
        return Finding(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, f"missing: pip install {name}")


def _resources() -> list[Finding]:
    return [
        _resource("lines", lambda: len(read_lines())),
        _resource("isochrones", lambda: len(load_grid(EMBEDDED).curves())),
        _resource("LRS templates", lambda: len(velocity_templates("LRS").names)),
        _resource("MRS templates", lambda: len(velocity_templates("MRS").names)),
    ]


def _resource(name: str, count: Callable[[], int]) -> Finding:
    try:
        return Finding(name, True, str(count()))
    except StellarViewError as error:
        return Finding(name, False, f"{error.why} {error.what_to_do}")


def _tables() -> Finding:
    layouts = ", ".join(reader.layout for reader in READERS)
    return Finding("reads", True, f"{layouts}; recipes {', '.join(RECIPES)}")
