"""`stellarview synthesise`: the spectrum of a star from its labels, or a set of thousands to train networks with."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.domain.results import Column
from stellarview.domain.spectrum import Spectrum
from stellarview.io.line_list import read_lines
from stellarview.io.results import write_results
from stellarview.io.sets import SpectrumSetWriter
from stellarview.recipes import recipe_named
from stellarview.scene.build import build_spectrum_scene
from stellarview.scene.figure import save_figure
from stellarview.synthesis.emulator import EMULATOR_NAME, Emulator, load_emulator
from stellarview.synthesis.information import Bound, bounds
from stellarview.synthesis.labels import ELEMENTS
from stellarview.synthesis.observe import synthetic_set
from stellarview.synthesis.spectrum import synthetic_spectrum
from stellarview.workflow import provenance

_RECIPES = ("rrnet", "rdn")  # those for MRS
_COLUMNS = (
    Column("arm", "text", "blue (B) or red (R)"),
    Column("wavelength", "number", "in vacuum, at rest", "Angstrom"),
    Column("flux", "number", "over the continuum"),
    Column("sigma", "number", "error of the emulator, over the continuum"),
    Column("good", "whole", "1 where the synthesis can be trusted"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--teff K --logg DEX [...] [--figure OUT] [--out TABLE], or --n COUNT --out SET.h5 [--seed N] [--recipe NAME]"""
    star = parser.add_argument_group("one star")
    star.add_argument("--teff", type=float, metavar="K")
    star.add_argument("--logg", type=float, metavar="DEX")
    star.add_argument("--feh", type=float, default=0.0, metavar="DEX")
    star.add_argument("--vmic", type=float, metavar="KM_S", help="microturbulence; the usual one, if none is given")
    star.add_argument(
        "--abundance", action="append", default=[], metavar="X=DEX", help="[X/Fe] of an element, for example Mg=0.3"
    )
    star.add_argument("--resolution", type=float, default=7500.0, metavar="R")
    star.add_argument("--vsini", type=float, default=0.0, metavar="KM_S")
    star.add_argument("--snr", type=float, default=50.0, metavar="RATIO", help="per 0.1 A, for the bounds")
    star.add_argument("--figure", type=Path, metavar="OUT", help="draw it to this .pdf, .svg or .png")
    many = parser.add_argument_group("a set of observed stars, with noise, velocities and the labels of the catalogue")
    many.add_argument("--n", type=int, metavar="COUNT")
    many.add_argument("--seed", type=int, default=0, metavar="N")
    many.add_argument("--recipe", choices=_RECIPES, help="prepare them at once: rrnet or rdn")
    parser.add_argument("--out", type=Path, metavar="FILE", help="a table (.ecsv ...) of one star, or the set (.h5)")
    parser.add_argument("--emulator", default=EMULATOR_NAME, metavar="NAME")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Make the star or the set."""
    if (options.n is None) == (options.teff is None or options.logg is None):
        raise StellarViewError(
            "It is not clear what to synthesise.",
            "One star needs --teff and --logg; a set of many needs --n and --out.",
            "Try `stellarview synthesise --teff 5772 --logg 4.44 --figure sun.pdf`.",
        )
    emulator = load_emulator(options.emulator)
    return _set(options, emulator) if options.n is not None else _star(options, emulator)


def _star(options: argparse.Namespace, emulator: Emulator) -> int:
    labels = {"teff": options.teff, "logg": options.logg, "feh": options.feh, **_abundances(options.abundance)}
    if options.vmic is not None:
        labels["vmic"] = options.vmic
    spectrum = synthetic_spectrum(emulator, labels, options.resolution, options.vsini)
    told = bounds(emulator, labels, snr=options.snr, resolution=options.resolution, v_sini_km_s=options.vsini)
    flags = emulator.flags(labels)
    if options.figure:
        save_figure(build_spectrum_scene(spectrum, read_lines(), provenance(spectrum)), options.figure)
    if options.out:
        write_results(options.out, _rows(spectrum), _COLUMNS)
    if options.json:
        facts = {"labels": labels, "snr": options.snr, "bounds": [_bound_facts(one) for one in told], "flags": flags}
        print(json.dumps(facts, indent=1))
    else:
        print(f"{spectrum.header.object_name}\nWhat S/N {options.snr:g} per 0.1 Å can tell of it (one sigma at best):")
        print(f"  {'label':<6} {'unit':<5} {'all else known':>15} {'nothing known':>14}  verdict")
        for one in told:
            print(f"  {one.key:<6} {one.unit:<5} {one.single:>15.3g} {one.marginal:>14.3g}  {one.verdict}")
        for flag in flags:
            print(f"FLAG: {flag}")
    return 0


def _abundances(given: list[str]) -> dict[str, float]:
    labels = {}
    for text in given:
        element, _, value = text.partition("=")
        try:
            labels[f"{element.strip().lower()}_fe"] = float(value)
        except ValueError:
            element = ""
        if element.strip().lower() not in ELEMENTS:
            raise StellarViewError(
                f"{text!r} is no abundance.",
                f"An abundance is an element and its [X/Fe] in dex; the elements are {', '.join(ELEMENTS)}.",
                "Write --abundance Mg=0.3, for example.",
            )
    return labels


def _bound_facts(one: Bound) -> dict[str, Any]:
    """JSON knows no infinity: a bound that does not exist is null."""
    known = {key: None if isinstance(value, float) and math.isinf(value) else value for key, value in vars(one).items()}
    return {**known, "verdict": one.verdict}


def _rows(spectrum: Spectrum) -> list[dict[str, Any]]:
    names = [column.name for column in _COLUMNS]
    return [
        dict(zip(names, (arm.name, float(w), float(f), float(s), int(g)), strict=True))
        for arm in spectrum.arms
        for w, f, s, g in zip(arm.wavelength_angstrom, arm.flux, arm.sigma, arm.is_good, strict=True)
    ]


def _set(options: argparse.Namespace, emulator: Emulator) -> int:
    if options.out is None or options.n < 1 or options.seed < 0:
        raise StellarViewError(
            "A set needs a file, at least one star, and a seed of 0 or more.",
            f"--out is {options.out}, --n {options.n}, --seed {options.seed}.",
            "Give --n 1000 --out set.h5, for example.",
        )
    recipe = recipe_named(options.recipe) if options.recipe else None
    count = 0
    with SpectrumSetWriter(options.out, json.dumps(recipe.to_json()) if recipe else "") as writer:
        for spectra, labels in synthetic_set(emulator, options.n, options.seed):
            writer.append(recipe.prepare(spectra) if recipe else spectra, labels)
            count += len(spectra)
            if sys.stderr.isatty():
                print(f"\r{count} of {options.n}", end="", file=sys.stderr)
    facts = {"set": str(options.out), "spectra": count, "seed": options.seed, "recipe": options.recipe}
    print(json.dumps(facts) if options.json else f"{options.out}: {count} synthetic spectra")
    return 0
