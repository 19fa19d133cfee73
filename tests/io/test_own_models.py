"""The user's own models: nothing replaces another, nothing is lost, and those of the program stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.io.models import list_models, read_card, read_model, write_model
from stellarview.io.own_models import delete_model, keep_model, own_models, rename_model

CARD = ModelCard(
    "made", "a toy", "StarNet", {"input_length": 64}, {"name": "toy", "steps": []}, "LRS", 2,
    labels=(LabelScale("teff", 5500.0, 800.0, 3800.0, 7500.0),),
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def kept(root: Path, tmp_path: Path) -> Path:
    card = write_model(tmp_path / "made", CARD, {"members.weight": np.ones((2, 3), np.float32)})
    return keep_model("mine", card, {"weights.safetensors": (tmp_path / "made" / "weights.safetensors").read_bytes()})


def test_that_a_kept_model_is_listed_at_once_under_its_name(kept: Path, root: Path) -> None:
    assert kept == root / "mine"
    assert kept in list_models()
    assert own_models() == [kept]
    assert read_model(kept).card.name == "mine"
    assert [path.name for path in root.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["mine", "lrs-stellar", "../evil", "Upper", "", ".trash", "a" * 65])
def test_that_a_name_that_exists_or_is_none_is_refused(kept: Path, root: Path, name: str) -> None:
    with pytest.raises(StellarViewError):
        keep_model(name, CARD, {})
    with pytest.raises(StellarViewError):
        rename_model("mine", name)
    assert [path.name for path in root.iterdir()] == ["mine"]


def test_that_a_model_that_does_not_verify_is_not_kept(root: Path) -> None:
    with pytest.raises(StellarViewError):
        keep_model("broken", CARD, {"weights.safetensors": b"junk"})
    assert list(root.iterdir()) == []


def test_that_a_renamed_model_knows_its_new_name(kept: Path) -> None:
    weights = (kept / "weights.safetensors").read_bytes()
    moved = rename_model("mine", "better")
    assert read_card(moved).name == "better"
    assert (moved / "weights.safetensors").read_bytes() == weights
    assert not kept.exists()


def test_that_a_deleted_model_lies_in_the_trash_even_twice(kept: Path, root: Path) -> None:
    card, weights = read_card(kept), (kept / "weights.safetensors").read_bytes()
    first = delete_model("mine")
    keep_model("mine", card, {"weights.safetensors": weights})
    second = delete_model("mine")
    assert first == root / ".trash" / "mine"
    assert second == root / ".trash" / "mine.2"
    assert read_model(first).card == read_model(second).card
    assert own_models() == []


@pytest.mark.parametrize("name", ["lrs-stellar", "mrs-emulator"])
def test_that_a_model_of_the_program_is_never_touched(root: Path, name: str) -> None:
    for change in (lambda: delete_model(name), lambda: rename_model(name, "mine")):
        with pytest.raises(StellarViewError, match="no model of your own"):
            change()
    assert name in {folder.name for folder in list_models()}
