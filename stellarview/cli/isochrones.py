"""`stellarview isochrones`: which grids are here, and how to get more of them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.domain.isochrones import IsochroneGrid, age_gyr
from stellarview.io.isochrones.download import KNOWN_SHA256, PACKAGE_URL, fetch_package
from stellarview.io.isochrones.grid_file import EMBEDDED, isochrones_folder, list_grids, read_grid
from stellarview.io.isochrones.importing import Imported, import_isochrones
from stellarview.io.names import printable

_DEFAULT_NAME = "mist"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | import PATH... [--name NAME] | fetch [--url URL] [--sha256 SUM] [--name NAME], each [--json]"""
    parser.add_argument("action", choices=("list", "import", "fetch"))
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="import: files, folders, .txz packages")
    parser.add_argument(
        "--name", default=_DEFAULT_NAME, help=f"what the grid is to be called (default {_DEFAULT_NAME})"
    )
    parser.add_argument("--url", default=PACKAGE_URL, help="fetch: where the package lies (default: MIST's own site)")
    parser.add_argument("--sha256", metavar="SUM", help="fetch: take the package only with this checksum")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """0 if all is well, 1 if a grid could not be read."""
    if options.action == "list":
        return _list(as_json=options.json)
    paths = options.paths
    if options.action == "fetch":
        package = fetch_package(isochrones_folder(), options.url, options.sha256, _show_bytes)
        print(f"\r{package.path}: {package.size_bytes / 1e6:,.1f} MB, sha256 {package.sha256}", file=sys.stderr)
        if options.url == PACKAGE_URL and package.sha256 != KNOWN_SHA256:
            print("Its checksum is not the one we know: MIST has packed it anew since September 2026.", file=sys.stderr)
        paths = [package.path]
    elif not paths:
        raise StellarViewError(
            "There is nothing to import.", "No path was given.", "Give isochrones of MIST, or their package."
        )
    imported = _import(paths, options)
    facts = _facts(imported.grid, imported.path)
    print(json.dumps(facts, indent=1, ensure_ascii=False) if options.json else _outcome(imported))
    return 0


def _import(paths: list[Path], options: argparse.Namespace) -> Imported:
    try:
        return import_isochrones(paths, options.name, lambda words: print(words, file=sys.stderr))
    except StellarViewError as error:
        if options.action != "fetch":
            raise
        what_to_do = f"Remove {printable(str(paths[0]))}, or it will not be downloaded again."
        raise StellarViewError(error.what, error.why, what_to_do) from error


def _show_bytes(done: int, total: int) -> None:
    of = f" of {total / 1e6:,.0f}" if total else ""
    print(f"\r{done / 1e6:,.0f}{of} MB", end="", file=sys.stderr, flush=True)


def _outcome(imported: Imported) -> str:
    lines = [f"{printable(str(imported.path))}: {_about(imported.grid)}", f"Read from {imported.files} files."]
    if imported.resumed:
        lines.append(f"{imported.resumed} of them had been read before an interruption.")
    if imported.repeated_curves:
        lines.append(f"{imported.repeated_curves} isochrones were there twice; the first counts.")
    return "\n".join(lines)


def _list(*, as_json: bool) -> int:
    entries: list[dict[str, Any]] = []
    for name, path in list_grids().items():
        try:
            entries.append(_facts(read_grid(path, name), path))
        except StellarViewError as error:
            entries.append({"name": name, "path": printable(str(path)), "error": error.as_dict()})
    if as_json:
        print(json.dumps(entries, indent=1, ensure_ascii=False))
    else:
        for entry in entries:
            print(f"{entry['name']:<12} {entry.get('about') or 'REFUSED  ' + entry['error']['why']}")
        if len(entries) == 1:
            print("Only the embedded curves are here; `stellarview isochrones fetch` brings the whole grid (220 MB).")
    return int(any("error" in entry for entry in entries))


def _facts(grid: IsochroneGrid, path: Path) -> dict[str, Any]:
    facts = {
        "name": grid.name,
        "path": printable(str(path)),
        "about": f"{_about(grid)} {grid.about}",
        "ages_gyr": [round(age_gyr(float(age)), 6) for age in grid.log10_age_yr_A],
        "feh": [float(feh) for feh in grid.feh_F],
        "eeps": [int(grid.eep_E[0]), int(grid.eep_E[-1])],
        "isochrones": int(grid.has_curve_AF.sum()),
    }
    return facts | ({"curves": _curves(grid)} if grid.name == EMBEDDED else {})


def _about(grid: IsochroneGrid) -> str:
    if grid.name == EMBEDDED:
        return "; ".join(_curves(grid)) + "."
    ages = f"{age_gyr(float(grid.log10_age_yr_A[0])):.3g} to {age_gyr(float(grid.log10_age_yr_A[-1])):.3g} Gyr"
    fehs = f"[Fe/H] {grid.feh_F[0]:+.2f} to {grid.feh_F[-1]:+.2f}"
    return (
        f"{grid.shape[0]} ages ({ages}), {grid.shape[1]} metallicities ({fehs}), {grid.has_curve_AF.sum()} isochrones."
    )


def _curves(grid: IsochroneGrid) -> list[str]:
    """The few curves by name; some know no masses."""
    masses = grid.has_masses_AF[grid.has_curve_AF]
    return [curve.name + ("" if known else " (no masses)") for curve, known in zip(grid.curves(), masses, strict=True)]
