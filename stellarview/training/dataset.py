"""From spectrum sets to what training needs: arrays, labels, groups, S/N and names, spectrum by spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stellarview.domain.arrays import BoolArray, FloatArray, IntArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import LabelScale
from stellarview.domain.spectrum import HeaderFacts, SignalToNoise
from stellarview.domain.subtype import subtype_number
from stellarview.io.names import display_name
from stellarview.io.sets import SpectrumSet, open_spectrum_set
from stellarview.io.sets.columns import COLUMNS
from stellarview.io.tables import read_label_table
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import Standardise
from stellarview.training.augment.augmentation import ArmGrid
from stellarview.training.config import Data
from stellarview.training.config_file import nearest
from stellarview.training.prepared import Tell, checksum, prepared_set, say_nothing

_ROWS_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class Dataset:
    """Spectra after a recipe. `label_BK` are labels in their units (NaN: unknown), or one column of class numbers."""

    flux_BL: FloatArray
    good_BL: BoolArray
    label_BK: FloatArray
    group_B: NDArray[Any]
    snr_B: FloatArray
    name_B: NDArray[Any]
    grid: tuple[ArmGrid, ...]
    checksums: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.flux_BL)

    def rows(self, rows_B: IntArray | BoolArray) -> Self:
        """Some of the spectra."""
        names = ("flux_BL", "good_BL", "label_BK", "group_B", "snr_B", "name_B")
        return replace(self, **{name: getattr(self, name)[rows_B] for name in names})

    def inputs(self, standardise: Standardise | None) -> FloatArray:
        """What a network is fed with."""
        if standardise is None:
            return self.flux_BL
        mean_L, std_L = (np.array(values, dtype=np.float32) for values in (standardise.mean, standardise.std))
        return np.where(self.good_BL, (self.flux_BL - mean_L) / std_L, np.float32(0.0))


def read_dataset(
    data: Data, group: str, recipe: Recipe, folder: Path, cache: Path | None = None, *, tell: Tell = say_nothing
) -> Dataset:
    """The spectra that a configuration asks for, from all of its sets; its filters are applied."""
    if data.label_table:
        data = replace(data, label_table=str(folder / data.label_table))
    parts = [_read(folder / name, data, group, recipe, cache, tell=tell) for name in data.sets]
    if len({part.grid for part in parts}) > 1:
        raise StellarViewError(
            "These sets cannot be trained on together.", "Their arms differ after the recipe.", "Train on one of them."
        )
    arrays = ("flux_BL", "good_BL", "label_BK", "group_B", "snr_B", "name_B")
    whole = parts[0]
    if len(parts) > 1:
        joined: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in arrays}
        whole = replace(whole, **joined, checksums=tuple(part.checksums[0] for part in parts))
    dataset = whole.rows(_wanted(whole, data))
    if not len(dataset):
        raise StellarViewError(
            "No spectrum is left to work on.", "Filters and unknown labels leave none.", "Widen the filters in [data]."
        )
    return dataset


def scales_of(dataset: Dataset, labels: Sequence[str]) -> tuple[LabelScale, ...]:
    """Mean, scatter and range of each label in these spectra: give the training split."""
    scales = []
    for key, values in zip(labels, dataset.label_BK.T, strict=False):  # classes have one column and no scale
        known = values[np.isfinite(values)]
        if known.size < 2 or np.ptp(known) == 0:
            raise StellarViewError(
                f"The label {key} cannot be learned.",
                f"The training spectra know {known.size} values of it, {'all alike' if known.size else 'none'}.",
                "Leave it out, or give more spectra.",
            )
        mean, std, low, high = (float(v) for v in (known.mean(), known.std(), known.min(), known.max()))
        scales.append(LabelScale(key, mean, std, low, high))
    return tuple(scales)


def standardise_of(dataset: Dataset) -> Standardise:
    """Mean and scatter of each pixel over its good values in these spectra: give the training split."""
    count_L = np.maximum(dataset.good_BL.sum(axis=0), 1)
    mean_L = _sum_of_good(dataset, 0.0, 1) / count_L
    std_L = np.sqrt(_sum_of_good(dataset, mean_L, 2) / count_L)
    # Seven digits are what single precision has; more would only swell the card.
    return Standardise(
        *(tuple(float(f"{v:.7g}") for v in values) for values in (mean_L, np.where(std_L > 1e-6, std_L, 1.0)))
    )


def _sum_of_good(dataset: Dataset, less: FloatArray | float, power: int) -> FloatArray:
    """In double precision and in pieces, for a training set fills the memory once, not twice."""
    total = np.zeros(dataset.flux_BL.shape[1])
    for start in range(0, len(dataset), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        total += np.where(dataset.good_BL[part], (dataset.flux_BL[part] - less) ** power, 0.0).sum(axis=0)
    return total


def _read(path: Path, data: Data, group: str, recipe: Recipe, cache: Path | None, *, tell: Tell) -> Dataset:
    sha256 = checksum(path)
    with open_spectrum_set(path) as spectra:
        label_BK, group_B = _targets(spectra, data), column_of(spectra, group)
        snr_B, name_B = snr_of(spectra), names_of(spectra)
    ready = prepared_set(path, sha256, recipe, cache, tell)
    rows = ready.row_B
    return Dataset(
        ready.flux_BL,
        ready.good_BL,
        label_BK[rows],
        group_B[rows].astype(str),
        snr_B[rows],
        name_B[rows],
        ready.grid,
        (sha256,),
    )


def _wanted(dataset: Dataset, data: Data) -> BoolArray:
    wanted: BoolArray = np.asarray(np.isfinite(dataset.label_BK).any(axis=1))
    if data.least_snr > 0:
        wanted &= dataset.snr_B >= data.least_snr
    wanted &= dataset.good_BL.mean(axis=1) >= data.least_good_share
    for key, (low, high) in data.ranges.items():
        values = dataset.label_BK[:, data.labels.index(key)]
        wanted &= ~((values < low) | (values > high)).astype(bool)
    return wanted


def _targets(spectra: SpectrumSet, data: Data) -> FloatArray:
    if data.classes:
        names = [str(name) for name in column_of(spectra, data.class_column)]
        place = {name: float(number) for number, name in enumerate(data.classes)}
        return np.array([place.get(name, np.nan) for name in names])[:, None]
    known = _table_labels(spectra, Path(data.label_table)) if data.label_table else dict(spectra.labels)
    if "subtype" in data.labels and "subtype" not in known:
        numbers = [subtype_number(text) for text in spectra.header_column("subclass")]
        known["subtype"] = np.array([np.nan if number is None else number for number in numbers])
    for key in data.labels:
        if key not in known:
            raise StellarViewError(
                f"{display_name(spectra.path)} has no label {key!r}.",
                f"{nearest(key, known).capitalize()}.",
                "Correct [data].",
            )
    return np.stack([known[key] for key in data.labels], axis=1)


def _table_labels(spectra: SpectrumSet, path: Path) -> dict[str, FloatArray]:
    table = read_label_table(path)
    obsids, files = spectra.header_column("obsid"), spectra.header_column("file_name")
    found = [
        table.row_for(HeaderFacts(obsid=int(obsid) if obsid >= 0 else None, snr=SignalToNoise()), str(file))
        for obsid, file in zip(obsids, files, strict=True)
    ]
    row_B = np.array([-1 if row is None else row for row in found])
    return {key: np.where(row_B >= 0, values[row_B], np.nan) for key, values in table.labels.items()}


def column_of(spectra: SpectrumSet, name: str) -> NDArray[Any]:
    """A column of facts, or a label; rows that do not know it form one group, which is safe. '' is no column."""
    if not name:
        return np.zeros(len(spectra))
    if name not in COLUMNS:
        if name in spectra.labels:
            return spectra.labels[name]
        known = (*spectra.columns, *spectra.labels)
    elif name in spectra.columns:
        return spectra.header_column(name)
    else:
        known = spectra.columns
    raise StellarViewError(
        f"{display_name(spectra.path)} has no column {name!r}.",
        f"{nearest(name, known).capitalize()}.",
        "Choose one that it has.",
    )


def snr_of(spectra: SpectrumSet) -> FloatArray:
    """The largest of each spectrum's ratios, which predictions judge too; NaN where none is known."""
    bands = np.stack([spectra.header_column(name) for name in COLUMNS if name.startswith("snr_")])
    best = np.where(np.isfinite(bands), bands, -np.inf).max(axis=0)
    return np.where(np.isfinite(best), best, np.nan)


def names_of(spectra: SpectrumSet) -> NDArray[Any]:
    files = spectra.header_column("file_name")
    return np.array(
        [str(file) or f"{display_name(spectra.path)}#{row}" for row, file in enumerate(files)], dtype=object
    )
