"""`stellarview report`: for each star a sheet with all that is told of it, its provenance, and a table of them all."""

from __future__ import annotations

import argparse
import json
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
from stellarview.inspection import TASKS, failed_row, inspect_star, summary_columns, summary_row
from stellarview.inspection.page import build_page
from stellarview.inspection.provenance import provenance_facts, provenance_line
from stellarview.io import read_spectra
from stellarview.io.atomic import write_atomically
from stellarview.io.models import find_model
from stellarview.io.names import display_name, printable
from stellarview.io.results import check_table, write_results
from stellarview.io.sets import SpectrumSet, is_spectrum_set, open_spectrum_set
from stellarview.io.spectrum_files import SPECTRUM_ENDINGS
from stellarview.scene.figure import FORMATS
from stellarview.scene.page import save_page
from stellarview.workflow import count_spectra, load_model, spectrum_files

if TYPE_CHECKING:
    from stellarview.inference.ensemble import Ensemble

_TABLE, _STOPPED = "report.ecsv", 130
Read = tuple[str, str, Spectrum | StellarViewError]


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
    _make_folder(options.out)
    check_table(options.out / _TABLE)
    report = Report(options, chosen)
    is_stopped = False
    try:
        for file, name, one in _spectra(files):
            report.add(file, name, one)
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

    def add(self, file: str, name: str, one: Spectrum | StellarViewError) -> None:
        """One more star: its sheet and its provenance, or a row with the reason why there are none."""
        try:
            if isinstance(one, StellarViewError):
                raise one
            self._write(file, self._own_name(name), one)
        except StellarViewError as error:
            self.rows.append(failed_row(file, error))
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
        if not inspection.predictions:
            raise next(iter(inspection.refusals.values()))
        cards = {asked: model.card for asked, model in self.models.items()}
        sheet = options.out / f"{name}.{options.format}"
        save_page(build_page(inspection, provenance_line(inspection, cards)), sheet)
        facts = {"sheet": printable(sheet.name)} | provenance_facts(inspection, cards, _command(options))
        text = json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(options.out / f"{name}.provenance.json", f"{text}\n".encode(), (b"{",))
        self.rows.append(summary_row(inspection, file))
        print(printable(str(sheet)), flush=True)
        for of, error in inspection.refusals.items():
            print(f"{printable(file)}: {of}: {' '.join(error.as_dict().values())}", file=sys.stderr)

    def _load(self, name: str) -> Ensemble:
        if name not in self.models:
            self.models[name] = load_model(name, self.options.device, partial(print, file=sys.stderr))
        return self.models[name]

    def _own_name(self, name: str) -> str:
        """Files of one name may come from several folders."""
        own, count = name, 1
        while own in self.names:
            count += 1
            own = f"{name}-{count}"
        self.names.add(own)
        return own


def _spectra(files: list[Path]) -> Iterator[Read]:
    """Each spectrum, or why it cannot be read, with what the table calls it and what its sheet is called."""
    for path in files:
        file, stem = str(path), _stem(path)
        try:
            if not is_spectrum_set(path):
                yield file, stem, read_spectra(path)[0]
                continue
            with open_spectrum_set(path) as spectrum_set:
                if spectrum_set.recipe_json:
                    raise _prepared(path)
                for row in range(len(spectrum_set)):
                    yield f"{file}#{row}", f"{stem}-{row}", _row(spectrum_set, row)
        except StellarViewError as error:
            yield file, stem, error


def _row(spectrum_set: SpectrumSet, row: int) -> Spectrum | StellarViewError:
    try:
        return spectrum_set[row]
    except StellarViewError as error:
        return error


def _prepared(path: Path) -> StellarViewError:
    return StellarViewError(
        f"{display_name(path)} makes no sheets.",
        "Its spectra were prepared for one model; several look at a star.",
        "Give the spectra as they were observed.",
    )


def _stem(path: Path) -> str:
    ending = next((one for one in SPECTRUM_ENDINGS[::-1] if path.name.lower().endswith(one)), "")
    return path.name.removesuffix(path.name[len(path.name) - len(ending) :]) or path.name


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


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StellarViewError(
            f"Cannot make the folder {display_name(path)}.", f"The system says: {error.strerror}.", "Choose another."
        ) from error


def _command(options: argparse.Namespace) -> str:
    """As it was typed."""
    return shlex.join(["stellarview", *options.arguments])
