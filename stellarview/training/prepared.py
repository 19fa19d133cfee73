"""Prepared spectra of a set as arrays, made by the same functions as for a prediction, and kept on the disk.

What a network is trained with must be what it will be asked with; and preparing a set takes longer than an epoch.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from stellarview import __version__
from stellarview.domain.arrays import BoolArray, FloatArray, IntArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.typed_json import dataclass_from
from stellarview.io.atomic import write_atomically
from stellarview.io.names import display_name
from stellarview.io.sets import open_spectrum_set
from stellarview.preparation import left_to_do
from stellarview.recipes.recipe import Recipe
from stellarview.training.augment.augmentation import ArmGrid
from stellarview.workflow import good_share, prepare, with_velocities

# Another number, and what older versions kept is not believed any more.
_VERSION = 1

# Told (done, of how many); it may raise, and then nothing is left behind.
Tell = Callable[[int, int], None]


def say_nothing(done: int, total: int) -> None:
    """For callers that show no progress."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Fluxes after a recipe and the pixels to be trusted; `row_B` are the rows of the set that could be prepared."""

    flux_BL: FloatArray
    good_BL: BoolArray
    row_B: IntArray
    grid: tuple[ArmGrid, ...]


def checksum(path: Path) -> str:
    """The sha256 of a set."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StellarViewError(
            f"Cannot read {display_name(path)}.", f"The system says: {error.strerror}.", "Correct the path."
        ) from error


def prepared_set(
    path: Path, sha256: str, recipe: Recipe, cache: Path | None = None, tell: Tell = say_nothing
) -> Prepared:
    """All spectra of a set after this recipe; from the cache folder where it was done before."""
    if cache is None:
        return _prepare(path, recipe, tell)
    key = json.dumps([_VERSION, __version__, sha256, recipe.to_json()], sort_keys=True)
    kept = cache / f"prepared-{hashlib.sha256(key.encode()).hexdigest()[:16]}.safetensors"
    if kept.exists():
        return _read(kept)
    prepared = _prepare(path, recipe, tell)
    _write(kept, prepared)
    return prepared


def _prepare(path: Path, recipe: Recipe, tell: Tell) -> Prepared:
    flux, good, rows, first = [], [], [], 0
    grid: tuple[ArmGrid, ...] = ()
    with open_spectrum_set(path) as spectra:
        recipe = left_to_do(spectra, recipe)
        for chunk in spectra.iter_chunks():
            ready = with_velocities(chunk) if recipe.needs_velocity else chunk
            able = [i for i, one in enumerate(ready) if one.velocity is not None or not recipe.needs_velocity]
            done = prepare([ready[i] for i in able], recipe)
            kept = [(i, one) for i, one in zip(able, done, strict=True) if good_share(one) > 0]
            grid = grid or (_grid(kept[0][1]) if kept else ())
            rows += [first + i for i, _ in kept]
            flux += [_joined([arm.flux for arm in one.arms], np.float32, path, grid) for _, one in kept]
            good += [_joined([arm.is_good for arm in one.arms], np.bool_, path, grid) for _, one in kept]
            first += len(chunk)
            tell(first, len(spectra))
    if not rows:
        raise StellarViewError(
            f"Nothing in {display_name(path)} can be used.",
            "No spectrum could be put at rest with one good pixel left.",
            "Choose a recipe for this kind of spectrum.",
        )
    return Prepared(np.stack(flux), np.stack(good), np.array(rows), grid)


def _joined(
    parts: list[FloatArray] | list[BoolArray], dtype: type, path: Path, grid: tuple[ArmGrid, ...]
) -> FloatArray:
    joined: FloatArray = np.concatenate(parts).astype(dtype)
    if len(joined) != grid[-1].stop:
        raise StellarViewError(
            f"The spectra of {display_name(path)} differ in length after the recipe.",
            f"One has {grid[-1].stop} pixels, another {len(joined)}.",
            "Add a resample step to the recipe.",
        )
    return joined


def _grid(spectrum: Spectrum) -> tuple[ArmGrid, ...]:
    arms: list[ArmGrid] = []
    for arm in spectrum.arms:
        arms.append(ArmGrid.of(arm.wavelength_angstrom, arms[-1].stop if arms else 0))
    return tuple(arms)


def _write(path: Path, prepared: Prepared) -> None:
    from safetensors.numpy import save

    arrays = {"flux": prepared.flux_BL, "good": prepared.good_BL, "row": prepared.row_B}
    write_atomically(path, save(arrays, {"grid": json.dumps([asdict(arm) for arm in prepared.grid])}))


def _read(path: Path) -> Prepared:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            grid = tuple(dataclass_from(ArmGrid, arm, "arm") for arm in json.loads(file.metadata()["grid"]))
            arrays = {name: file.get_tensor(name) for name in ("flux", "good", "row")}
    except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
        raise StellarViewError(
            f"The prepared spectra {display_name(path)} cannot be read.",
            f"They are damaged: {error}.",
            "Remove the file.",
        ) from error
    return Prepared(arrays["flux"], arrays["good"], arrays["row"], grid)
