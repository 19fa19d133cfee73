"""`stellarview predict`: what a model says of files, spectrum sets and folders of them, a row a spectrum."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stellarview.cli.outputs import refuse_to_replace
from stellarview.cli.prediction_text import legend, prediction_text
from stellarview.cli.progress import Progress
from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.domain.results import Column, Result, result_columns, result_row
from stellarview.domain.spectrum import Instrument
from stellarview.inspection.tasks import TASKS
from stellarview.io.results import TABLE_ENDINGS, check_table, write_results
from stellarview.io.sets import is_spectrum_set, open_spectrum_set
from stellarview.workflow import count_spectra, load_model, open_spectrum, predict_files, spectrum_files, tells_bounds

STOPPED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE|SET.h5|FOLDER... [--model NAME] [--json] [--table OUT] [--rv KM_S] [--no-bounds] [--device NAME]"""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="spectra, HDF5 sets, or folders of both")
    help_ = "name or folder of a model; without, the usual one for the first spectrum's instrument"
    parser.add_argument("--model", metavar="NAME", help=help_)
    parser.add_argument(
        "--rv", type=float, metavar="KM_S", help="radial velocity of all, instead of the files' or our own"
    )
    parser.add_argument(
        *("--no-bounds",),
        dest="bounds",
        action="store_false",
        help="leave out the smallest sigma that physics allows (MRS): large runs are faster",
    )
    parser.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")
    parser.add_argument("--json", action="store_true", help="a JSON list, one object a spectrum")
    parser.add_argument("--table", type=Path, metavar="OUT", help=f"write a table: {', '.join(TABLE_ENDINGS)}")


def run(options: argparse.Namespace) -> int:
    """0 if every spectrum was predicted, 1 if any was not: that one is a row with its reason; 130 when stopped."""
    paths = spectrum_files(options.files)
    if options.table:
        check_table(options.table)
        for path in paths:
            refuse_to_replace(path, options.table)
    name = options.model or usual_model(paths)
    model = load_model(name, options.device, lambda words: print(words, file=sys.stderr))
    has_bounds = options.bounds and tells_bounds(model.card)
    report = Report(model.card, result_columns(model.card, has_bounds=has_bounds), options.table, is_json=options.json)
    progress = Progress(count_spectra(paths), "spectra", is_shown=options.json or bool(options.table))
    is_stopped = False
    try:
        for result in predict_files(paths, model, options.rv, has_bounds):
            report.add(result)
            progress.tell(report.count)
    except KeyboardInterrupt:  # what is finished is kept
        is_stopped = True
    progress.end()
    report.finish()
    if is_stopped:
        print(f"Stopped after {report.count} of {progress.total} spectra.", file=sys.stderr)
        return STOPPED
    return int(report.failed > 0)


def usual_model(paths: Sequence[Path]) -> str:
    """The model of labels for the instrument of the first spectrum that can be read; says which, and why."""
    for path in paths:
        try:
            instrument = _first_instrument(path)
        except StellarViewError:  # its row will say why
            continue
        if instrument is not None:
            name = TASKS[f"{instrument}:labels"].model
            print(f"{name}, for {path.name} is of LAMOST {instrument}; --model names another.", file=sys.stderr)
            return name
    return TASKS["LRS:labels"].model  # whatever it is called, it has nothing to tell


def _first_instrument(path: Path) -> Instrument | None:
    if not is_spectrum_set(path):
        return open_spectrum(path).instrument
    with open_spectrum_set(path) as spectra:
        return spectra[0].instrument if len(spectra) else None


@dataclass
class Report:
    """Where the results go: into a table, to the screen as JSON, or to the screen for the eye, one after the other."""

    card: ModelCard
    columns: tuple[Column, ...]
    table: Path | None
    is_json: bool
    count: int = 0
    failed: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """One more result."""
        if self.table or self.is_json:
            self.rows.append(result_row(result, self.columns))
            if self.table and not self.is_json and result.error:
                print(f"{result.file}: {' '.join(result.error.as_dict().values())}", file=sys.stderr)
        else:
            if not self.count:
                print(f"{legend(self.card)}\n")
            print(f"{prediction_text(result)}\n", flush=True)
        self.count += 1
        self.failed += result.error is not None

    def finish(self) -> None:
        """Write what was kept; a table of nothing is not written, and an older one stays."""
        if self.table and self.rows:
            write_results(self.table, self.rows, self.columns)
        if self.is_json:
            print(json.dumps(self.rows, indent=1, ensure_ascii=False, allow_nan=False))
        elif self.table:
            where = self.table if self.rows else "no table written"
            print(f"{where}: {self.count - self.failed} spectra predicted, {self.failed} failed")
