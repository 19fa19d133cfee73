"""`stellarview predict`: what a model says of files and folders, a row a spectrum."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stellarview.cli.outputs import refuse_to_replace
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.io.names import printable
from stellarview.io.results import TABLE_ENDINGS, write_results
from stellarview.workflow import load_model, open_spectrum, predict, with_velocities

_ROWS_AT_ONCE = 64
_ENDINGS = (".fits", ".fits.gz", ".fit", ".fit.gz")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE|FOLDER... --model NAME [--json | --table OUT] [--rv KM_S] [--device NAME]"""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files, or folders of files")
    parser.add_argument("--model", required=True, metavar="NAME", help="name or folder of a model")
    parser.add_argument(
        "--rv", type=float, metavar="KM_S", help="radial velocity of all, instead of the files' or our own"
    )
    parser.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")
    parser.add_argument("--json", action="store_true", help="a JSON list, one object a spectrum")
    parser.add_argument("--table", type=Path, metavar="OUT", help=f"write a table: {', '.join(TABLE_ENDINGS)}")


def run(options: argparse.Namespace) -> int:
    """0 if every file was predicted, 1 if any was not; a file that failed is a row with its reason."""
    model = load_model(options.model, options.device, lambda words: print(words, file=sys.stderr))
    paths = list(_files(options.files))
    for path in paths:
        refuse_to_replace(path, options.table)
    rows: list[dict[str, Any]] = []
    for start in range(0, len(paths), _ROWS_AT_ONCE):
        rows += _rows(paths[start : start + _ROWS_AT_ONCE], model, options.rv)
    if options.table:
        write_results(options.table, rows)
    if options.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(_line(row) for row in rows))
    return int(any("error" in row for row in rows))


def _files(given: list[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from sorted(entry for entry in path.rglob("*") if entry.name.lower().endswith(_ENDINGS))
        else:
            yield path


def _rows(paths: list[Path], model: Any, rv: float | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"file": printable(str(path))} for path in paths]
    spectra: list[Spectrum] = []
    places: list[int] = []
    for place, path in enumerate(paths):
        try:
            spectra.append(open_spectrum(path))
            places.append(place)
        except StellarViewError as error:
            rows[place]["error"] = error.as_dict()
    spectra = with_velocities(spectra, rv)
    for place, spectrum, result in zip(places, spectra, predict(spectra, model, rv), strict=True):
        rows[place] |= _facts(spectrum)
        if isinstance(result, StellarViewError):
            rows[place]["error"] = result.as_dict()
        else:
            rows[place] |= prediction_facts(result)
    return rows


def _facts(spectrum: Spectrum) -> dict[str, Any]:
    velocity = spectrum.velocity
    return {
        "obsid": spectrum.header.obsid,
        "rv": None if velocity is None else velocity.value_km_s,
        "rv_sigma": None if velocity is None else velocity.sigma_km_s,
        "rv_source": None if velocity is None else velocity.source,
    }


def prediction_facts(prediction: Prediction) -> dict[str, Any]:
    """The columns of a prediction: for each label value, sigma and its two parts; for classes their probabilities."""
    facts: dict[str, Any] = {"model": prediction.model}
    for key, mixture in prediction.labels.items():
        facts |= {
            key: mixture.mean,
            f"{key}_sigma": mixture.sigma,
            f"{key}_aleatoric": mixture.aleatoric,
            f"{key}_epistemic": mixture.epistemic,
        }
    if prediction.best_class is not None:
        facts["class"] = prediction.best_class.name
        facts |= {f"p_{entry.name.lower()}": entry.probability for entry in prediction.classes}
    facts["novelty"] = None if prediction.novelty is None else prediction.novelty.percentile
    facts["flags"] = list(prediction.flags)
    return facts


def _line(row: dict[str, Any]) -> str:
    if "error" in row:
        return f"{row['file']}  ERROR  {' '.join(row['error'].values())}"
    values = [
        f"{key} {row[key]:.5g} +- {row[f'{key}_aleatoric']:.2g} (noise) +- {row[f'{key}_epistemic']:.2g} (members)"
        for key in row
        if f"{key}_aleatoric" in row
    ]
    classes = [_class_text(row)] if "class" in row else []
    flags = [f"[{'; '.join(row['flags'])}]"] if row["flags"] else []
    return "  ".join([row["file"], *classes, *values, *flags])


def _class_text(row: dict[str, Any]) -> str:
    probability = row[f"p_{row['class'].lower()}"]
    return f"{row['class']} ({probability:.1%})"
