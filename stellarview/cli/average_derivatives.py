"""`stellarview explain --method average`: what stars of similar temperature have in common."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellarview.cli.line_shares import line_facts, line_sentences
from stellarview.domain.derivative_average import ANY_TEFF, DerivativeAverage, TeffRange, TeffSource
from stellarview.domain.errors import StellarViewError
from stellarview.io.many_spectra import labelled_spectra
from stellarview.io.names import printable
from stellarview.io.sets import is_spectrum_set
from stellarview.io.spectrum_files import spectrum_files
from stellarview.scene.figure import save_figure
from stellarview.workflow import average_derivatives, average_scene

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble

_MOST_RANGES = 4
_SOURCE_WORDS = {"labels": "the set's labels", "model": "the model's own prediction"}


def run_average(options: argparse.Namespace, model: Ensemble, key: str) -> int:
    """0 if every file could be read, 1 if any could not; those are told on standard error."""
    ranges_k = _ranges(options.teff_range)
    source = options.teff_from or _usual_source(options.files)
    failures: list[Path] = []

    def failed(path: Path, error: StellarViewError) -> None:
        failures.append(path)
        print(f"{printable(str(path))}: {error.why}", file=sys.stderr)

    def is_wanted(teff_k: float | None) -> bool:
        if source == "model" or ranges_k == (ANY_TEFF,):
            return True
        return teff_k is not None and any(low <= teff_k <= high for low, high in ranges_k)

    spectra = labelled_spectra(options.files, "teff", is_wanted, failed)
    averages = average_derivatives(spectra, model, key, ranges_k=ranges_k, teff_source=source, most=options.most)
    if options.figure:
        save_figure(average_scene(averages, model), options.figure)
    if options.json:
        print(json.dumps(_facts(averages, key), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(line for one in averages for line in _lines(one)))
    return int(bool(failures))


def _usual_source(paths: list[Path]) -> TeffSource:
    return "labels" if all(is_spectrum_set(path) for path in spectrum_files(paths)) else "model"


def _ranges(given: list[list[float]] | None) -> tuple[TeffRange, ...]:
    ranges_k = tuple((low, high) for low, high in given or [])
    for low, high in ranges_k:
        if not 0 <= low < high:
            raise StellarViewError(
                f"{low:g} to {high:g} K is no range of Teff.",
                "A range goes from a lower to a higher temperature.",
                "Write --teff-range 4000 4300, for example.",
            )
    if len(ranges_k) > _MOST_RANGES:
        raise StellarViewError(
            f"{len(ranges_k)} ranges are too many for one figure.",
            f"No more than {_MOST_RANGES} curves can be told apart.",
            "Run the command once for each group of ranges.",
        )
    return ranges_k or (ANY_TEFF,)


def _lines(average: DerivativeAverage) -> list[str]:
    words = f"{average.name}, Teff by {_SOURCE_WORDS[average.teff_source]}"
    return [words, *(f"  {line}" for line in line_sentences(average.lines, average.attribution.unit))]


def _facts(averages: list[DerivativeAverage], key: str) -> dict[str, Any]:
    return {
        "label": key,
        "method": "average",
        "unit": averages[0].attribution.unit,
        "teff_from": averages[0].teff_source,
        "ranges": [
            {
                "teff_range_k": None if one.teff_range_k == ANY_TEFF else one.teff_range_k,
                "n_spectra": one.n_spectra,
                "lines": line_facts(one.lines),
            }
            for one in averages
        ],
    }
