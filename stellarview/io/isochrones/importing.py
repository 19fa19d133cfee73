"""Makes one grid of many isochrone files; what was parsed before an interruption is not parsed again."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.domain.isochrones import Isochrone, IsochroneGrid, grid_of
from stellarview.io.isochrones.grid_file import EMBEDDED, isochrones_folder, read_grid, write_grid
from stellarview.io.isochrones.mist import MistFile, parse_mist
from stellarview.io.isochrones.sources import SourceFile, isochrone_files
from stellarview.io.names import display_name

_CITE = "Cite Dotter (2016, ApJS 222, 8) and Choi et al. (2016, ApJ 823, 102)."
_NAME = re.compile(r"[\w+-][\w.+-]{0,60}")


@dataclass(frozen=True)
class Imported:
    """What became of an import."""

    path: Path
    grid: IsochroneGrid
    files: int
    resumed: int
    repeated_curves: int


def import_isochrones(
    given: Sequence[Path], name: str, progress: Callable[[str], None] = lambda words: None
) -> Imported:
    """Read all isochrone files among these into the user's grid of this name; an older one is replaced at the end."""
    if not _NAME.fullmatch(name) or name == EMBEDDED:
        raise StellarViewError(
            f"A grid cannot be called {name!r}.",
            "A name is made of letters, digits, dots, plus and minus, and 'embedded' is taken.",
            "Choose another name.",
        )
    staging = _made(isochrones_folder() / f".{name}.staging")
    try:
        return _import(given, name, staging, progress)
    finally:
        with contextlib.suppress(OSError):
            staging.rmdir()  # where nothing in it is worth keeping for another attempt


def _import(given: Sequence[Path], name: str, staging: Path, progress: Callable[[str], None]) -> Imported:
    curves: dict[tuple[float, float], Isochrone] = {}
    models, files, resumed, repeated = "", 0, 0, 0
    for source in isochrone_files(given):
        parts, its_models, was_there = _staged(source, staging)
        if models and its_models != models:
            raise StellarViewError(
                f"{display_name(source.path)} does not fit.",
                f"It is of {its_models}, the files before it of {models}.",
                "Import each kind of models under a name of its own (--name).",
            )
        models, files, resumed = its_models, files + 1, resumed + was_there
        for curve in parts:
            repeated += (curve.log10_age_yr, curve.feh) in curves
            curves.setdefault((curve.log10_age_yr, curve.feh), curve)
        progress(f"{files} files, {len(curves)} isochrones: {display_name(source.path)}")
    grid = grid_of(name, f"{models}. {_CITE}", list(curves.values()))
    path = staging.with_name(f"{name}.h5")
    write_grid(path, grid)
    shutil.rmtree(staging, ignore_errors=True)
    return Imported(path, grid, files, resumed, repeated)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StellarViewError(
            f"Cannot make the folder {folder}.",
            f"The system says: {error.strerror}.",
            "Set STELLARVIEW_ISOCHRONES to a folder that may be written to.",
        ) from error
    return folder


def _staged(source: SourceFile, staging: Path) -> tuple[list[Isochrone], str, bool]:
    """The curves of one file: from an earlier, interrupted import if the content is the same, else parsed and kept."""
    path = staging / f"{hashlib.sha256(source.data).hexdigest()}.h5"
    if path.exists():
        with contextlib.suppress(StellarViewError):  # a damaged one is made again
            grid = read_grid(path, path.stem)
            return grid.curves(), grid.about, True
    parsed: MistFile = parse_mist(source.data, source.path)
    write_grid(path, grid_of(path.stem, parsed.models, parsed.curves))
    return list(parsed.curves), parsed.models, False
