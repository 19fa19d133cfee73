"""What networks are trained with is what they will be asked with, and nothing leaks from the test split."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from training_sets import CLASSES, LABELS, STEPS, toy_config

from stellarview.domain.errors import StellarViewError
from stellarview.io.sets import open_spectrum_set, write_spectrum_set
from stellarview.recipes import recipe_from_json
from stellarview.training.config import Data, Preparation
from stellarview.training.dataset import Dataset, read_dataset, scales_of, standardise_of
from stellarview.training.prepared import checksum, prepared_set
from stellarview.training.state import TrainState
from stellarview.training.task import base_recipe, make_task
from stellarview.training.trainer import Trainer
from stellarview.workflow import prepare

RECIPE = base_recipe(Preparation(steps=tuple(STEPS)))


def read(path: Path, cache: Path | None = None, group: str = "plan_id", **filters: Any) -> Dataset:
    facts = {"sets": (str(path),), "labels": LABELS} | filters
    return read_dataset(Data(**facts), group, RECIPE, Path(), cache)


def test_that_training_sees_what_a_prediction_sees(toy_set: Path, tmp_path: Path) -> None:
    task = make_task(toy_config(toy_set), tmp_path, tmp_path, torch.device("cpu"))
    weights = task.start()
    trainer = Trainer(task, TrainState.start(weights, (), with_average=False), lambda progress: False)
    learned = trainer._inputs(trainer.train_rows.batch).numpy()
    with open_spectrum_set(toy_set) as spectra:
        observed = [spectra[int(name.split()[1].split(".")[0])] for name in trainer.train_rows.dataset.name_B]
    asked = [
        np.concatenate([arm.flux for arm in one.arms])
        for one in prepare(observed, recipe_from_json(task.recipe.to_json()))
    ]
    np.testing.assert_allclose(learned, asked, atol=2e-5)
    np.testing.assert_array_equal(learned == 0, np.array(asked, dtype=np.float32) == 0)


@pytest.mark.parametrize("steps", [1, len(RECIPE.steps)])
def test_that_a_set_that_was_prepared_before_is_not_prepared_twice(toy_set: Path, tmp_path: Path, steps: int) -> None:
    done, few = replace(RECIPE, steps=RECIPE.steps[:steps]), 12
    with open_spectrum_set(toy_set) as spectra:
        observed, labels = spectra.read(0, few), {key: values[:few] for key, values in spectra.labels.items()}
    write_spectrum_set(tmp_path / "ready.h5", prepare(observed, done), labels, json.dumps(done.to_json()))
    np.testing.assert_array_equal(read(tmp_path / "ready.h5").flux_BL, read(toy_set).flux_BL[:few])


def test_that_prepared_spectra_are_kept_until_set_or_recipe_changes(toy_set: Path, tmp_path: Path) -> None:
    sha256 = checksum(toy_set)
    first = prepared_set(toy_set, sha256, RECIPE, tmp_path)
    again = prepared_set(tmp_path / "not read at all", sha256, RECIPE, tmp_path)
    assert first.grid == again.grid
    for name in ("flux_BL", "good_BL", "row_B"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    prepared_set(toy_set, sha256, replace(RECIPE, steps=RECIPE.steps[:-1]), tmp_path)
    prepared_set(toy_set, "0" * 64, RECIPE, tmp_path)
    kept = sorted(tmp_path.glob("prepared-*"))
    assert len(kept) == 3
    for path in kept:
        path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StellarViewError, match="They are damaged"):
        prepared_set(toy_set, sha256, RECIPE, tmp_path)


def test_that_filters_leave_out_what_they_say(toy_set: Path) -> None:
    everything = read(toy_set)
    assert len(everything) == 480
    assert (read(toy_set, least_snr=50.0).snr_B >= 50).all()
    ranged = read(toy_set, ranges={"logg": (3.5, 4.5)})
    assert ranged.label_BK[:, 1].min() >= 3.5
    assert ranged.label_BK[:, 1].max() <= 4.5
    assert np.isnan(ranged.label_BK[:, 0]).any()  # an unknown label is no reason
    assert len(read(toy_set, least_good_share=0.99)) == 240
    with pytest.raises(StellarViewError, match="No spectrum is left"):
        read(toy_set, least_snr=1e6)


def test_that_classes_and_subtypes_come_from_the_header(toy_set: Path) -> None:
    numbers = read(toy_set, labels=(), classes=CLASSES).label_BK[:, 0]
    assert set(numbers) == {0.0, 1.0, 2.0}
    assert len(read(toy_set, labels=(), classes=("STAR",))) == (numbers == 2).sum()
    assert set(read(toy_set, labels=("subtype",)).label_BK[:, 0]) == {4.2}


def test_that_labels_may_come_from_a_table(toy_set: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("obsid,Teff\n3,5000\n5,6000\n", encoding="utf-8")
    data = Data((str(toy_set),), ("teff",), label_table="labels.csv")
    dataset = read_dataset(data, "plan_id", RECIPE, tmp_path)
    assert dict(zip(dataset.name_B, dataset.label_BK[:, 0], strict=True)) == {"star 3.fits": 5000, "star 5.fits": 6000}


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"labels": ("tef",)}, "has no label 'tef'.*\n.*teff"),
        ({"group": "planid"}, "has no column 'planid'.*\n.*plan_id"),
        ({"group": "ra_deg"}, "has no column|No spectrum|ra_deg"),
    ],
)
def test_that_unknown_columns_are_named_with_the_nearest(facts: dict[str, Any], why: str, toy_set: Path) -> None:
    if facts.get("group") == "ra_deg":
        assert len(set(read(toy_set, **facts).group_B)) == 1  # unknown to all: one group, which cannot be parted
        return
    with pytest.raises(StellarViewError, match=why):
        read(toy_set, **facts)


def test_that_several_sets_are_one(toy_set: Path) -> None:
    both = read(toy_set, sets=(str(toy_set), str(toy_set)))
    assert len(both) == 960
    assert len(both.checksums) == 2


def test_that_scaling_is_fitted_to_good_pixels_and_known_labels(toy_set: Path) -> None:
    dataset = read(toy_set)
    standardise = standardise_of(dataset)
    flux = np.where(dataset.good_BL, dataset.flux_BL, np.nan).astype(np.float64)
    np.testing.assert_allclose(standardise.mean, np.nanmean(flux, axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(standardise.std, np.nanstd(flux, axis=0), rtol=1e-4)
    (teff, *_) = scales_of(dataset, LABELS)
    assert teff.mean == pytest.approx(np.nanmean(dataset.label_BK[:, 0]))
    assert teff.low == np.nanmin(dataset.label_BK[:, 0])


def test_that_a_label_without_spread_is_refused(toy_set: Path) -> None:
    dataset = read(toy_set, labels=("subtype",))
    with pytest.raises(StellarViewError, match="subtype cannot be learned"):
        scales_of(dataset, ("subtype",))


def test_that_too_few_groups_to_part_are_told(toy_set: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set, split={"group": "object_class"}, data={"classes": [], "labels": ["teff"]})
    config = replace(config, split=replace(config.split, group="ra_deg"))
    with pytest.raises(StellarViewError, match="too few groups"):
        make_task(config, tmp_path, tmp_path, torch.device("cpu"))
