"""The jobs of the training tab: what was dropped, how a table is read, the set, its pre-flight, the run's folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Instrument
from stellarview.engine.pipe import Progress
from stellarview.io.file_bytes import head_of_file
from stellarview.io.models import find_model, read_card
from stellarview.io.names import SPECTRUM_ENDINGS
from stellarview.io.path_lists import listed_paths
from stellarview.io.sets import is_spectrum_set, open_spectrum_set
from stellarview.io.spectra import read_spectrum
from stellarview.io.spectrum_files import count_spectra, spectrum_files
from stellarview.io.tables.catalogue import may_be_catalogue
from stellarview.io.tables.fits_head import fits_table_columns
from stellarview.io.tables.formats import looks_like_text
from stellarview.training.config import TrainingConfig
from stellarview.training.config_file import write_config
from stellarview.training.label_columns import LabelColumns, TableGuess, guess_label_columns
from stellarview.training.label_set import LabelSet, build_label_set
from stellarview.training.preflight import Preflight, preflight
from stellarview.training.tuning import TuningChoices, fine_tuning_config, write_run

_HEAD_BYTES = 4096
_TABLE_ENDINGS = (".csv", ".tsv", ".ecsv", ".vot", ".votable", ".xml")


@dataclass(frozen=True)
class Given:
    """What was dropped, sorted. `has_labels` where a set brings labels of its own, so that no table is needed."""

    sources: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    n_spectra: int = 0
    has_labels: bool = False
    instrument: Instrument | None = None


@dataclass(frozen=True, eq=False)
class RunSetup:
    """All that a run follows from; `folder` holds the sets of `label_set`, `parent` is a model's folder."""

    folder: Path
    label_set: LabelSet
    found: Preflight
    parent: str
    choices: TuningChoices


def sort_given(progress: Progress, paths: Sequence[str], before: Sequence[str]) -> Given:
    """Spectra and tables apart; `before` are the spectra that were given earlier. A folder may hold its table, too."""
    sources, tables = list(before), list[str]()
    for path in map(Path, paths):
        progress.check()
        if path.is_dir():
            sources.append(str(path))
            beside = [one for one in sorted(path.iterdir()) if one.name.lower().endswith(_TABLE_ENDINGS)]
            tables += [str(beside[0])] if len(beside) == 1 else []
        else:
            (tables if _is_table(path) else sources).append(str(path))
    kept = tuple(dict.fromkeys(sources))
    files = spectrum_files(kept)
    labelled = [path for path in files if is_spectrum_set(path) and _labels_of(path)]
    return Given(kept, tuple(tables), count_spectra(files), bool(labelled), _instrument(files))


def guess_columns(progress: Progress, table: str) -> TableGuess:
    """How the table may be meant."""
    return guess_label_columns(Path(table))


def build(
    progress: Progress, sources: Sequence[str], table: str, columns: LabelColumns | None, folder: Path
) -> LabelSet:
    """Read and match everything; says how far it is."""
    given = Path(table) if table else None
    return build_label_set([Path(path) for path in sources], given, columns, folder, progress.tell)


def check(
    progress: Progress, folder: Path, label_set: LabelSet, parent: str, choices: TuningChoices
) -> Preflight:  # fmt: skip
    """What the set is like for this parent and this split."""
    try:
        plan = choices.split
    except ValueError as error:
        raise StellarViewError("This split cannot be.", f"{error}.", "Change the shares.") from error
    return preflight(folder, label_set, parent, plan, progress.tell)


def prepare_run(progress: Progress, setup: RunSetup, runs: Path) -> tuple[Path, str]:
    """A new folder below `runs` with the sets and the configuration; and the command line that does this run."""
    config = _config(setup)
    folder = _new_folder(runs, setup.choices.name)
    for name in setup.label_set.sets:
        _put(setup.folder / name, folder / name)
    return folder, write_run(folder, config)


def save_config(progress: Progress, setup: RunSetup, path: Path) -> None:
    """The configuration as a file anywhere, with its sets beside it, so that both can go to another machine."""
    config = _config(setup)
    names = tuple(f"{path.stem}-{name}" for name in setup.label_set.sets)
    for name, beside in zip(setup.label_set.sets, names, strict=True):
        _put(setup.folder / name, path.with_name(beside))
    write_config(path, replace(config, data=replace(config.data, sets=names)))


def _config(setup: RunSetup) -> TrainingConfig:
    card = read_card(find_model(setup.parent))
    try:
        return fine_tuning_config(card, setup.label_set, setup.found, setup.choices, setup.parent)
    except ValueError as error:
        raise StellarViewError("This run cannot be started.", f"{error}.", "Change the choices.") from error


def _new_folder(runs: Path, name: str) -> Path:
    """By the name of the model; with a number where there was such a run before."""
    runs.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        folder = runs / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder


def _put(source: Path, target: Path) -> None:
    """As a second name of the same bytes where the disk can: sets are never changed, only replaced."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _is_table(path: Path) -> bool:
    """By its name; a FITS file by its columns, a text by not being a list of files."""
    name = path.name.lower()
    if name.endswith(_TABLE_ENDINGS):
        return path.is_file()
    if path.is_file() and _is_text(path):
        return not listed_paths(path)
    if not name.endswith(SPECTRUM_ENDINGS) or not path.is_file() or is_spectrum_set(path):
        return False
    return may_be_catalogue(fits_table_columns(path))


def _is_text(path: Path) -> bool:
    head = head_of_file(path, _HEAD_BYTES)
    return looks_like_text(head) and not head.startswith(b"SIMPLE")


def _labels_of(path: Path) -> tuple[str, ...]:
    try:
        with open_spectrum_set(path) as spectra:
            return tuple(spectra.labels)
    except StellarViewError:
        return ()


def _instrument(files: Sequence[Path]) -> Instrument | None:
    """That of the first file; reading it may fail, and the set tells why later."""
    if not files:
        return None
    try:
        if is_spectrum_set(files[0]):
            with open_spectrum_set(files[0]) as spectra:
                return spectra[0].instrument
        return read_spectrum(files[0]).instrument
    except StellarViewError:
        return None
