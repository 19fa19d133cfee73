"""`stellarview report`: for each star a sheet with all that is told of it, its provenance, and a table of them all."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellarview.domain.errors import StellarViewError
from stellarview.domain.labels import LABELS
from stellarview.domain.spectrum import Spectrum
from stellarview.inspection.sheet import make_folder, write_sheet
from stellarview.inspection.star import inspect_star
from stellarview.inspection.summary import failed_row, sheet_name, summary_columns, summary_row
from stellarview.inspection.tasks import TASKS
from stellarview.io.models import find_model
from stellarview.io.names import printable
from stellarview.io.results import check_table, write_results
from stellarview.io.sets import SpectrumSet, is_spectrum_set, open_spectrum_set
from stellarview.io.spectra import read_spectra
from stellarview.scene.figure import FORMATS
from stellarview.workflow import count_spectra, load_model, spectrum_files

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble

_TABLE, _STOPPED = "report.ecsv", 130
# A file, the row in a set (-1 in none), what was read.
Read = tuple[str, int, Spectrum | StellarViewError]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE... --out DIR [--label KEY] [--format pdf|svg|png] [--model TASK=NAME]... [--rv KM_S] [--device NAME]"""
    add = parser.add_argument
    add("files", nargs="+", type=Path, metavar="FILE", help="spectra, HDF5 sets, or folders of both")
    add("--out", required=True, type=Path, metavar="DIR", help="the folder of the sheets; made where it is not there")
    add(
        "--label",
        default="teff",
        metavar="KEY",
        help="what the spectrum is explained for: Teff (default), logg, STAR ...",
    )
    add("--format", default="pdf", choices=FORMATS, help="of the sheets (pdf)")
    tasks = ", ".join(f"{key} ({row.model})" for key, row in TASKS.items())
    add(
        *("--model",),
        action="append",
        default=[],
        metavar="TASK=NAME",
        help=f"another model for a task; the tasks are {tasks}",
    )
    add("--rv", type=float, metavar="KM_S", help="radial velocity of all, instead of the files' or our own")
    add("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")


def run(options: argparse.Namespace) -> int:
    """0 if every star has its sheet, 1 if any has none: it is a row with its reason; 130 when stopped."""
    chosen, files = _chosen(options.model), spectrum_files(options.files)
    make_folder(options.out)
    check_table(options.out / _TABLE)
    report = Report(options, chosen)
    is_stopped = False
    try:
        for file, row, one in _spectra(files):
            report.add(file, row, one)
    except KeyboardInterrupt:  # what is finished is kept
        is_stopped = True
    report.finish()
    if is_stopped:
        print(f"Stopped after {len(report.rows)} of {count_spectra(files)} stars.", file=sys.stderr)
        return _STOPPED
    return int(report.failed > 0)


@dataclass
class Report:
    """The sheets as they come, and the rows of their table. A model is loaded once."""

    options: argparse.Namespace
    chosen: Mapping[str, str]
    failed: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    models: dict[str, Ensemble] = field(default_factory=dict)

    def add(self, file: str, row: int, one: Spectrum | StellarViewError) -> None:
        """One more star: its sheet and its provenance, or a row with the reason why there are none."""
        try:
            if isinstance(one, StellarViewError):
                raise one
            own = sheet_name(Path(file), row, self.names)
            self.names.add(own)
            self._write(file if row < 0 else f"{file}#{row}", own, one)
        except StellarViewError as error:
            self.rows.append(failed_row(file if row < 0 else f"{file}#{row}", error))
            self.failed += 1
            print(f"{printable(file)}: {' '.join(error.as_dict().values())}", file=sys.stderr)

    def finish(self) -> None:
        """Write the table; a table of nothing is not written, and an older one stays."""
        if self.rows:
            write_results(self.options.out / _TABLE, self.rows, summary_columns())
            print(f"{self.options.out / _TABLE}: {len(self.rows) - self.failed} stars, {self.failed} failed")

    def _write(self, file: str, name: str, spectrum: Spectrum) -> None:
        options = self.options
        inspection = inspect_star(
            spectrum, self._load, chosen=self.chosen, label=_key(options.label), user_km_s=options.rv
        )
        cards = {asked: model.card for asked, model in self.models.items()}
        sheet = options.out / f"{name}.{options.format}"
        write_sheet(inspection, cards, sheet, _command(options))
        self.rows.append(summary_row(inspection, file))
        print(printable(str(sheet)), flush=True)
        for of, error in inspection.refusals.items():
            print(f"{printable(file)}: {of}: {' '.join(error.as_dict().values())}", file=sys.stderr)

    def _load(self, name: str) -> Ensemble:
        if name not in self.models:
            self.models[name] = load_model(name, self.options.device, partial(print, file=sys.stderr))
        return self.models[name]


def _spectra(files: list[Path]) -> Iterator[Read]:
    """Each spectrum, or why it cannot be read."""
    for path in files:
        file = str(path)
        try:
            if not is_spectrum_set(path):
                yield file, -1, read_spectra(path)[0]
                continue
            with open_spectrum_set(path) as spectrum_set:
                spectrum_set.refuse_prepared()
                for row in range(len(spectrum_set)):
                    yield file, row, _row(spectrum_set, row)
        except StellarViewError as error:
            yield file, -1, error


def _row(spectrum_set: SpectrumSet, row: int) -> Spectrum | StellarViewError:
    try:
        return spectrum_set[row]
    except StellarViewError as error:
        return error


def _chosen(texts: list[str]) -> dict[str, str]:
    chosen = {}
    for text in texts:
        task, _, name = text.partition("=")
        if task not in TASKS or not name:
            raise StellarViewError(
                f"{text!r} chooses no model.",
                f"The tasks are {', '.join(TASKS)}.",
                f"Give --model {next(iter(TASKS))}=NAME, for example.",
            )
        find_model(name)  # better before the work than a refusal on every sheet
        chosen[task] = name
    return chosen


def _key(text: str) -> str:
    return text.lower() if text.lower() in LABELS else text


def _command(options: argparse.Namespace) -> str:
    """As it was typed."""
    return shlex.join(["stellarview", *options.arguments])
