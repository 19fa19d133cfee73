"""How many spectra a second: read + radial velocity + prepare, on one core, against a straightforward script.

    python tests/bench/prepare.py [--files FOLDER] [--set SET.h5] [--mrs FOLDER] [--count N] [--rounds N]

The script (`plain_script.py`, beside this file) is written as one writes such a thing for a paper: astropy, scipy's
interp1d, np.polyfit in a loop, one spectrum after the other. Both do the same work on the same spectra in turns, in the
same process, and the medians over the rounds are compared; how far their numbers agree is printed too. Without folders,
copies of the bundled synthetic examples are used.
"""

from __future__ import annotations

import argparse
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is imported: one core for both sides

import gzip
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import plain_script

from stellarview.io.sets import open_spectrum_set, write_spectrum_set
from stellarview.io.velocity_templates import velocity_templates
from stellarview.recipes import RECIPES
from stellarview.recipes.recipe import network_input
from stellarview.workflow import open_spectrum, prepare, stacks_with_velocity, with_velocities

EXAMPLES = Path(__file__).resolve().parents[2] / "resources" / "examples"
Work = Callable[[], np.ndarray]


def ours_from_files(paths: list[Path], recipe: str, *, measure: bool) -> np.ndarray:
    """Batches of 64 through the workflow."""
    inputs = []
    for start in range(0, len(paths), 64):
        spectra = [open_spectrum(path) for path in paths[start : start + 64]]
        if measure:
            spectra = with_velocities([plain_script.forget_velocity(spectrum) for spectrum in spectra])
        prepared = prepare(spectra, recipe)
        inputs += [np.concatenate([arm.flux for arm in spectrum.arms]) for spectrum in prepared]
    return np.array(inputs)


def ours_from_set(path: Path, recipe: str, count: int, *, measure: bool) -> np.ndarray:
    """Stacks straight from the HDF5 set into the recipe: the catalogue's way."""
    inputs, done = [], 0
    with open_spectrum_set(path) as spectrum_set:
        for stack in stacks_with_velocity(spectrum_set, 64, measure_all=measure):
            inputs.append(network_input(RECIPES[recipe].apply(stack)))
            done += len(stack)
            if done >= count:
                break
    return np.concatenate(inputs)[:count]


def paired(name: str, count: int, ours: Work, theirs: Work, rounds: int) -> None:
    """Both in turns; medians, their ratio, and how far the results agree."""
    mine, other = ours(), theirs()  # warm
    times: dict[str, list[float]] = {"ours": [], "script": []}
    for _ in range(rounds):
        for key, work in (("ours", ours), ("script", theirs)):
            start = time.perf_counter()
            work()
            times[key].append((time.perf_counter() - start) / count)
    fast, slow = (statistics.median(times[key]) for key in ("ours", "script"))
    ratios = sorted(b / a for a, b in zip(times["ours"], times["script"], strict=True))
    agreement = np.median(np.abs(mine - other))
    print(
        f"{name:<66} {1 / fast:>9.0f} {1 / slow:>9.0f}   {slow / fast:>6.1f}x ({ratios[0]:.1f}-{ratios[-1]:.1f})"
        f"   {agreement:.1e}"
    )


def copies(example: Path, folder: Path, count: int) -> list[Path]:
    """The example under many names, so that every file is opened anew."""
    paths = [folder / f"{k:03d}-{example.name}" for k in range(count)]
    for path in paths:
        shutil.copy(example, path)
    return paths


def unpacked(paths: list[Path], folder: Path) -> list[Path]:
    """The same files without gzip."""
    folder.mkdir()
    for path in paths:
        (folder / path.name.removesuffix(".gz")).write_bytes(gzip.decompress(path.read_bytes()))
    return sorted(folder.iterdir())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=Path, help="folder of LRS files (.fits.gz)")
    parser.add_argument("--mrs", type=Path, help="folder of MRS files (.fits.gz)")
    parser.add_argument("--set", type=Path, help="HDF5 set of LRS spectra")
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lrs = sorted(options.files.glob("*.gz"))[: options.count] if options.files else []
        lrs = lrs or copies(EXAMPLES / "spec-synthetic-G2V.fits.gz", folder, options.count)
        mrs = sorted(options.mrs.glob("*.gz"))[: options.count] if options.mrs else []
        mrs = mrs or copies(EXAMPLES / "med-synthetic-K1III.fits.gz", folder, min(16, options.count))
        plain = unpacked(lrs, folder / "plain")
        spectrum_set = options.set
        if spectrum_set is None:
            spectrum_set = folder / "set.h5"
            write_spectrum_set(spectrum_set, with_velocities([open_spectrum(path) for path in lrs]))
        report(lrs, plain, mrs, spectrum_set, options)


def report(
    lrs: list[Path], plain: list[Path], mrs: list[Path], spectrum_set: Path, options: argparse.Namespace
) -> None:
    """One row a way of working."""
    velocity_templates("LRS"), velocity_templates("MRS")
    rounds = options.rounds
    title = f"one core, median of {rounds} rounds"
    print(f"{title:<66} {'ours/s':>9} {'script/s':>9}   {'ratio (range)':<18}   |diff|")
    with open_spectrum_set(spectrum_set) as opened:
        count = min(4 * options.count, len(opened))
    for measure, recipe in ((True, "rrnet"), (False, "rrnet"), (False, "resnet-subtype")):
        rv = "RV measured" if measure else "RV from header"
        for form, paths in (("FITS", plain), ("FITS.gz", lrs)):
            paired(
                f"LRS {form}, {rv}, {recipe}",
                len(paths),
                partial(ours_from_files, paths, recipe, measure=measure),
                partial(plain_script.from_files, paths, recipe, measure=measure),
                rounds,
            )
        few = min(count, options.count) if measure else count
        for reading in ("row by row", "all at once") if not measure else ("all at once",):
            at_once = reading == "all at once"
            paired(
                f"LRS HDF5 (script reads {reading}), {rv}, {recipe}",
                few,
                partial(ours_from_set, spectrum_set, recipe, few, measure=measure),
                partial(plain_script.from_set, spectrum_set, recipe, few, measure=measure, at_once=at_once),
                rounds,
            )
    paired(
        "MRS FITS.gz, RV measured, rrnet",
        len(mrs),
        partial(ours_from_files, mrs, "rrnet", measure=True),
        partial(plain_script.from_files, mrs, "rrnet", measure=True),
        rounds,
    )


if __name__ == "__main__":
    main()
