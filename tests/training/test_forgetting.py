"""Drift is measured in the parent's sigma, where the parent knows its way and nothing new was taught."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from models import LABELS, write_toy_model

from stellarview.inference.ensemble import Ensemble
from stellarview.io.models import StoredModel, read_model
from stellarview.training import forgetting
from stellarview.training.forgetting import drift_of

REFERENCE = np.random.default_rng(1).normal(1, 0.05, (60, 64)).astype(np.float32)
NOTHING_NEW = np.full((1, 2), np.nan)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    return Ensemble(read_model(write_toy_model(tmp_path_factory.mktemp("models") / "parent")), torch.device("cpu"))


def moved(parent: Ensemble, kelvin: float) -> Ensemble:
    """The same networks, whose Teff is so much higher."""
    teff, logg = parent.card.labels
    card = replace(parent.card, labels=(replace(teff, mean=teff.mean + kelvin), logg))
    return Ensemble(StoredModel(Path(), card, parent.tensors), torch.device("cpu"))


def test_that_the_same_model_has_not_moved(parent: Ensemble) -> None:
    found, evidence = drift_of(parent, parent, REFERENCE, NOTHING_NEW)
    assert [one.key for one in found] == ["teff", "logg"]
    assert all(one.median == one.most == one.beyond == 0.0 for one in found)
    assert evidence.drift_CK.shape == (found[0].away, 2)


def test_that_drift_is_told_in_the_parents_sigma(parent: Ensemble) -> None:
    (teff, logg), _ = drift_of(moved(parent, 4000.0), parent, REFERENCE, NOTHING_NEW)
    mean, sigma = parent.gaussians(REFERENCE)
    usual = np.sqrt((sigma[..., 0] ** 2).mean(axis=0) + mean[..., 0].var(axis=0))
    assert teff.median == pytest.approx(float(np.median(4000.0 / usual)), rel=0.05)
    assert teff.shift == pytest.approx(4000.0)
    assert teff.beyond == float((4000.0 / usual > 2).mean())
    assert logg.median == 0.0


def test_that_answers_near_new_labels_may_move(parent: Ensemble) -> None:
    told_BK = parent.gaussians(REFERENCE)[0].mean(axis=0)
    (teff, _), evidence = drift_of(moved(parent, 4000.0), parent, REFERENCE, told_BK)
    assert (teff.away, teff.beyond) == (0, 0.0)
    assert teff.near == len(evidence.near_C) > 50
    half_known = np.where(np.arange(2) == 0, told_BK, np.nan)
    assert drift_of(parent, parent, REFERENCE, half_known)[0][0].away == 0


def test_that_what_the_parent_never_saw_does_not_count(parent: Ensemble) -> None:
    strange = np.concatenate([REFERENCE, np.full((5, 64), 50.0, np.float32)])
    (teff, _), _ = drift_of(parent, parent, strange, NOTHING_NEW)
    assert teff.away <= len(REFERENCE)


def test_that_nothing_is_compared_without_parent_reference_or_recipe(parent: Ensemble) -> None:
    recipe = dict(parent.card.recipe) | {"name": "another"}
    other = Ensemble(StoredModel(Path(), replace(parent.card, recipe=recipe), parent.tensors), torch.device("cpu"))
    for child, old, reference in ((parent, None, REFERENCE), (parent, parent, None), (other, parent, REFERENCE)):
        assert drift_of(child, old, reference, NOTHING_NEW)[0] == ()


def test_that_classes_drift_in_probability(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (
        Ensemble(
            read_model(write_toy_model(tmp_path / name, classes=("STAR", "QSO"), members=members)), torch.device("cpu")
        )
        for name, members in (("one", 1), ("other", 3))
    )
    (guessed,), _ = drift_of(other, one, REFERENCE, np.zeros((1, 1)))
    assert (guessed.away, guessed.beyond) == (0, 0.0)  # random networks are sure of nothing
    monkeypatch.setattr(forgetting, "_SURE", 0.0)
    (same,), _ = drift_of(one, one, REFERENCE, np.zeros((1, 1)))
    (drift,), evidence = drift_of(other, one, REFERENCE, np.zeros((1, 1)))
    assert (same.median, same.beyond) == (0.0, 0.0)
    assert 0 < drift.median <= drift.most <= 1
    assert evidence.drift_keys == ("class",)


def test_that_labels_that_only_one_of_both_tells_are_left_out(parent: Ensemble, tmp_path: Path) -> None:
    folder = write_toy_model(tmp_path / "child", labels=(LABELS[1],))
    child = Ensemble(read_model(folder), torch.device("cpu"))
    found, _ = drift_of(child, parent, REFERENCE, np.full((1, 1), np.nan))
    assert [one.key for one in found] == ["logg"]
